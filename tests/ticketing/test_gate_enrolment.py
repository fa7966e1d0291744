"""Phones become devices by a code that works once; their snapshot names nobody."""

from __future__ import annotations

import asyncio
import datetime as dt

import httpx2
import pytest

from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY
from ticketing.gate.actions import issue_enrolment_code, revoke_device
from ticketing.models import Claim, Device, EnrolmentCode, Ticket

from .gatehouse import HOUR, build_site, enrol, issue_ticket, scan


async def test_a_typed_code_makes_one_phone_a_device(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    code = await issue_enrolment_code(site.north, "Blue phone", "both", now() + HOUR, NOBODY)
    typed = code.replace("-", " ").lower()
    answer = await client.post("/api/v1/devices/enrol", json={"code": typed})
    assert answer.status_code == 201
    made = answer.json()
    assert made["token"].startswith("gfd_")
    assert made["gate"] == {"id": str(site.north.id), "name": "North gate", "zone": "Lawn", "directions": "both"}
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert (await client.get("/api/v1/gate/snapshot", headers=bearer)).status_code == 200
    again = await client.post("/api/v1/devices/enrol", json={"code": typed})
    assert (again.status_code, again.json()["code"]) == (410, "code_spent")
    assert (await client.post("/api/v1/devices/enrol", json={"code": "ZZZZ-ZZZZ-ZZZZ"})).status_code == 404


async def test_a_code_is_used_once_under_a_race(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    code = await issue_enrolment_code(site.north, "", "both", now() + HOUR, NOBODY)
    answers = await asyncio.gather(
        *(client.post("/api/v1/devices/enrol", json={"code": code}) for _ in range(8))
    )  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [201] + [410] * 7
    assert await Device.all().count() == 1


async def test_a_code_lasts_a_quarter_of_an_hour_and_is_kept_as_a_digest(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    code = await issue_enrolment_code(site.north, "", "both", now() + HOUR, NOBODY)
    kept = await EnrolmentCode.get(gate_id=site.north.id)
    assert code.replace("-", "") not in kept.digest
    with frozen_at(now() + dt.timedelta(minutes=16)):
        assert (await client.post("/api/v1/devices/enrol", json={"code": code})).status_code == 410


async def test_a_device_ends_with_its_hours(client: httpx2.AsyncClient) -> None:
    phone = await enrol((await build_site()).north)
    bearer = {"Authorization": f"Bearer {phone.token}"}
    assert (await client.get("/api/v1/gate/snapshot", headers=bearer)).status_code == 200
    await Device.filter(id=phone.device.id).update(expires_at=now())
    assert (await client.get("/api/v1/gate/snapshot", headers=bearer)).status_code == 401


async def test_the_snapshot_tells_what_ended_and_who_is_in_and_names_nobody(client: httpx2.AsyncClient) -> None:
    site, elsewhere = await build_site(), await build_site()
    phone = await enrol(site.north)
    inside, ended = await issue_ticket(site.offer, party=3), await issue_ticket(site.offer)
    untouched, other = await issue_ticket(site.offer), await issue_ticket(elsewhere.offer)
    await scan(client, phone, inside.token, people=2)
    await Ticket.filter(id=ended.id).update(ended_at=now(), ended_by="rotated")
    await Claim.filter(id=other.claim_id).update(revision=2)

    bearer = {"Authorization": f"Bearer {phone.token}"}
    answer = await client.get("/api/v1/gate/snapshot?battery=80&waiting=3", headers=bearer)
    found = answer.json()
    assert [offer["id"] for offer in found["offers"]] == [site.offer.id]
    assert found["offers"][0]["allowed"] is True
    assert found["ended"] == [[str(ended.id), "rotated"]]
    [[ticket, people_in, party, first_at, gate]] = found["admitted"]
    assert (ticket, people_in, party, gate) == (str(inside.id), 2, 3, "North gate")
    assert first_at
    assert len(found["keys"]) == 1
    for secret in ("Amina", "amina@", str(untouched.id), str(other.id)):
        assert secret not in answer.text
    assert (await Device.get(id=phone.device.id)).report == {"battery": 80, "waiting": 3}

    tag = answer.headers["etag"]
    assert tag.startswith('"')
    same = await client.get("/api/v1/gate/snapshot", headers={**bearer, "If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    await scan(client, phone, inside.token)
    changed = await client.get("/api/v1/gate/snapshot", headers={**bearer, "If-None-Match": tag})
    assert changed.status_code == 200


@pytest.mark.parametrize("times", [1, 2])
async def test_revoking_bites_at_the_next_request(client: httpx2.AsyncClient, times: int) -> None:
    phone = await enrol((await build_site()).north)
    bearer = {"Authorization": f"Bearer {phone.token}"}
    assert (await client.get("/api/v1/gate/snapshot", headers=bearer)).status_code == 200
    for _ in range(times):
        await revoke_device(phone.device.id, NOBODY)
    answer = await client.get("/api/v1/gate/snapshot", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")
