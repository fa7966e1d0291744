"""From the first click to the receipt, the offer and the payment."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import httpx2
import pytest
from PIL import Image

from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from festival.payments.actions import record_counter_payment
from vendors.applying.actions import send_application
from vendors.applying.rules import Asked, DeadlineOver, is_asked, read_answer
from vendors.lifecycle.actions import as_staff, move_application
from vendors.lifecycle.rules import State
from vendors.models import AddOn, Application, CategoryDocument, Document, DocumentKind, FeeRule, Question

from .making import make_application, make_category


def question(kind: str, **facts: Any) -> Asked:
    return Asked(1, "q", "Q", "", kind, True, **({"options": [], "most": None, "shown_if": {}} | facts))


@pytest.mark.parametrize(
    ("asked", "text", "kept"),
    [
        (question("number", most=6), " 6 ", "6"),
        (question("number", most=6), "7", None),
        (question("number"), "many", None),
        (question("choice", options=["a", "b"]), "c", None),
        (question("yes_no"), "yes", "yes"),
        (question("link"), "javascript:alert(1)", None),
        (question("link"), "https://video.example/x", "https://video.example/x"),
        (question("text"), "O'Brien 夏祭り", "O'Brien 夏祭り"),
        (question("text"), "a\x00b", None),
        (question("text"), "", ""),
    ],
)
def test_an_answer_is_kept_as_it_is_or_refused(asked: Asked, text: str, kept: str | None) -> None:
    found = read_answer(asked, text)
    assert (found if isinstance(found, str) else None) == kept


def test_a_conditional_question_follows_its_answer() -> None:
    asked = question("text", shown_if={"question": "minors", "is": "yes"})
    assert is_asked(asked, {"minors": "yes"})
    assert not is_asked(asked, {})


def photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "orange").save(content, "JPEG")
    return content.getvalue()


async def test_the_whole_way(client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any) -> None:  # noqa: PLR0915 - one story
    category = await make_category(cap=1)
    kind = await DocumentKind.create(call_id=category.call_id, slug="coi", name="Insurance", help="Ask your agent.")
    await CategoryDocument.create(category=category, kind=kind)
    await Question.create(category=category, slug="dishes", label="How many dishes?", kind="number", most=6)
    power = await AddOn.create(call_id=category.call_id, slug="power", name="Power", price_cents=5000, stock=2)
    await FeeRule.create(category=category, condition="city department", fee_cents=0)
    festival = (await category.call.first().prefetch_related("festival")).festival.slug

    page = await client.get(f"/apply/{festival}")
    assert "Food truck" in page.text
    assert "$150.00" in page.text
    start = f"/apply/{festival}/food_truck"
    stranger = await client.get(start)
    assert stranger.status_code == 303
    assert stranger.headers["location"].startswith("/sign-in?next=")

    person = await sign_in("")
    assert "Ask your agent." in (await client.get(start)).text
    begun = await client.post(start)
    base = begun.headers["location"].removesuffix("/about")
    assert (await client.post(start)).headers["location"] == begun.headers["location"]  # one draft, not two
    refused = await client.post(f"{base}/about", data={"name": ""})
    assert refused.status_code == 422
    assert (await client.post(f"{base}/about", data={"name": "Abay Kitchen"})).status_code == 303
    wrong = await client.post(f"{base}/questions", data={"dishes": "9"})
    assert wrong.status_code == 422
    assert "more than 6" in wrong.text
    incomplete = await client.post(f"{base}/review")
    assert incomplete.status_code == 409
    assert "How many dishes?" in incomplete.text
    assert "Insurance" in incomplete.text
    await client.post(f"{base}/questions", data={"dishes": "5"})
    await client.post(f"{base}/add-ons", data={"power": "1"})
    sent = await client.post(
        f"{base}/documents", data={"kind": "coi"}, files={"file": ("p.jpg", photo(), "image/jpeg")}
    )
    assert sent.status_code == 303
    assert "$200.00" in (await client.get(f"{base}/review")).text
    assert (await client.post(f"{base}/review")).status_code == 303
    application = await Application.get(applicant_id=person.id)
    assert application.state == "submitted"
    status = await client.get(base)
    assert application.receipt in status.text
    await run_jobs()
    assert application.receipt in (await MailMessage.get(recipient=person.email)).subject

    for state in (State.UNDER_REVIEW, State.HOLD_ACCEPT):
        application = await move_application(application, state, as_staff(NOBODY))
    assert "Under review" in (await client.get(base)).text
    await move_application(application, State.OFFERED, as_staff(NOBODY))
    assert "Accept the offer" in (await client.get(base)).text
    assert (await client.post(f"{base}/offer")).status_code == 303
    application = await Application.get(id=application.id)
    assert application.state == "accepted"
    assert "/pay/" in (await client.get(base)).text
    assert application.obligation_id
    await run_jobs()
    assert "/pay/" in (await MailMessage.filter(recipient=person.email).order_by("-id").first()).text  # type: ignore[union-attr]
    await record_counter_payment(application.obligation_id, 20_000, "cash", NOBODY)
    await run_jobs()
    assert (await Application.get(id=application.id)).state == "confirmed"
    power = await AddOn.get(id=power.id)
    assert power.taken == 1
    assert (await client.post(f"{base}/withdraw")).status_code == 303
    assert (await AddOn.get(id=power.id)).taken == 0


async def test_the_deadline_passes_with_the_form_open(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    person = await sign_in("")
    draft = await make_application(category, person.email)
    with frozen_at(now() + dt.timedelta(days=31)), pytest.raises(DeadlineOver):
        await send_application(draft, NOBODY)
    await category.filter(id=category.id).update(closes_at=now() - dt.timedelta(minutes=2))
    late = await client.post(f"/applications/{draft.receipt}/review")
    assert late.status_code == 409
    assert "Your draft is kept" in late.text
    assert (await Application.get(id=draft.id)).state == "draft"


async def test_a_free_place_is_confirmed_at_once(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(fee_cents=0, charge="none", taken=1)
    person = await sign_in("")
    offered = await make_application(category, person.email, "offered", offer_expires_at=now())
    await client.post(f"/applications/{offered.receipt}/offer")
    # Nothing is owed and no paper is needed, so nothing keeps them out on the day.
    assert (await Application.get(id=offered.id)).state == "docs_ready"


async def test_a_foreign_receipt_is_not_found(client: httpx2.AsyncClient, sign_in: Any) -> None:
    application = await make_application(await make_category())
    document = await Document.create(
        application=application, uploaded_at=now(),
        kind=await DocumentKind.create(call_id=(await application.category).call_id, slug="k", name="K"),
    )  # fmt: skip
    await sign_in("", "somebody@else.example")
    base = f"/applications/{application.receipt}"
    steps = ("/about", "/questions", "/documents", "/add-ons", "/review", "/withdraw")
    for path in ("", *steps, f"/documents/{document.id}"):
        assert (await client.get(base + path)).status_code == 404, path
    for path in (*steps, "/offer"):
        assert (await client.post(base + path, data={"name": "x"})).status_code == 404, path
    assert (await Application.get(id=application.id)).state == "draft"
