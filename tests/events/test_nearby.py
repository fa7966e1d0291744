"""Near somebody: names found, distances right, places drawn apart, and nothing known about the asker."""

from __future__ import annotations

import datetime as dt
import math
import re

import httpx2
import pytest

from events.nearby.rules import RADIUS, WIDTH, Spot, draw_places, find_spot, kilometres, near
from events.programme.actions import Loaded
from festival.kit.clock import frozen_at

JANUARY = dt.datetime(2027, 1, 2, 18, tzinfo=dt.UTC)
CENTER, COLFAX, FAR = Spot(39.7105, -104.8121), Spot(39.7402, -104.8731), Spot(39.5946, -104.7129)


def test_distances_are_those_of_the_ground() -> None:
    assert kilometres(CENTER, COLFAX) == pytest.approx(6.17, abs=0.05)
    assert kilometres(Spot(0, 0), Spot(0, 90)) == pytest.approx(math.pi / 2 * 6371, rel=1e-6)


def test_a_spot_is_found_by_its_name_or_the_beginning_of_it() -> None:
    known = {"Original Aurora": COLFAX, "City Center": CENTER, "City Park": FAR, "80012": CENTER}
    assert find_spot("  original   AURORA ", known) == COLFAX
    assert find_spot("orig", known) == COLFAX
    assert find_spot("80012", known) == CENTER
    assert find_spot("city", known) is None  # two begin like this
    assert find_spot("", known) is None


def test_near_reaches_what_is_around_or_else_the_nearest() -> None:
    places = [(1, CENTER), (2, COLFAX), (3, FAR)]
    assert near(CENTER, places) == {1}
    assert near(CENTER, places, within_km=7) == {1, 2}
    assert near(Spot(39.5, -104.6), places) == {3}
    assert near(CENTER, []) == frozenset()


def test_places_do_not_lie_on_one_another_and_stay_on_the_map() -> None:
    crowd = [(n, Spot(39.7402 + n * 1e-5, -104.8731)) for n in range(6)]
    drawing = draw_places([*crowd, (9, FAR), (10, CENTER)], {"Original Aurora": COLFAX})
    for number, one in enumerate(drawing.marks):
        assert RADIUS <= one.x <= WIDTH - RADIUS
        assert RADIUS <= one.y <= drawing.height - RADIUS
        for other in drawing.marks[number + 1 :]:
            assert math.hypot(one.x - other.x, one.y - other.y) >= 2 * RADIUS
    center, far = drawing.marks[-1], drawing.marks[-2]
    assert center.y < far.y  # north is up
    assert center.x < far.x  # east is right
    assert draw_places([], {}).marks == []


async def test_near_a_postcode_or_a_neighborhood(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        by_name = (await client.get("/?near=Original+Aurora&free=yes")).text
        by_code = (await client.get("/?near=80010&free=yes")).text
        unknown = await client.get("/?near=Atlantis&area=arts")
    for page in (by_name, by_code):
        assert "Pickleball open play" in page
        assert "English conversation circle" not in page
    assert unknown.status_code == 200
    assert "We do not know this place." in unknown.text
    assert "Hip-hop for teens" in unknown.text


async def test_each_access_fact_is_a_filter_of_its_own(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        signed = (await client.get("/?sign_language=yes")).text
        looped = (await client.get("/?hearing_loop=yes&place=fox")).text
        quiet = (await client.get("/?quiet_room=yes&hearing_loop=yes&language=am")).text
    titles = set(re.findall(r'event-row__title"><a [^>]*>([^<]+)<', signed))
    assert titles == {"Spring musical (matinees)"}
    assert "Art House Thursday" in looped
    assert "Enkutatash" in quiet
    assert "Storytime in many languages" not in quiet  # a quiet room, but no hearing loop


async def test_chips_press_and_release_beside_other_filters(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        page = (await client.get("/?area=arts&free=yes")).text
    found = re.findall(r'<a class="chip" href="([^"]*)"( aria-current="true")?>([^<]+)<', page)
    chips = {name: (address, pressed) for address, pressed, name in found}
    assert chips["Free"] == ("/?area=arts", ' aria-current="true"')
    assert chips["For children"] == ("/?area=arts&amp;free=yes&amp;children=yes", "")
    assert chips["Today"][0].startswith("/?area=arts&amp;free=yes&amp;from=2027-01-02")


async def test_the_map_counts_what_the_filters_leave(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        page = (await client.get("/?view=map&area=sports&free=yes")).text
        nothing = (await client.get("/?view=map&q=zzzz")).text
    pool = page[page.index("places__list") :]
    assert "Aurora Fox Arts Center" not in pool
    assert re.search(r"Village Green Pool</bdi></a> <span[^>]*>11 dates", pool)
    assert 'href="/?area=sports&amp;free=yes&amp;place=village-green-pool"' in pool
    assert page.count("<circle") == page.count('class="places__item"')
    assert "Nothing matches" in nothing
