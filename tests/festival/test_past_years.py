"""The demo's past: figures for the report, nothing on a public page, added once."""

from __future__ import annotations

from typing import Any

import httpx2

from festival.seeding.actions import DEMO_PROGRAMME, seed_programme
from festival.seeding.past_years import PAST, add_past_years
from ticketing.models import Claim, Scan
from ticketing.report.queries import get_report


async def test_the_report_has_two_years_and_the_public_sees_none(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await seed_programme(DEMO_PROGRAMME.read_text(encoding="utf-8"))
    assert await add_past_years() > 300
    before = await Claim.all().count()
    assert await add_past_years() == 0
    assert await Claim.all().count() == before
    report = await get_report(2026)
    assert report.total.claimed > report.total.arrived > report.before.arrived > 0
    assert {group.key for group in report.tables["area"]} == {"cultural", "arts", "sports"}
    assert report.returning
    assert await Scan.filter(counted__gt=0).exists()
    for path in ("/", "/?from=2025-01-01", "/calendar.ics", f"/events/{PAST[1].slug}"):
        assert "Global Fest 2026" not in (await client.get(path)).text
    await sign_in("organizer")
    assert "World Refugee Day picnic 2026" in (await client.get("/organize/attendance?year=2026")).text
