"""The public pages: filters that compose, days, an event that says first what changed, a festival by stage."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from typing import Any

import httpx2
import pytest

from calendar_feed.feed import shelf
from events.fest_day.rules import lay_out
from events.models import Occurrence, Performance, Program, Series
from events.programme.actions import Loaded
from events.whats_on.queries import list_occurrences
from events.whats_on.rules import Cursor, Wanted, parse_cursor, weekend_of
from festival.kit.clock import frozen_at
from festival.kit.web.assets import STATIC
from tests.events.conftest import CountQueries

FEST = dt.date(2027, 6, 12)
JANUARY = dt.datetime(2027, 1, 2, 18, tzinfo=dt.UTC)


async def collect(wanted: Wanted) -> list[Any]:
    found: list[Any] = []
    after: Cursor | None = None
    while True:
        page = await list_occurrences(wanted, after)
        found += page.items
        after = page.next
        if after is None:
            return found


async def test_every_page_together_is_the_whole_year_once(year: Loaded) -> None:
    with frozen_at(JANUARY):
        ids = [item.occurrence.id for item in await collect(Wanted())]
    assert len(ids) == len(set(ids)) == await Occurrence.all().count()


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        (Wanted(q="lantern"), {"Mid-Autumn lantern walk"}),
        (Wanted(q="LANTERN walk"), {"Mid-Autumn lantern walk"}),
        (Wanted(q="Pícnic refugiado"), {"World Refugee Day picnic"}),
        (Wanted(q="100%"), set[str]()),
        (Wanted(language="sw"), {"World Refugee Day picnic", "Newcomer soccer game day"}),
        (Wanted(place="morrison"), {"Party for Pollinators"}),
        (Wanted(area="arts", children=True, free=True), {"Folklórico for kids"}),
        (Wanted(since=FEST, until=FEST, area="cultural", free=True, q="Fest"), {"Global Fest"}),
        (Wanted(since=dt.date(2027, 5, 30), until=dt.date(2027, 5, 30), q="vote"), {"Global Flavors public vote"}),
        (Wanted(accessible=True, q="tai chi"), {"Tai chi for active adults"}),
        (Wanted(accessible=True, area="sports", q="swim"), {"Women-only swim"}),
    ],
)  # fmt: skip
async def test_filters_compose(year: Loaded, wanted: Wanted, titles: set[str]) -> None:
    with frozen_at(JANUARY):
        assert {item.program.title for item in await collect(wanted)} == titles


async def test_drafts_and_archived_programs_are_nowhere(year: Loaded, client: httpx2.AsyncClient) -> None:
    await Program.filter(id=year.programs["p58"]).update(state="draft")
    with frozen_at(JANUARY):
        assert await collect(Wanted(q="pollinators")) == []
    assert (await client.get("/events/party-for-pollinators")).status_code == 404


async def test_the_number_of_queries_does_not_grow(
    year: Loaded, client: httpx2.AsyncClient, count_queries: CountQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whether the partners' calendars were asked for changes lately is a matter of the clock: here it is always asked.
    monkeypatch.setattr(shelf, "CHECK_EVERY", 0.0)
    counts: dict[str, list[int]] = {}
    for size in (1, 2):
        if size == 2:
            series = await Series.get(program_id=year.programs["p17"])
            await Occurrence.bulk_create(
                Occurrence(
                    program_id=series.program_id, series_id=series.id, original_local=f"x{n}", changed_at=JANUARY,
                    starts_at=JANUARY + dt.timedelta(hours=n), ends_at=JANUARY + dt.timedelta(hours=n + 1),
                    starts_on=dt.date(2027, 1, 2), ends_on=dt.date(2027, 1, 2),
                )
                for n in range(1000)
            )  # fmt: skip
        for path in (
            "/",
            "/?q=art&language=en",
            "/events/mosaic-of-cultures-exhibit-weekdays",
            "/festival/global-fest-2027",
        ):
            with frozen_at(JANUARY):
                await client.get(path)
            with count_queries() as queries, frozen_at(JANUARY):
                assert (await client.get(path)).status_code == 200
            counts.setdefault(path, []).append(len(queries))
    for path, (small, large) in counts.items():
        assert small == large, path
        assert small <= 12, (path, small)


async def test_home_shows_days_and_keeps_the_filters(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        page = (await client.get("/")).text
        assert "Monday, January 4, 2027" in page
        assert "Pickleball open play" in page
        assert "The World in a City" in page
        filtered = (await client.get("/?area=arts&free=yes&q=hip")).text
        assert "Hip-hop for teens" in filtered
        assert "Pickleball" not in filtered
        assert 'value="hip"' in filtered
        assert '<option value="arts" selected>' in filtered
        later = re.search(r'href="(/\?[^"]*cursor=[^"]*)"', (await client.get("/?area=sports")).text)
        assert later
        onward = (await client.get(html.unescape(later[1]))).text
        assert '<option value="sports" selected>' in onward
        assert "Back to the beginning" in onward
        assert "Nothing matches" in (await client.get("/?q=zzzz")).text


async def test_what_cannot_be_read_is_named_and_left_out(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        answer = await client.get("/?area=cooking&from=soon&cursor=x&q=lantern")
    assert answer.status_code == 200
    assert "Choose one of the answers offered." in answer.text
    assert "Mid-Autumn lantern walk" in answer.text


async def test_home_in_spanish_and_arabic(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        spanish = (await client.get("/es/")).text
        assert "El mundo en una ciudad" in spanish
        assert "lunes, 4 de enero de 2027" in spanish
        assert "Círculo de conversación en inglés" in spanish
        assert '<span lang="en" dir="auto">Pickleball open play</span>' in spanish
        assert 'href="/es/events/pickleball-open-play' in spanish
        arabic = (await client.get("/ar/")).text
        assert 'dir="rtl"' in arabic
        assert "حلقة محادثة بالإنجليزية" in arabic


async def test_an_empty_house_says_so(client: httpx2.AsyncClient) -> None:
    assert "Nothing matches" in (await client.get("/")).text
    assert (await client.get("/festival")).status_code == 404


async def test_an_event_says_when_where_and_what_it_costs(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        page = (await client.get("/events/salsa-for-beginners")).text
    assert "Tuesday, February 2, 2027" in page
    assert "Moorhead Recreation Center" in page
    assert "<bdi>$64.00</bdi>" in page  # an amount and an address keep their order from right to left
    assert "<bdi>2390 Havana Street, Aurora, CO</bdi>" in page
    assert "residents $52.00" in page
    assert "English and Spanish" in page
    assert "Step-free" in page
    assert 'href="/events/salsa-for-beginners.ics"' in page
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert data["startDate"] == "2027-02-02T19:00:00-07:00"
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert data["location"]["name"] == "Moorhead Recreation Center"


async def test_moved_and_cancelled_come_first(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        moved = (await client.get("/events/immigrant-and-refugee-commission-meeting")).text
        assert "It was planned for Monday, January 18, 2027, 6:00\u202fPM." in moved
        assert moved.index("New time.") < moved.index("<h1>")
        pool = year.occurrences[year.programs["p56"]]
        cancelled = next(row for row in pool if row.state == "cancelled")
        page = (await client.get(f"/events/free-friday-at-the-outdoor-pool?on={cancelled.id}")).text
        assert page.index("Cancelled.") < page.index("<h1>")
        assert "EventCancelled" in page
        plain = (await client.get("/events/free-friday-at-the-outdoor-pool")).text
        assert "Cancelled." not in plain


async def test_a_date_of_another_program_is_not_found(year: Loaded, client: httpx2.AsyncClient) -> None:
    other = year.occurrences[year.programs["p02"]][0]
    for on in (other.id, "x", "9" * 30, "-1"):
        assert (await client.get(f"/events/salsa-for-beginners?on={on}")).status_code == 404


async def test_hostile_words_stay_words(year: Loaded, client: httpx2.AsyncClient) -> None:
    evil = "</script><script>alert(1)</script>"
    await Program.filter(id=year.programs["p33"]).update(
        title=evil, description=f"**bold** {evil} [x](javascript:alert(1))"
    )
    page = (await client.get("/events/salsa-for-beginners")).text
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "<strong>bold</strong>" in page


async def test_the_festival_by_stage(year: Loaded, client: httpx2.AsyncClient) -> None:
    page = (await client.get("/festival", follow_redirects=True)).text
    assert page.count('class="slot ') == 25
    assert "Parade of Nations" in page
    assert "Ethiopia" in page
    assert 'id="now-and-next" aria-labelledby="now" hidden' in page
    css = (STATIC / "css" / "grid-rows.css").read_text(encoding="utf-8")
    used = set(re.findall(r"\b((?:row|span|col|stages)-\d+)\b", page))
    assert len(used) > 30
    assert [name for name in used if not re.search(rf"\.{name}\s?{{", css)] == []
    assert "/events/global-fest?on=" in page
    assert (await client.get("/festival/none")).status_code == 404


async def test_now_and_next_on_the_day(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(dt.datetime(2027, 6, 12, 18, 40, tzinfo=dt.UTC)):  # 12:40 in Aurora
        page = (await client.get("/festival/global-fest-2027")).text
    assert 'id="now-and-next" aria-labelledby="now">' in page
    now = page[page.index("Now and next") : page.index('id="programme"')]
    assert "Hanul Drum Circle" in now
    assert "Rosario y su Requinto" in now
    assert "Moana Breeze" not in now


async def test_a_cancelled_act_is_said(year: Loaded, client: httpx2.AsyncClient) -> None:
    await Performance.filter(act_id=year.acts["s10"]).update(state="cancelled")
    assert "slot--cancelled" in (await client.get("/festival/global-fest-2027")).text


def test_rules() -> None:
    assert weekend_of(dt.date(2027, 6, 9)) == (dt.date(2027, 6, 12), dt.date(2027, 6, 13))
    assert weekend_of(dt.date(2027, 6, 13)) == (dt.date(2027, 6, 13), dt.date(2027, 6, 13))
    cursor = Cursor(JANUARY + dt.timedelta(microseconds=7), 12)
    assert parse_cursor(str(cursor)) == cursor
    assert parse_cursor("12") is None
    place = lay_out(JANUARY + dt.timedelta(minutes=30), JANUARY + dt.timedelta(minutes=50), JANUARY)
    assert (place.row, place.span) == (7, 4)
