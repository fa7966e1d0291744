"""The day itself: a delay moves the rest of a stage within its hours, an act is cancelled, everything can be undone,
and the public page and the feeds follow under the same identity."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from events.editing.actions import change_occurrence
from events.editing.forms import ChangedOccurrence
from events.models import Act, Performance, SchedulePlan
from events.programme.actions import Loaded
from events.running.rules import run_late
from events.scheduling.rules import Board, Rule, Slot, Span, StageFacts
from festival.kit.clock import frozen_at
from festival.kit.i18n import put
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from tests.events.conftest import CountQueries
from ticketing.models import Offer
from ticketing.offers.actions import plan_offer

TODAY = "/organize/festivals/global-fest-2027/today"


def at(clock: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2027-06-12T{clock}:00-06:00").astimezone(dt.UTC)


def slot(act: str, start: str, end: str, stage: str = "main", people: str = "") -> Slot:
    return Slot(act, act.title(), stage, Span(at(start), at(end)), people=frozenset(people.split()))


MAIN = StageFacts("main", "Main Stage", 10, [Span(at("11:00"), at("18:00"))])
SIDE = StageFacts("side", "Side Stage", 10)
DAY = Board(
    {one.act: one for one in (
        slot("a", "12:00", "12:30"), slot("b", "12:40", "13:00"), slot("c", "13:30", "14:00", people="x"),
        slot("d", "17:30", "18:00"), slot("e", "14:05", "14:30", "side", "x"),
    )},
    {"main": MAIN, "side": SIDE}, 5,
)  # fmt: skip


def test_a_delay_moves_what_comes_and_lets_run_on_what_is_on() -> None:
    delay = run_late(DAY, MAIN, (), 5, at("12:10"))
    assert delay.moved["a"] == Span(at("12:00"), at("12:35"))
    assert delay.moved["b"] == Span(at("12:45"), at("13:05"))
    assert "e" not in delay.moved


def test_a_delay_is_bounded_by_the_hours_of_the_stage() -> None:
    delay = run_late(DAY, MAIN, (), 10, at("17:00"))
    assert delay.moved == {"d": Span(at("17:40"), at("18:00"))}
    assert delay.cut == {"d": 10}
    assert run_late(DAY, MAIN, (), 20, at("17:00")).moved == {}
    assert run_late(DAY, MAIN, (), 20, at("18:00")).moved == {}


def test_a_delay_says_what_it_breaks_and_leaves_the_pinned_alone() -> None:
    delay = run_late(DAY, MAIN, (), 10, at("13:10"))
    assert [(c.rule, c.act, c.other) for c in delay.broken] == [(Rule.SAME_PEOPLE, "e", "c")]
    held = run_late(DAY, MAIN, ("c",), 30, at("12:00"))
    assert "c" not in held.moved
    assert [(c.rule, c.act, c.other) for c in held.broken] == [(Rule.CHANGEOVER, "c", "b")]
    assert put(held.broken[0].message) == "Only 0 minutes of 10 to change over from B to C."


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three o'clock on the festival's day; the feed asks the database at every request."""
    monkeypatch.setattr("calendar_feed.feed.shelf.CHECK_EVERY", 0)
    with frozen_at(at("15:00")):
        yield


def seen(page: str) -> str:
    return re.findall(r'name="seen" value="(\d+)"', page)[-1]


async def times(plan: int = 1) -> dict[str, tuple[dt.datetime, dt.datetime, int, int]]:
    rows = await Performance.filter(plan__number=plan).select_related("act")
    return {row.act.slug: (row.starts_at, row.ends_at, row.sequence, row.revision) for row in rows}


def entry(feed: str, title: str) -> dict[str, str]:
    """The lines of the feed's entry with that title, by name."""
    entries = feed.replace("\r\n ", "").split("BEGIN:VEVENT")
    found = next(one for one in entries if f":{title}" in one or f": {title}" in one)
    return {line.split(":")[0].split(";")[0]: line.split(":", 1)[1] for line in found.split("\r\n") if ":" in line}


async def test_ten_minutes_late_moves_the_page_and_the_feed_and_is_undone(
    noon: None, wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any
) -> None:
    await sign_in("organizer")
    await Act.filter(id=wishes.acts["s17"]).update(contact_email="kalyna@example.org")
    page = (await client.get(TODAY)).text
    assert "Kalyna Folk Ensemble" in page
    before, feed = await times(), (await client.get("/calendar.ics?stage=community")).text
    late = {"stage": "community", "minutes": "5", "seen": seen(page)}
    assert (await client.post(f"{TODAY}/late", data=late)).status_code == 303
    after = await times()
    for act in ("s17", "s18", "s19", "s20"):
        start, end, sequence, revision = before[act]
        assert after[act] == (
            start + dt.timedelta(minutes=5),
            end + dt.timedelta(minutes=5),
            sequence + 1,
            revision + 1,
        )
    assert {act for act in before if before[act] != after[act]} == {"s17", "s18", "s19", "s20"}
    assert "3:35" in html.unescape((await client.get("/festival/global-fest-2027")).text)
    news = (await client.get("/calendar.ics?stage=community")).text
    old, new = entry(feed, "Kalyna Folk Ensemble"), entry(news, "Kalyna Folk Ensemble")
    assert (old["UID"], old["DTSTART"]) == (new["UID"], "20270612T153000")
    assert new["DTSTART"] == "20270612T153500"
    assert int(new["SEQUENCE"]) > int(old["SEQUENCE"])
    await run_jobs()
    assert [mail.recipient for mail in await MailMessage.filter(kind="schedule.time_changed")] == ["kalyna@example.org"]
    page = (await client.get(TODAY)).text
    assert "Community Stage 5 minutes late" in html.unescape(page)
    assert (await client.post(f"{TODAY}/undo", data={"seen": seen(page)})).status_code == 303
    back = await times()
    assert {act: row[:2] for act, row in back.items()} == {act: row[:2] for act, row in before.items()}
    assert back["s17"][2] == before["s17"][2] + 2


