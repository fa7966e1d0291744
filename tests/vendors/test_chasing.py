"""Papers: good until the day, ready when all are accepted, and reminders that nobody gets twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from festival.kit.clock import frozen_at, now
from festival.mail.models import MailMessage
from vendors.chasing.jobs import remind
from vendors.chasing.rules import MissingPaper, due_day, to_remind
from vendors.documents.actions import hand_in_link
from vendors.models import Application, Category, CategoryDocument, Document, DocumentKind

from .making import FESTIVAL_DAY, make_application, make_category

DUE = dt.date(2027, 5, 29)


def paper(**facts: Any) -> MissingPaper:
    return MissingPaper("License", DUE, sent_back=False, **({"chase_days": [30, 14, 7, 2]} | facts))


def days_before(days: int) -> dt.date:
    return DUE - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("today", "reminded", "told"),
    [
        (days_before(31), [], False),
        (days_before(30), [], True),
        (days_before(29), [days_before(30)], False),
        (days_before(13), [days_before(30)], True),  # the fourteenth day was missed
        (days_before(12), [days_before(13)], False),
        (days_before(2), [days_before(7)], True),
        (days_before(0), [days_before(2)], False),
        (days_before(-1), [], False),
    ],
)
def test_each_day_of_reminding_counts_once(today: dt.date, reminded: list[dt.date], told: bool) -> None:
    assert bool(to_remind([paper()], reminded, today)) is told


def test_a_kind_without_days_of_its_own_has_the_houses() -> None:
    assert to_remind([paper(chase_days=[])], [], days_before(30))
    assert due_day(dt.date(2027, 6, 12), 14) == DUE
    assert due_day(dt.date(2027, 6, 12), None) == dt.date(2027, 6, 12)


# ---------------------------------------------------------------- over both databases


async def make_needy_category(**facts: Any) -> tuple[Category, DocumentKind]:
    category = await make_category(**facts)
    kind = await DocumentKind.create(
        call_id=category.call_id, slug="license", name="Food license", is_link=True, due_days_before=14,
        chase_days=[30, 7], expires="date on form",
    )  # fmt: skip
    await CategoryDocument.create(category=category, kind=kind)
    return category, kind


async def test_a_place_is_ready_while_every_paper_is_accepted(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category, kind = await make_needy_category(taken=1)
    application = await make_application(category, "hana@example.org", "confirmed")
    await hand_in_link(application, kind, "https://papers.example/1")
    await sign_in("organizer")
    path = f"/organize/applications/{application.receipt}/papers"

    async def judge(**form: str) -> int:
        document = await Document.get(application=application, superseded_at=None)
        return (await client.post(path, data={"document": str(document.id), **form})).status_code

    async def state() -> str:
        return (await Application.get(id=application.id)).state

    assert await judge(verdict="send_back") == 422
    assert await judge(verdict="accept", expires_on="2027-06-11") == 422
    assert await state() == "confirmed"
    assert await judge(verdict="accept", expires_on="2027-06-12") == 303
    assert await state() == "docs_ready"
    assert (await Document.get(application=application)).expires_on == dt.date(2027, 6, 12)
    assert await judge(verdict="send_back", reason="Unreadable") == 303
    assert await state() == "confirmed"
    await judge(verdict="accept")
    await hand_in_link(await Application.get(id=application.id), kind, "https://papers.example/2")
    assert await state() == "confirmed"


async def test_reminders_go_out_once_a_day_in_the_applicants_language(database: Any) -> None:
    category, _ = await make_needy_category(taken=1, booth_prefix="F")
    application = await make_application(category, "hana@example.org", "confirmed", language="es")
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=45)):
        await remind({})
        assert not await MailMessage.exists()
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=43)):
        await remind({})
        await remind({})
        letter = await MailMessage.get()
        assert (letter.recipient, letter.language) == ("hana@example.org", "es")
        assert "Food license" in letter.text
        assert f"/es/applications/{application.receipt}/documents" in letter.text
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=42)):
        await remind({})
    assert await MailMessage.all().count() == 1


async def test_the_chase_list_names_who_lacks_what(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category, kind = await make_needy_category(cap=3, taken=3, booth_prefix="F")
    lacking = await make_application(category, state="accepted", pay_by=now())
    waiting = await make_application(category, state="confirmed")
    await hand_in_link(waiting, kind, "https://papers.example/1")
    await make_application(category, state="under_review")
    slug = (await category.call.first().prefetch_related("festival")).festival.slug
    await sign_in("organizer")
    page = (await client.get(f"/organize/festivals/{slug}/chase")).text
    assert lacking.name in page
    assert waiting.name in page
    assert page.count("Food license") == 2
    assert page.count('badge--warn">Payment') == 1
    assert page.count('badge--warn">Space') == 2
    assert (await client.get("/organize/festivals/none-such/chase")).status_code == 404
