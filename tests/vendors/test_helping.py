"""A navigator fills in for somebody, with a permission that is on record and ends when it is taken back."""

from __future__ import annotations

import re
from typing import Any

import httpx2

from events.models import Festival
from festival.accounts.models import Person
from festival.mail.models import MailMessage
from festival.organisation.models import AuditEntry
from tests.vendors.making import make_application, make_category
from vendors.models import Application, HelpConsent


async def begin(client: httpx2.AsyncClient, category: Any, **changes: Any) -> httpx2.Response:
    festival = await Festival.get(call__id=category.call_id)
    given = {
        "part": category.slug, "applicant": "Selam Tesfaye", "email": "selam@example.org", "language": "am",
        "means": "phone", "note": "Her son interpreted.", "agreed": "yes",
    }  # fmt: skip
    return await client.post(f"/help/{festival.slug}", data=given | changes)


async def test_the_navigator_fills_in_and_the_applicant_takes_it_back(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any
) -> None:
    category = await make_category(fee_cents=0, charge="none")
    helper = await sign_in("navigator")
    assert (await begin(client, category, agreed="")).status_code == 422
    assert (await begin(client, category, email=helper.email)).status_code == 422
    assert await Application.all().count() == 0
    begun = await begin(client, category)
    base = begun.headers["location"].removesuffix("/about")
    assert (await client.post(f"{base}/about", data={"name": "Selam's Coffee"})).status_code == 303
    assert (await client.post(f"{base}/review")).status_code == 303
    application = await Application.get(receipt=base.rpartition("/")[2])
    applicant = await Person.get(email="selam@example.org")
    assert (application.state, application.applicant_id, application.helper_id) == (
        "submitted", applicant.id, helper.id,
    )  # fmt: skip
    assert application.receipt in (await client.get("/help")).text

    consent = await HelpConsent.get(application_id=application.id)
    assert (consent.means, consent.helper_name, consent.confirmed_at) == ("phone", helper.name, None)
    assert "Her son interpreted." in consent.words
    done = await AuditEntry.filter(object_kind="application", object_id=application.id).order_by("id")
    helped = [entry for entry in done if entry.action.startswith("help.")]
    assert [(entry.after or {}).get("step") for entry in helped] == [None, "about", "review"]
    for entry in helped:
        assert entry.after
        assert (entry.after["applicant"], entry.after["navigator"]) == ("Selam Tesfaye", helper.name)

    await run_jobs()
    letters = await MailMessage.filter(recipient="selam@example.org").order_by("id")
    found = re.search(r"/am(/help/consent/\S+)", "\n".join(letter.text for letter in letters))
    assert found
    client.cookies.clear()
    link = found[1]
    assert "Her son interpreted." in (await client.get(link)).text
    assert (await client.get(link[:-1] + ("A" if link[-1] != "A" else "B"))).status_code == 404
    assert (await client.post(link, data={"answer": "confirm"})).status_code == 303
    assert (await HelpConsent.get(id=consent.id)).confirmed_at
    for _ in range(2):  # twice is the same as once
        assert (await client.post(link, data={"answer": "end"})).status_code == 303
    assert (await client.post(link, data={"answer": "confirm"})).status_code == 409
    assert await AuditEntry.filter(action="help.ended").count() == 1

    await sign_in("navigator")
    assert (await client.get(base)).status_code == 404
    assert (await client.post(f"{base}/about", data={"name": "Mine now"})).status_code == 404
    assert application.receipt not in (await client.get("/help")).text
    await sign_in("", "selam@example.org")
    assert (await client.get(base)).status_code == 200


async def test_a_navigator_never_reaches_what_somebody_wrote_before(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    own = await make_application(category, "selam@example.org")
    await sign_in("navigator")
    begun = await begin(client, category)
    assert own.receipt not in begun.headers["location"]
    assert own.name not in (await client.get(begun.headers["location"])).text
    assert (await client.get(f"/applications/{own.receipt}")).status_code == 404
    assert "from before" not in (await client.get(begun.headers["location"].replace("about", "documents"))).text


async def test_the_signed_in_applicant_takes_it_back_on_the_page(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    await sign_in("navigator")
    base = (await begin(client, category)).headers["location"].removesuffix("/about")
    # The helper cannot end it in the applicant's name.
    assert (await client.post(f"{base}/helper/end")).status_code == 303
    assert await HelpConsent.filter(withdrawn_at=None).count() == 1
    await sign_in("", "selam@example.org")
    assert "Take the permission back" in (await client.get(base)).text
    assert (await client.post(f"{base}/helper/end")).status_code == 303
    assert (await Application.get(receipt=base.rpartition("/")[2])).helper_id is None


async def test_only_navigators_help(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    await sign_in("")
    assert (await client.get("/help")).status_code == 403
    assert (await begin(client, category)).status_code == 403
    assert await Application.all().count() == 0