async def test_the_places_of_an_act_go_with_its_set(
    noon: None, wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any
) -> None:
    await sign_in("organizer")
    row = await Performance.get(act_id=wishes.acts["s17"], plan__state="published")
    date = wishes.occurrences[wishes.programs["p09"]][0]
    values = {"occurrence_id": date.id, "act_id": row.act_id, "capacity": 20, "closes_at": row.starts_at}
    offer = plan_offer(row.starts_at, row.ends_at, values)
    await offer.save()
    late = {"stage": "community", "minutes": "5", "seen": seen((await client.get(TODAY)).text)}
    assert (await client.post(f"{TODAY}/late", data=late)).status_code == 303
    moved, five = await Offer.get(id=offer.id), dt.timedelta(minutes=5)
    assert (moved.valid_from, moved.valid_until, moved.closes_at) == (
        offer.valid_from + five, offer.valid_until + five, row.starts_at + five,
    )  # fmt: skip
    # The date of the whole festival is another matter: the schedule says when an act is on.
    await change_occurrence(str(date.id), ChangedOccurrence(starts_at=date.starts_at - five), NOBODY)
    assert (await Offer.get(id=offer.id)).valid_from == moved.valid_from
    page = (await client.get(TODAY)).text
    assert (await client.post(f"{TODAY}/undo", data={"seen": seen(page)})).status_code == 303
    assert (await Offer.get(id=offer.id)).valid_from == offer.valid_from


async def test_a_second_press_is_refused(
    noon: None, year: Loaded, client: httpx2.AsyncClient, sign_in: Any
) -> None:  # fmt: skip
    await sign_in("organizer")
    late = {"stage": "community", "minutes": "5", "seen": "0"}
    assert (await client.post(f"{TODAY}/late", data=late)).status_code == 303
    once = await times()
    assert (await client.post(f"{TODAY}/late", data=late)).status_code == 409
    assert await times() == once


async def test_what_a_delay_costs_is_shown_before_it_is_done(
    noon: None, year: Loaded, client: httpx2.AsyncClient, sign_in: Any
) -> None:
    await sign_in("organizer")
    before = await times()
    late = {"stage": "main", "minutes": "15", "seen": "0"}
    shown = await client.post(f"{TODAY}/late", data=late)
    assert shown.status_code == 409
    assert "is cut short by 15 minutes" in html.unescape(shown.text)
    assert await times() == before
    assert (await client.post(f"{TODAY}/late", data={**late, "anyway": "true"})).status_code == 303
    after = await times()
    assert after["s11"][:2] == (at("17:35"), at("18:00"))
    for wrong in ({"minutes": "0"}, {"minutes": "x"}, {"stage": "nowhere"}):
        assert (await client.post(f"{TODAY}/late", data={**late, **wrong})).status_code == 422


async def test_an_act_is_cancelled_with_a_reason_and_comes_back(
    noon: None, year: Loaded, client: httpx2.AsyncClient, sign_in: Any
) -> None:
    await sign_in("organizer")
    assert (await client.post(f"{TODAY}/cancel", data={"act": "s19", "reason": ""})).status_code == 422
    done = await client.post(f"{TODAY}/cancel", data={"act": "s19", "reason": "The dancers are stuck in traffic"})
    assert done.status_code == 303
    assert "stuck in traffic" in (await client.get(TODAY)).text
    gone = entry((await client.get("/calendar.ics?stage=community")).text, "Nila Dance Academy")
    assert (gone["STATUS"], gone["SEQUENCE"] > "0") == ("CANCELLED", True)
    assert (await client.post(f"{TODAY}/restore", data={"act": "s19"})).status_code == 303
    assert (await Performance.get(act_id=year.acts["s19"])).state == "scheduled"
    over = await client.post(f"{TODAY}/cancel", data={"act": "s12", "reason": "Too late"})
    assert over.status_code == 409
    assert (await client.post(f"{TODAY}/cancel", data={"act": "none", "reason": "x"})).status_code == 404


async def test_the_sheets_hold_every_act_of_the_public_version(
    wishes: Loaded, client: httpx2.AsyncClient, sign_in: Any, count_queries: CountQueries
) -> None:
    await sign_in("organizer")
    home = "/organize/festivals/global-fest-2027"
    order = html.unescape((await client.get(f"{home}/running-order")).text)
    assert order.count('<th scope="row">') == 25
    assert "drum kit, horn mics, monitor mix, and stage plot" in order
    assert "15 minutes to change over" in order
    hosts = html.unescape((await client.get(f"{home}/mc-sheet?stage=museum")).text)
    assert hosts.count('class="mc__act"') == 3
    assert "Then, at 2:00" in hosts
    counts: list[int] = []
    for number in (1, 2):
        with count_queries() as queries:
            await client.get(f"{home}/running-order")
        counts.append(len(queries))
        await Performance.filter(plan__number=number, act__slug__in=["s01", "s02", "s03"]).delete()
    assert counts[0] == counts[1]
    await SchedulePlan.filter(number=1).update(state="superseded")
    assert (await client.get(TODAY)).status_code == 404
