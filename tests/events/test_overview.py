"""The calendar of everything: clashes by name, dates moved with the rules checked, volunteers, opening hours."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from events.models import Occurrence, Program, Venue, VenueHours, VolunteerShift
from events.overview.forms import read_ranges
from events.overview.rules import Clash, Item, find_clashes, is_open, month_weeks, neighbours, week_of
from events.programme.actions import Loaded
from festival.organisation.models import AuditEntry
from tests.events.conftest import CountQueries

ZONE = ZoneInfo("America/Denver")
HOME = "/organize/calendar"


def item(number: int, start: str, end: str, place: int = 1, **more: Any) -> Item:
    times = [dt.datetime.fromisoformat(f"2027-03-{text}").replace(tzinfo=ZONE) for text in (start, end)]
    return Item(number, f"Item {number}", times[0], times[1], False, place, "Hall", "arts", "scheduled", "/", **more)


def kinds(*items: Item, hours: Any = None) -> list[tuple[str, int]]:
    return [(str(found.kind), found.item.id) for found in find_clashes(items, hours or {}, ZONE)]


def test_two_at_once_in_a_place_are_named_and_touching_is_fine() -> None:
    first = item(1, "02T10:00", "02T12:00")
    assert kinds(first, item(2, "02T12:00", "02T13:00")) == []
    assert kinds(first, item(2, "02T11:59", "02T13:00")) == [("same_place", 2)]
    assert kinds(first, item(2, "02T11:00", "02T13:00", place=2)) == []
    long = item(1, "02T08:00", "02T20:00")
    assert kinds(long, item(2, "02T09:00", "02T10:00"), item(3, "02T15:00", "02T16:00")) == [
        ("same_place", 2), ("same_place", 3),
    ]  # fmt: skip


def test_a_place_with_room_for_several_holds_them_and_keeps_its_hours() -> None:
    from dataclasses import replace

    first, second = (replace(item(n, "02T10:00", "02T12:00"), shared_place=True) for n in (1, 2))
    assert kinds(first, second) == []
    hours = {1: [(1, 11 * 60, 13 * 60)]}
    assert [one.kind for one in find_clashes([first, second], hours, ZONE)] == [Clash.CLOSED, Clash.CLOSED]


@pytest.mark.parametrize("how", [{"state": "cancelled"}, {"state": "postponed"}, {"all_day": True}, {"online": True}])
def test_what_takes_no_place_clashes_with_nothing(how: dict[str, Any]) -> None:
    from dataclasses import replace

    other = replace(item(2, "02T11:00", "02T13:00"), **how)
    assert kinds(item(1, "02T10:00", "02T12:00"), other) == []


def test_hours_are_the_weekdays_own_and_hold_to_the_minute() -> None:
    tuesday = [(1, 9 * 60, 17 * 60)]
    assert is_open(item(1, "02T09:00", "02T17:00"), tuesday, ZONE)
    assert not is_open(item(1, "02T08:59", "02T10:00"), tuesday, ZONE)
    assert not is_open(item(1, "03T10:00", "03T11:00"), tuesday, ZONE)
    assert not is_open(item(1, "02T16:00", "03T01:00"), tuesday, ZONE)
    assert is_open(item(1, "02T20:00", "03T00:00"), [(1, 0, 1440)], ZONE)
    assert is_open(item(1, "02T03:00", "02T04:00"), [], ZONE)
    assert kinds(item(1, "02T18:00", "02T19:00"), hours={1: tuesday}) == [("closed", 1)]


def test_missing_volunteers_are_counted() -> None:
    found = find_clashes([item(1, "02T10:00", "02T12:00", volunteers_needed=3, volunteers=1)], {}, ZONE)
    assert [(one.kind, one.message.count) for one in found] == [(Clash.VOLUNTEERS, 2)]
    assert kinds(item(1, "02T10:00", "02T12:00", volunteers_needed=3, volunteers=3)) == []


def test_pages_of_the_calendar_begin_on_the_readers_first_day() -> None:
    assert month_weeks(dt.date(2027, 6, 12), 6)[0][0] == dt.date(2027, 5, 30)
    assert week_of(dt.date(2027, 6, 12), 0)[0] == dt.date(2027, 6, 7)
    assert neighbours("month", dt.date(2027, 1, 31)) == (dt.date(2026, 12, 31), dt.date(2027, 2, 1))


def test_opening_hours_are_read() -> None:
    assert read_ranges("14:00-21:00, 9:00–12:30") == [(540, 750), (840, 1260)]
    assert read_ranges("") == []
    for wrong in ("9-17", "17:00-9:00", "9:00-12:00, 11:00-13:00", "25:00-26:00", "9:75-10:00"):
        with pytest.raises(ValueError, match=r"opening hours|overlap"):
            read_ranges(wrong)


@pytest.fixture
def salsa(year: Loaded) -> Occurrence:
    """Salsa for beginners, Tuesday 2 February 2027, 19:00 at Moorhead."""
    return year.occurrences[year.programs["p33"]][0]


def named(page: str) -> list[str]:
    return re.findall(r'data-rule="(\w+)"', page)


async def move(client: httpx2.AsyncClient, row: Occurrence, to: str, **more: str) -> httpx2.Response:
    revision = (await Occurrence.get(id=row.id)).revision
    return await client.post(f"{HOME}/dates/{row.id}/move", data={"to": to, "revision": str(revision), **more})


async def test_views_and_filters_live_in_the_address(year: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    month = (await client.get(f"{HOME}?view=month&on=2027-02-10")).text
    assert month.count("data-day=") == 35
    assert "February 2027" in month
    week = html.unescape((await client.get(f"{HOME}?view=week&on=2027-02-02&place=moorhead")).text)
    assert "Salsa for beginners" in week
    assert "Open mic" not in week
    agenda = (await client.get(f"{HOME}?view=agenda&on=2027-06-12&acts=yes&q=lion")).text
    assert "Rising Lotus Lion Dance Team" in agenda
    assert "Pickleball" not in agenda
    for odd in ("?view=year", "?on=soon", "?area=none", f"?q={'x' * 300}"):
        assert (await client.get(f"{HOME}{odd}")).status_code == 200


async def test_a_date_is_moved_and_moved_back(
    year: Loaded, client: httpx2.AsyncClient, sign_in: Any, salsa: Occurrence
) -> None:
    await sign_in("organizer")
    answer = await move(client, salsa, "2027-02-03")
    assert answer.status_code == 303
    row = await Occurrence.get(id=salsa.id)
    assert row.starts_at == salsa.starts_at + dt.timedelta(days=1)
    assert (row.moved, row.sequence) == (True, 1)
    page = (await client.get(answer.headers["location"])).text
    assert "Undo" in page
    assert (await move(client, salsa, "2027-02-02", anyway="true")).status_code == 303
    assert (await Occurrence.get(id=salsa.id)).starts_at == salsa.starts_at
    stale = await client.post(f"{HOME}/dates/{salsa.id}/move", data={"to": "2027-02-09", "revision": "1"})
    assert stale.status_code == 409
    gap = await move(client, salsa, "2027-03-14", clock="02:30")
    assert gap.status_code == 422


async def test_a_move_that_clashes_is_shown_first(
    year: Loaded, client: httpx2.AsyncClient, sign_in: Any, salsa: Occurrence
) -> None:
    await sign_in("organizer")
    # Hip-hop for teens is on at Moorhead on Thursdays at 17:00.
    shown = await move(client, salsa, "2027-02-04", clock="17:30")
    assert shown.status_code == 409
    assert named(shown.text)[0] == "same_place"
    assert "Hip-hop for teens" in html.unescape(shown.text)
    assert (await Occurrence.get(id=salsa.id)).starts_at == salsa.starts_at
    assert (await move(client, salsa, "2027-02-04", clock="17:30", anyway="true")).status_code == 303
    page = (await client.get(f"{HOME}?view=week&on=2027-02-04&place=moorhead")).text
    assert "same_place" in named(page)


async def test_opening_hours_are_kept_and_checked(
    year: Loaded, client: httpx2.AsyncClient, sign_in: Any, salsa: Occurrence
) -> None:
    await sign_in("organizer")
    hours = {f"day_{weekday}": "8:00-21:00" for weekday in range(6)}
    assert (await client.post(f"{HOME}/hours/moorhead", data=hours)).status_code == 303
    moorhead = await Venue.get(slug="moorhead")
    assert await VenueHours.filter(venue_id=moorhead.id).count() == 6
    assert 'value="8:00-21:00"' in (await client.get(f"{HOME}/hours/moorhead")).text
    shown = await move(client, salsa, "2027-02-07")
    assert (shown.status_code, named(shown.text)[0]) == (409, "closed")
    wrong = await client.post(f"{HOME}/hours/moorhead", data={"day_0": "always"})
    assert wrong.status_code == 422
    assert await VenueHours.filter(venue_id=moorhead.id).count() == 6


async def test_volunteers_are_put_down_until_none_is_missing(
    year: Loaded, client: httpx2.AsyncClient, sign_in: Any, salsa: Occurrence
) -> None:
    await sign_in("organizer")
    path = f"{HOME}/dates/{salsa.id}"
    await client.post(f"{path}/needed", data={"needed": "2"})
    assert (await Program.get(id=salsa.program_id)).volunteers_needed == 2
    assert "volunteers" in named((await client.get(path)).text)
    for name in ("Ana", "Bo", "Bo"):
        assert (await client.post(f"{path}/volunteers", data={"name": name})).status_code == 303
    page = (await client.get(path)).text
    assert "volunteers" not in named(page)
    assert "2 of 2 volunteers" in page
    shift = await VolunteerShift.get(name="Ana")
    await client.post(f"{path}/volunteers/{shift.id}/remove")
    assert await VolunteerShift.filter(occurrence_id=salsa.id).count() == 1
    assert (await client.post(f"{path}/volunteers", data={"name": ""})).status_code == 422
    assert await AuditEntry.filter(action__startswith="volunteer.").count() == 3


async def test_the_calendar_keeps_its_queries(
    year: Loaded, client: httpx2.AsyncClient, sign_in: Any, count_queries: CountQueries
) -> None:
    await sign_in("organizer")
    await client.get(HOME)
    counts: list[int] = []
    for query in ("?view=month&on=2027-02-10&acts=yes", "?view=month&on=2027-02-10&acts=yes&q=salsa"):
        with count_queries() as queries:
            await client.get(f"{HOME}{query}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


async def test_only_organizers_come_in(
    year: Loaded, client: httpx2.AsyncClient, sign_in: Any, salsa: Occurrence
) -> None:  # fmt: skip
    await sign_in("gate")
    for path in (HOME, f"{HOME}/dates/{salsa.id}", f"{HOME}/hours/moorhead"):
        assert (await client.get(path)).status_code == 403
    await sign_in("organizer")
    for path in (f"{HOME}/dates/0", f"{HOME}/dates/x", f"{HOME}/hours/none"):
        assert (await client.get(path)).status_code == 404
