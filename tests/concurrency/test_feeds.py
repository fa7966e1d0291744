"""Two app processes over one PostgreSQL: a date moved at one shows in the calendar of the other."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import httpx2
import pytest

from events.models import Occurrence, Program, Series, Venue
from festival.accounts.actions import issue_api_token
from festival.database import connected
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from festival.settings import Settings
from tests.live import serving


async def make_date() -> Occurrence:
    """A program of one date, ten days from now."""
    start = (now() + dt.timedelta(days=10)).replace(hour=18, minute=0, second=0, microsecond=0)
    venue = await Venue.create(slug="hall", name="Hall", changed_at=now())
    program = await Program.create(
        slug="choir", title="Choir", area="arts", venue=venue, state="published", changed_at=now()
    )
    wall = f"{start.astimezone(dt.timezone(dt.timedelta(hours=-7))):%Y-%m-%dT%H:%M}"
    series = await Series.create(
        program=program, uid="choir@example.org", time_zone="America/Denver", starts_local=wall, minutes=60,
        changed_at=now(),
    )  # fmt: skip
    return await Occurrence.create(
        program=program, series=series, original_local=wall, starts_at=start, ends_at=start + dt.timedelta(hours=1),
        starts_on=start.date(), ends_on=start.date(), changed_at=now(),
    )  # fmt: skip


async def test_a_change_at_one_process_shows_at_the_other(settings: Settings, tmp_path: Path) -> None:
    if settings.on_sqlite:
        pytest.skip("SQLite serves one process")
    async with connected(settings):
        occurrence = await make_date()
        token = await issue_api_token("desk", ["programs"], NOBODY)
    with (
        serving(settings, tmp_path / "one.log", "--no-worker") as one,
        serving(settings, tmp_path / "two.log", "--no-worker") as two,
    ):
        async with httpx2.AsyncClient(timeout=30) as client, asyncio.timeout(40):
            first = [await client.get(f"{site.url}/calendar.ics") for site in (one, two)]
            assert all("SEQUENCE:0" in answer.text for answer in first)
            moved = await client.patch(
                f"{one.url}/api/v1/occurrences/{occurrence.id}",
                json={"starts_at": (occurrence.starts_at + dt.timedelta(hours=2)).isoformat(),
                      "ends_at": (occurrence.ends_at + dt.timedelta(hours=2)).isoformat()},
                headers={"Authorization": f"Bearer {token}"},
            )  # fmt: skip
            assert moved.status_code == 200, moved.text
            for site, before in zip((one, two), first, strict=True):
                while (after := await client.get(f"{site.url}/calendar.ics")).content == before.content:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
                assert "SEQUENCE:1" in after.text
                assert "UID:choir@example.org" in after.text
