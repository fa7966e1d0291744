"""The office sets what a gate admits and how many its zone holds; gates obey with the next scan."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2

from events.models import Zone
from festival.kit.clock import now
from festival.organisation.models import AuditEntry
from festival.settings import settings
from ticketing.models import Device, GateRule

from .gatehouse import add_offer, build_site, enrol, issue_ticket, scan


async def test_a_gate_admits_what_the_office_says_at_its_hours(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    other = await add_offer(site.occurrence)
    phone, plain, special = await enrol(site.north), await issue_ticket(site.offer, 9), await issue_ticket(other, 9)
    path = f"/organize/gates/{site.north.id}"
    await sign_in("organizer")
    assert (await client.post(f"{path}/rules", data={"offer_id": str(other.id)})).status_code == 303
    assert (await scan(client, phone, plain.token))["code"] == "gate_not_allowed"
    assert (await scan(client, phone, special.token))["outcome"] == "admitted"
    later = (now() + dt.timedelta(hours=2)).astimezone(settings().zone).strftime("%Y-%m-%dT%H:%M")
    assert (await client.post(f"{path}/rules", data={"offer_id": str(other.id), "starts": later})).status_code == 303
    assert (await scan(client, phone, special.token))["code"] == "gate_not_allowed"
    rule = await GateRule.get(gate_id=site.north.id)
    assert (await client.post(f"/organize/gates/{site.south.id}/rules/{rule.id}/remove")).status_code == 404
    assert (await client.post(f"{path}/rules/{rule.id}/remove")).status_code == 303
    assert (await scan(client, phone, plain.token))["outcome"] == "admitted"
    assert await AuditEntry.filter(action__startswith="gate.rule").count() == 3


async def test_wrong_hours_are_said_at_their_field(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    await sign_in("organizer")
    sent = {"offer_id": str(site.offer.id), "starts": "2027-06-12T12:00", "ends": "2027-06-12T11:00"}
    answer = await client.post(f"/organize/gates/{site.north.id}/rules", data=sent)
    assert answer.status_code == 422
    assert "This is before the beginning." in answer.text
    assert "2027-06-12T12:00" in answer.text
    assert not await GateRule.exists()


async def test_a_limit_holds_for_the_next_scan(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer, party=3)
    await sign_in("organizer")
    path = f"/organize/gates/{site.north.id}/limit"
    assert (await client.post(path, data={"fire_limit": "2"})).status_code == 303
    assert (await scan(client, phone, ticket.token, people=3))["code"] == "zone_full"
    assert (await client.post(path, data={"fire_limit": "0"})).status_code == 422
    assert (await client.post(path, data={"fire_limit": ""})).status_code == 303
    assert (await Zone.get(id=site.zone.id)).fire_limit is None
    assert (await scan(client, phone, ticket.token, people=3))["outcome"] == "admitted"
    await sign_in("gate", "volunteer@example.org")
    assert (await client.post(path, data={"fire_limit": "9"})).status_code == 403


async def test_a_wrong_clock_is_flagged_on_the_list_of_phones(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    phone = await enrol(site.north, "Old phone")
    told = {"Authorization": f"Bearer {phone.token}", "X-Device-Time": (now() + dt.timedelta(minutes=7)).isoformat()}
    answer = await client.get("/api/v1/gate/snapshot?battery=41&waiting=3&version=abcdef1234", headers=told)
    assert answer.status_code == 200
    assert (await Device.get(id=phone.device.id)).clock_skew_ms > 400_000
    await sign_in("gate")
    page = (await client.get("/organize/gates")).text
    assert "7 min off" in page
    assert "41 %" in page
    assert "abcdef" in page
