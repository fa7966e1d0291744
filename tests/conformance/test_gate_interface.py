"""The gate's rows of the interface that scanners and load tests are written against: exact members, exact statuses."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import httpx2
import pytest

from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from festival.settings import Settings
from tests.ticketing.gatehouse import HOUR, build_site, enrol, issue_ticket, post, scan, scan_of
from ticketing.attendance.api import stream_attendance
from ticketing.attendance.live import running_hub
from ticketing.gate.actions import issue_enrolment_code, revoke_device

SCAN = {"scan_id", "outcome", "code", "message", "people_in", "party", "first_in"}


async def test_enrolment(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    code = await issue_enrolment_code(site.north, "", "both", now() + HOUR, NOBODY)
    answer = await client.post("/api/v1/devices/enrol", json={"code": code})
    assert answer.status_code == 201
    assert {"token", "gate", "expires_at"} <= answer.json().keys()
    assert dt.datetime.fromisoformat(answer.json()["expires_at"]).utcoffset() is not None
    refused = await client.post("/api/v1/devices/enrol", json={"code": code})
    assert refused.headers["content-type"] == "application/problem+json"
    assert {"code", "title", "detail"} <= refused.json().keys()


async def test_scans_alone_and_in_batches(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer, party=2)
    admitted = await scan(client, phone, ticket.token, people=2)
    refused = await scan(client, phone, ticket.token)
    assert admitted.keys() == refused.keys() >= SCAN
    assert (admitted["outcome"], admitted["code"]) == ("admitted", None)
    assert (refused["outcome"], refused["code"]) == ("refused", "already_in")
    assert refused["first_in"].keys() == {"at", "gate"}
    assert [refused["people_in"], refused["party"]] == [2, 2]
    rows = [scan_of(ticket.token, direction="out"), scan_of("nonsense")]
    results = (await post(client, phone, "/api/v1/scans/batch", {"scans": rows})).json()["results"]
    assert [result["scan_id"] for result in results] == [row["scan_id"] for row in rows]
    assert all(result.keys() >= SCAN for result in results)
    assert (await client.post("/api/v1/scans", json=rows[0])).status_code == 401
    assert (await post(client, phone, "/api/v1/scans", {**rows[0], "direction": "up"})).status_code == 422
    await revoke_device(phone.device.id, NOBODY)
    assert (await post(client, phone, "/api/v1/scans", scan_of(ticket.token))).status_code == 401


@pytest.mark.parametrize("delta", [1, -1])
async def test_walk_ups(client: httpx2.AsyncClient, delta: int) -> None:
    phone = await enrol((await build_site()).north)
    sent = {"walkup_id": str(uuid.uuid4()), "delta": delta, "at": now().isoformat()}
    assert (await post(client, phone, "/api/v1/walkups", sent)).json().items() >= {"delta": delta}.items()
    assert (await post(client, phone, "/api/v1/walkups", {**sent, "delta": 2})).status_code == 422


async def test_the_snapshot_names_nobody_and_has_a_validator(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer)
    await scan(client, phone, ticket.token)
    bearer = {"Authorization": f"Bearer {phone.token}"}
    answer = await client.get("/api/v1/gate/snapshot", headers=bearer)
    assert {"keys", "ended", "admitted", "offers"} <= answer.json().keys()
    assert "amina" not in answer.text.lower()
    again = await client.get("/api/v1/gate/snapshot", headers={**bearer, "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_attendance_and_its_stream(client: httpx2.AsyncClient, database: Settings, staff_token: str) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer, party=3)
    await scan(client, phone, ticket.token, people=3)
    bearer = {"Authorization": f"Bearer {staff_token}"}
    found = (await client.get(f"/api/v1/attendance/{site.occurrence.id}", headers=bearer)).json()
    assert {"arrivals", "inside", "zones"} <= found.keys()
    [arrival] = found["arrivals"]
    assert arrival["people"] == 3
    assert arrival["gate"]["name"] == "North gate"
    async with running_hub(database):
        stream = stream_attendance(site.occurrence.id)
        event = await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
    assert json.loads(event.data or "") == found


async def test_every_scan_kept_with_outcome_conflict_and_device(client: httpx2.AsyncClient, staff_token: str) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north, "Blue phone"), await issue_ticket(site.offer)
    for _ in range(2):
        await scan(client, phone, ticket.token)
    bearer = {"Authorization": f"Bearer {staff_token}"}
    path = f"/api/v1/occurrences/{site.occurrence.id}/scans"
    kept = (await client.get(path, headers=bearer)).json()
    assert kept["next_cursor"] is None
    assert [(row["outcome"], row["conflict"]) for row in kept["scans"]] == [("admitted", None), ("refused", None)]
    assert {row["device"]["name"] for row in kept["scans"]} == {"Blue phone"}
    assert (await client.get(path)).status_code == 401
