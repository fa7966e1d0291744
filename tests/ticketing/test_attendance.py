"""Who came, live: the figures, the page, the stream; and the staff pages of gates."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from typing import Any

import httpx2
from hypothesis import given
from hypothesis import strategies as st

from festival.kit.clock import now
from festival.settings import Settings
from ticketing.attendance.api import stream_attendance
from ticketing.attendance.live import hub, running_hub
from ticketing.attendance.rules import HEIGHT, draw, group_arrivals
from ticketing.models import Device

from .gatehouse import build_site, enrol, issue_ticket, post, scan, scan_of

opening = dt.datetime(2027, 6, 12, 16, tzinfo=dt.UTC)
moments = st.integers(0, 8 * 3600).map(lambda seconds: opening + dt.timedelta(seconds=seconds))
entries = st.lists(st.tuples(moments, st.integers(1, 7), st.integers(1, 10)), max_size=40)


@given(entries)
def test_grouping_loses_nobody_and_the_bars_fit(given_entries: list[tuple[dt.datetime, int, int]]) -> None:
    arrivals = group_arrivals(given_entries)
    assert sum(one.people for one in arrivals) == sum(people for _, _, people in given_entries)
    assert all(one.at.minute % 5 == 0 and one.at.second == 0 for one in arrivals)
    chart = draw(arrivals, sorted({one.gate_id for one in arrivals}))
    assert (chart is None) == (not arrivals)
    if chart:
        assert all(bar.y >= -0.2 and bar.y + bar.height <= HEIGHT + 0.2 for bar in chart.bars)


async def test_the_figures_follow_the_gates(client: httpx2.AsyncClient, staff_token: str) -> None:
    site = await build_site(fire_limit=100)
    north, south = await enrol(site.north), await enrol(site.south)
    family, single = await issue_ticket(site.offer, party=4), await issue_ticket(site.offer)
    await issue_ticket(site.offer, party=2)
    await scan(client, north, family.token, people=3)
    await scan(client, south, single.token)
    await scan(client, south, single.token)
    await scan(client, south, family.token, direction="out")
    await post(client, north, "/api/v1/walkups", {"walkup_id": str(uuid.uuid4()), "delta": 1, "at": now().isoformat()})

    path, bearer = f"/api/v1/attendance/{site.occurrence.id}", {"Authorization": f"Bearer {staff_token}"}
    found = (await client.get(path, headers=bearer)).json()
    assert [found[name] for name in ("expected", "claimed", "arrived", "inside")] == [1000, 7, 4, 3]
    assert found["zones"] == [{"id": str(site.zone.id), "name": "Lawn", "inside": 4, "fire_limit": 100}]
    assert found["refusals"] == {"already_in": 1}
    assert sum(one["people"] for one in found["arrivals"]) == 4
    assert (await client.get(path)).status_code == 401
    assert (await client.get(f"{path}999", headers=bearer)).status_code == 404


async def test_an_occurrence_without_tickets_has_an_empty_view(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    await sign_in("gate")
    page = await client.get(f"/organize/attendance/{site.occurrence.id}")
    assert page.status_code == 200
    assert "Nobody has come in yet" in page.text


async def test_the_page_draws_arrivals_and_lists_conflicts(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north, "Blue phone"), await issue_ticket(site.offer)
    ago = (now() - dt.timedelta(minutes=9)).isoformat()
    await post(
        client, phone, "/api/v1/scans/batch", {"scans": [scan_of(ticket.token), scan_of(ticket.token, scanned_at=ago)]}
    )
    await sign_in("organizer")
    page = await client.get(f"/organize/attendance/{site.occurrence.id}")
    assert "<desc" in page.text
    assert page.text.count("<rect") == 1
    assert "1 conflict to look into" in page.text


async def test_the_stream_tells_of_an_arrival(client: httpx2.AsyncClient, database: Settings) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer)
    async with running_hub(database):
        stream = stream_attendance(site.occurrence.id)
        before = json.loads((await anext(stream)).data or "")
        await scan(client, phone, ticket.token)
        after = json.loads((await anext(stream)).data or "")
        await stream.aclose()  # type: ignore[attr-defined]
    assert (before["inside"], after["inside"]) == (0, 1)
    assert hub() is not None


async def test_the_office_makes_a_code_that_enrols_and_takes_the_phone_off(
    client: httpx2.AsyncClient, sign_in: Any
) -> None:
    site = await build_site()
    await sign_in("gate")
    shown = await client.post(f"/organize/gates/{site.north.id}/codes", data={"name": "Blue phone", "hours": "5"})
    assert shown.status_code == 200
    assert "<svg" in shown.text
    [code] = set(re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", shown.text))
    assert (await client.post("/api/v1/devices/enrol", json={"code": code})).status_code == 201
    device = await Device.get(name="Blue phone")
    assert "Blue phone" in (await client.get("/organize/gates")).text
    changed = {"name": "Red phone", "gate_id": str(site.south.id)}
    assert (await client.post(f"/organize/devices/{device.id}", data=changed)).status_code == 303
    assert (await client.post(f"/organize/devices/{device.id}/revoke")).status_code == 303
    device = await Device.get(id=device.id)
    assert (device.name, device.gate_id) == ("Red phone", site.south.id)
    assert device.revoked_at is not None


async def test_a_wrong_code_form_says_so_at_the_field(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    await sign_in("organizer")
    answer = await client.post(f"/organize/gates/{site.north.id}/codes", data={"name": "Mine", "hours": "0"})
    assert answer.status_code == 422
    assert 'value="Mine"' in answer.text


async def test_applicants_see_neither(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    await sign_in("")
    for path in ("/organize/gates", f"/organize/attendance/{site.occurrence.id}"):
        assert (await client.get(path)).status_code == 403
