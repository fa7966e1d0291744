"""Papers: good until the day, ready when all are accepted, and reminders that nobody gets twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Festival, FestivalDeadline
from festival.kit.clock import frozen_at, now
from festival.kit.i18n import put
from festival.mail.models import MailMessage
from festival.payments.models import Instalment, Obligation
from vendors.chasing.jobs import mention, remind
from vendors.chasing.queries import list_blocked, list_deadlines
from vendors.chasing.rules import MissingPaper, days_left, due_day, is_to_mention, next_due, to_remind
from vendors.documents.actions import hand_in_link
from vendors.models import Application, Category, CategoryDocument, Document, DocumentKind, Office, Packet

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


# ---------------------------------------------------------------- what the city owes others


@pytest.mark.parametrize(
    ("today", "reminded", "told"),
    [
        (days_before(31), [], False),
        (days_before(30), [], True),
        (days_before(13), [days_before(30)], True),
        (days_before(12), [days_before(13)], False),
        (days_before(0), [days_before(2)], True),
        (days_before(-1), [days_before(0)], False),
        (days_before(-7), [days_before(0)], True),
        (days_before(-9), [days_before(-7)], False),
        (days_before(-15), [days_before(-7)], True),
    ],
)
def test_the_team_is_reminded_before_on_the_day_and_weekly_once_it_is_late(
    today: dt.date, reminded: list[dt.date], told: bool
) -> None:
    assert is_to_mention(DUE, reminded, today) is told


def test_days_left_are_said_in_words() -> None:
    said = [put(days_left(DUE, days_before(days))) for days in (2, 1, 0, -1, -3)]
    assert said == ["2 days left", "1 day left", "due today", "1 day late", "3 days late"]


async def test_the_team_keeps_its_deadlines_and_is_told_of_them_once_a_day(
    client: httpx2.AsyncClient, sign_in: Any
) -> None:
    category = await make_category()
    festival = await Festival.get(call__id=category.call_id)
    here = f"/organize/festivals/{festival.slug}/chase"
    await sign_in("organizer")
    assert (await client.post(f"{here}/deadlines", data={"title": "", "due_on": "x"})).status_code == 422
    made = await client.post(f"{here}/deadlines", data={"title": "Park proposal", "due_on": "2027-04-13"})
    assert made.status_code == 303
    deadline = await FestivalDeadline.get()
    with frozen_at(dt.datetime(2027, 4, 11, 18, tzinfo=dt.UTC)):
        await mention({})
        await mention({})
    letters = await MailMessage.filter(kind="vendors.deadlines_due")
    assert [(one.recipient, "2 days left" in one.text) for one in letters] == [("organizer@example.org", True)]
    await client.post(f"{here}/deadlines/{deadline.id}", data={"title": "Park", "due_on": "2027-04-14"})
    await client.post(f"{here}/deadlines/{deadline.id}/met")
    met = await FestivalDeadline.get()
    assert (met.title, met.done_at is not None, met.done_by is not None) == ("Park", True, True)
    with frozen_at(dt.datetime(2027, 4, 14, 18, tzinfo=dt.UTC)):
        await mention({})
    assert await MailMessage.filter(kind="vendors.deadlines_due").count() == 1
    await client.post(f"{here}/deadlines/{deadline.id}/open")
    assert (await FestivalDeadline.get()).done_at is None
    other = await Festival.get(call__id=(await make_category()).call_id)
    assert (await client.post(f"/organize/festivals/{other.slug}/chase/deadlines/{deadline.id}/met")).status_code == 404
    await client.post(f"{here}/deadlines/{deadline.id}/remove")
    assert not await FestivalDeadline.all().count()


async def test_an_offices_packet_is_a_deadline_until_it_was_made(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    festival = await Festival.get(call__id=category.call_id)
    office = await Office.create(call_id=category.call_id, slug="fire", name="Fire office", due_days_before=14)
    found = await list_deadlines(festival)
    assert [(one.title, one.due_on, one.done_on) for one in found] == [("Fire office", DUE, None)]
    await Packet.create(office=office, state="ready", asked_by=1, asked_at=now(), ready_at=now())
    assert (await list_deadlines(festival))[0].done_on
    await sign_in("organizer")
    assert "Fire office" in (await client.get(f"/organize/festivals/{festival.slug}/chase")).text


def test_the_first_part_that_is_not_covered_is_due_next() -> None:
    first, second = dt.datetime(2027, 5, 1, tzinfo=dt.UTC), dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
    parts = [(5_000, first), (10_000, second)]
    assert [next_due(parts, paid) for paid in (0, 4_999, 5_000, 15_000)] == [first, first, second, None]
    assert next_due([], 0) is None


async def test_a_later_part_still_to_be_paid_is_chased_with_its_day(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category()
    festival = await Festival.get(call__id=category.call_id)
    stand = await make_application(category, state="confirmed")
    bill = await Obligation.create(
        subject_kind="application", subject_id=stand.id, description="x", due_cents=15_000, paid_cents=5_000,
        state="part_paid", created_at=now(),
    )  # fmt: skip
    await Application.filter(id=stand.id).update(obligation_id=bill.id)
    for position, (cents, day) in enumerate(((5_000, 1), (10_000, 20))):
        at = dt.datetime(2027, 5, day, 12, tzinfo=dt.UTC)
        await Instalment.create(obligation=bill, position=position, amount_cents=cents, due_at=at)
    (found,) = await list_blocked(festival)
    assert (found.unpaid, found.pay_on, found.due_on) == (True, dt.date(2027, 5, 20), dt.date(2027, 5, 20))
    await sign_in("organizer")
    assert "May 20, 2027" in (await client.get(f"/organize/festivals/{festival.slug}/chase")).text
    await Obligation.filter(id=bill.id).update(paid_cents=15_000, state="paid")
    assert not await list_blocked(festival)
