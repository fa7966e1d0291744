"""Readers of different make expand our feeds of the demo year to exactly the times that the site itself lists."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import httpx2
import pytest

from calendar_feed.feed import shelf
from events.models import Occurrence, Performance
from festival.kit.clock import now
from tests.calendar_feed.conftest import at_new_year, year
from tests.conformance.consumers import READERS, Found, text

__all__ = ["at_new_year", "year"]
pytestmark = [pytest.mark.usefixtures("year", "at_new_year"), pytest.mark.parametrize("engine", ["sqlite"])]

# Two years around the demo year: both changes of the clocks of 2027 lie inside.
SINCE, UNTIL = "2026-06-01T00:00:00Z", "2028-06-01T00:00:00Z"
FEEDS = ["", "?area=arts", "?area=sports&lang=am", "?language=es&lang=ar", "?place=fox&lang=zh-Hans", "?free=1&lang=my"]


async def list_expected() -> Found:
    """The site's own list, out of its rows."""
    found: Found = set()
    for row in await Occurrence.all().select_related("series"):
        days = row.series.all_day
        start = row.starts_on if days else row.starts_at
        end = row.ends_on + dt.timedelta(days=1) if days else row.ends_at
        found.add((str(row.series.uid), text(start), text(end)))
    return found


async def fetch(client: httpx2.AsyncClient, query: str, folder: Path) -> Path:
    answer = await client.get(f"/calendar.ics{query}")
    assert answer.status_code == 200, answer.text
    file = folder / "feed.ics"
    file.write_bytes(answer.content)
    return file


@pytest.fixture(autouse=True)
async def changed_dates(year: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year as it really goes: dates moved and cancelled, on both sides of both changes of the clocks."""
    monkeypatch.setattr(shelf, "CHECK_EVERY", 0.0)
    rows = await Occurrence.filter(series__rrule__not="", series__all_day=False).order_by("starts_at")
    for number, row in enumerate(rows[:: max(1, len(rows) // 40)]):
        changes: dict[str, object] = {"sequence": 1, "revision": 2, "changed_at": now() + dt.timedelta(hours=number)}
        if number % 3 == 0:
            changes["state"] = "cancelled"
        else:
            shift = dt.timedelta(days=number % 5 - 2, hours=1)
            changes |= {"starts_at": row.starts_at + shift, "ends_at": row.ends_at + shift, "moved": True}
            changes |= {"starts_on": (row.starts_at + shift).date(), "ends_on": (row.ends_at + shift).date()}
        await Occurrence.filter(id=row.id).update(**changes)


@pytest.mark.parametrize("reader", list(READERS))
async def test_the_whole_year_is_read_alike(client: httpx2.AsyncClient, tmp_path: Path, reader: str) -> None:
    expected = await list_expected()
    assert len(expected) > 1000
    file = await fetch(client, "", tmp_path)
    found = await asyncio.to_thread(READERS[reader], file, SINCE, UNTIL)
    assert (sorted(expected - found)[:5], sorted(found - expected)[:5]) == ([], [])


@pytest.mark.parametrize("reader", list(READERS))
async def test_every_filter_and_script_is_read_alike(client: httpx2.AsyncClient, tmp_path: Path, reader: str) -> None:
    expected = await list_expected()
    for query in FEEDS:
        file = await fetch(client, query, tmp_path)
        found = await asyncio.to_thread(READERS[reader], file, SINCE, UNTIL)
        uids = {uid for uid, *_ in found}
        assert found, query
        assert found == {one for one in expected if one[0] in uids}, query


@pytest.mark.parametrize("reader", list(READERS))
async def test_a_festivals_stages_are_read_alike(client: httpx2.AsyncClient, tmp_path: Path, reader: str) -> None:
    slots = await Performance.filter(plan__state="published").select_related("act")
    expected = {(str(slot.act.uid), text(slot.starts_at), text(slot.ends_at)) for slot in slots}
    assert len(expected) > 10
    file = await fetch(client, "?festival=global-fest-2027", tmp_path)
    assert expected <= await asyncio.to_thread(READERS[reader], file, SINCE, UNTIL)
