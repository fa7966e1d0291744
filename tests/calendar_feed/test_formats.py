"""The further formats say the same as the iCalendar feed."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

import httpx2
import pytest
from icalendar import Calendar

pytestmark = pytest.mark.usefixtures("year", "at_new_year")
ATOM = "{http://www.w3.org/2005/Atom}"


async def test_jcal_is_the_same_calendar(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/calendar.jcal?area=arts")
    assert answer.headers["content-type"] == "application/calendar+json"
    read: Any = Calendar.from_jcal(answer.json())
    ics = Calendar.from_ical((await client.get("/calendar.ics?area=arts")).content)
    for name in ("UID", "DTSTART", "RRULE", "SEQUENCE"):
        first = [event[name].to_ical() for event in read.walk("VEVENT") if name in event]
        assert first == [event[name].to_ical() for event in ics.walk("VEVENT") if name in event], name


async def test_atom_lists_each_time_once(client: httpx2.AsyncClient) -> None:
    items = (await client.get("/calendar.json?area=arts")).json()["items"]
    atom = Xml.fromstring((await client.get("/calendar.atom?area=arts")).content)  # noqa: S314 - our own
    entries = atom.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [item["title"] for item in items]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids) > 100
    assert atom.findtext(f"{ATOM}updated") == max(str(entry.findtext(f"{ATOM}updated")) for entry in entries)


async def test_search_engines_get_events(client: httpx2.AsyncClient) -> None:
    items = (await client.get("/calendar.json?area=arts")).json()["items"]
    answer = await client.get("/calendar.jsonld?area=arts")
    assert answer.headers["content-type"] == "application/ld+json"
    listed = [one["item"] for one in answer.json()["itemListElement"]]
    assert [one["startDate"] for one in listed] == [
        item["starts_on"] if item["all_day"] else item["starts_at"] for item in items
    ]
    assert {one["eventStatus"].rpartition("/")[2] for one in listed} <= {
        "EventScheduled", "EventCancelled", "EventPostponed",
    }  # fmt: skip
