"""The page on which somebody chooses and subscribes."""

from __future__ import annotations

import datetime as dt

import httpx2
import pytest

from calendar_feed.subscribe.rules import count_by_month, list_ways, webcal

pytestmark = pytest.mark.usefixtures("year", "at_new_year")


async def test_the_page_makes_the_link_that_was_chosen(client: httpx2.AsyncClient) -> None:
    page = await client.get("/calendar?area=arts&free=1&neighborhood=original-aurora")
    assert page.status_code == 200
    query = "area=arts&amp;neighborhood=original-aurora&amp;free=1"
    assert f'href="webcal://localhost:8000/calendar.ics?{query}"' in page.text
    assert f'value="http://localhost:8000/calendar.ics?{query}"' in page.text
    assert "calendar.google.com/calendar/r?cid=webcal%3A%2F%2Flocalhost" in page.text
    assert "outlook.live.com/calendar/0/addfromweb?url=http%3A%2F%2Flocalhost" in page.text
    feed = await client.get("/calendar.ics?area=arts&neighborhood=original-aurora&free=1")
    assert feed.status_code == 200


async def test_the_texts_are_in_the_language_of_the_reader(client: httpx2.AsyncClient) -> None:
    page = await client.get("/es/calendar?area=arts")
    assert "/calendar.ics?area=arts&amp;lang=es" in page.text
    assert 'lang="es"' in page.text


async def test_a_stale_link_is_explained(client: httpx2.AsyncClient) -> None:
    page = await client.get("/calendar?place=moon")
    assert page.status_code == 400
    assert "There is no “moon” under place" in page.text


FURTHER = [
    ("from=2027-06-12&to=2027-06-12", "Global Fest", "KidSpree"),
    ("neighborhood=original-aurora&area=arts", "Family movie Saturday", "Ballet I"),
]


async def test_more_filters_combine(client: httpx2.AsyncClient) -> None:
    performers = (await client.get("/calendar.ics?performer=nobody")).json()["allowed"]
    assert len(performers) > 10
    one = await client.get(f"/calendar.ics?performer={performers[0]}")
    assert one.text.count("BEGIN:VEVENT") == 1
    for query, there, absent in FURTHER:
        feed = await client.get(f"/calendar.ics?{query}")
        assert there in feed.text, query
        assert absent not in feed.text, query
    refused = await client.get("/calendar.ics?from=tomorrow")
    assert refused.status_code == 400


def test_addresses_for_calendars() -> None:
    assert webcal("https://fest.example/calendar.ics?area=arts") == "webcal://fest.example/calendar.ics?area=arts"
    ways = {way.name: way.href for way in list_ways("https://fest.example/c.ics?a=1&b=2", "Fest & all")}
    assert ways["Google"].endswith("cid=webcal%3A%2F%2Ffest.example%2Fc.ics%3Fa%3D1%26b%3D2")
    assert ways["Outlook.com"].endswith("url=https%3A%2F%2Ffest.example%2Fc.ics%3Fa%3D1%26b%3D2&name=Fest%20%26%20all")


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    days = [dt.date(2027, 11, 30), dt.date(2027, 12, 1), dt.date(2028, 1, 1), dt.date(2029, 1, 1)]
    counted = count_by_month(days, dt.date(2027, 11, 15), 3)
    assert counted == [(dt.date(2027, 11, 1), 1), (dt.date(2027, 12, 1), 1), (dt.date(2028, 1, 1), 1)]
