"""Parents and guardians of people under 18 answer by a mailed link."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import httpx2
import pytest

from festival.kit.clock import frozen_at, now
from festival.mail.models import MailMessage
from festival.organisation.models import AuditEntry
from vendors.guardians.rules import can_ask_again
from vendors.models import Answer, Application, GuardianConsent, Question

from .making import make_application, make_category

MINA = {"minor": "Mina", "guardian": "Rosa Vega", "email": "rosa@example.org", "language": "es"}


def test_a_letter_is_sent_again_once_a_day() -> None:
    at = dt.datetime(2027, 6, 1, 12, tzinfo=dt.UTC)
    assert not can_ask_again(at, at + dt.timedelta(hours=19))
    assert can_ask_again(at, at + dt.timedelta(hours=20))


async def make_group(email: str, slug: str = "parade", state: str = "confirmed") -> Application:
    category = await make_category(slug=slug, part="stage" if slug == "performer" else "walk")
    application = await make_application(category, email, state, language="en")
    question = await Question.create(category=category, slug="minors", label="Minors?", kind="yes_no")
    await Answer.create(application=application, question=question, value="yes")
    return application


async def link_of(run_jobs: Any) -> str:
    await run_jobs()
    letter = await MailMessage.filter(kind="vendors.guardian").order_by("-id").first()
    assert letter is not None
    found = re.search(r"(/es/guardian/\d+/[\w-]+)", letter.text)
    assert found
    return found[1]


@pytest.mark.parametrize("slug", ["performer", "parade", "fashion_show"])
async def test_from_the_name_to_the_word_of_a_parent(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any, slug: str
) -> None:
    person = await sign_in("", "group@example.org")
    application = await make_group(person.email, slug)
    here = f"/applications/{application.receipt}/minors"
    assert here in (await client.get(f"/applications/{application.receipt}")).text
    assert (await client.post(here, data={**MINA, "email": "nowhere"})).status_code == 422
    assert (await client.post(here, data={**MINA, "language": "xx"})).status_code == 422
    assert (await client.post(here, data=MINA)).status_code == 303
    consent = await GuardianConsent.get()
    assert (await client.post(here, data={"wish": "again", "consent": str(consent.id)})).status_code == 409
    link = await link_of(run_jobs)
    letter = await MailMessage.get(kind="vendors.guardian")
    assert (letter.recipient, letter.language) == ("rosa@example.org", "es")

    client.cookies.clear()  # the parent has no account
    page = await client.get(link)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    assert "Mina" in page.text
    assert (await client.post(link, data={"answer": "given", "signed": ""})).status_code == 422
    agreed = {"answer": "given", "signed": "Rosa Vega", "pictures": "yes"}
    assert (await client.post(link, data=agreed)).status_code == 303
    kept = await GuardianConsent.get()
    assert (kept.state, kept.pictures, kept.signed_name, kept.language) == ("given", True, "Rosa Vega", "es")
    assert "Mina" in kept.wording
    assert application.name in kept.wording
    assert (await client.post(link, data={**agreed, "answer": "refused"})).status_code == 303
    kept = await GuardianConsent.get()
    assert (kept.state, kept.pictures) == ("refused", False)
    assert "Mina" not in str([entry.after for entry in await AuditEntry.filter(action__startswith="guardian")])

    await sign_in("reviewer")
    page = (await client.get(here)).text
    assert "Did not agree" in page
    assert (await client.post(here, data=MINA)).status_code == 404


async def test_the_link_is_the_guardians_alone_and_ends_with_the_application(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any
) -> None:
    person = await sign_in("", "group@example.org")
    application = await make_group(person.email)
    here = f"/applications/{application.receipt}/minors"
    await client.post(here, data=MINA)
    link = await link_of(run_jobs)
    assert (await client.get(link[:-1] + ("a" if link[-1] != "a" else "b"))).status_code == 404
    await sign_in("", "other@example.org")
    assert (await client.get(here)).status_code == 404
    await Application.filter(id=application.id).update(state="withdrawn")
    assert (await client.get(link)).status_code == 404
    await Application.filter(id=application.id).update(state="confirmed")
    await sign_in("", "group@example.org")
    consent = await GuardianConsent.get()
    with frozen_at(now() + dt.timedelta(days=1)):
        assert (await client.post(here, data={"wish": "again", "consent": str(consent.id)})).status_code == 303
        await run_jobs()
    assert await MailMessage.filter(kind="vendors.guardian").count() == 2
    assert (await client.post(here, data={"wish": "remove", "consent": "999999"})).status_code == 404
    assert (await client.post(here, data={"wish": "remove", "consent": str(consent.id)})).status_code == 303
    gone = await GuardianConsent.get()
    assert (gone.state, gone.minor_name, gone.email) == ("ended", "", "")
    assert (await client.get(link)).status_code == 404
