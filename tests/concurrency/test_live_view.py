"""Two app processes over one PostgreSQL: who watches at one hears of an arrival at the other."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from festival.database import connected
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from festival.settings import Settings
from tests.live import serving
from tests.ticketing.gatehouse import HOUR, build_site, issue_ticket, scan_of
from ticketing.gate.actions import add_device


async def test_a_watcher_hears_of_a_scan_at_another_process(settings: Settings, tmp_path: Path) -> None:
    if settings.on_sqlite:
        pytest.skip("SQLite serves one process")
    from festival.accounts.actions import issue_api_token

    async with connected(settings):
        site = await build_site()
        phone = await add_device(site.north, "", "both", now() + HOUR, NOBODY)
        ticket = await issue_ticket(site.offer, party=3)
        token = await issue_api_token("watcher", ["gate"], NOBODY)
    with (
        serving(settings, tmp_path / "one.log", "--no-worker") as one,
        serving(settings, tmp_path / "two.log", "--no-worker") as two,
    ):
        async with httpx2.AsyncClient(timeout=30) as client, asyncio.timeout(40):
            path = f"{one.url}/api/v1/attendance/{site.occurrence.id}/stream"
            async with client.stream("GET", path, headers={"Authorization": f"Bearer {token}"}) as stream:
                lines = (line async for line in stream.aiter_lines() if line.startswith("data: {"))
                assert json.loads((await anext(lines))[6:])["inside"] == 0
                answer = await client.post(
                    f"{two.url}/api/v1/scans",
                    json=scan_of(ticket.token, people=3),
                    headers={"Authorization": f"Bearer {phone.token}"},
                )
                assert answer.json()["outcome"] == "admitted"
                assert json.loads((await anext(lines))[6:])["inside"] == 3
