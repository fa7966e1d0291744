"""Scans over the API: every answer a phone can get, on both databases."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import httpx2
import pytest

from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from ticketing.delivery.token import TicketBody, issue_token, signing_key
from ticketing.gate.actions import move_device, revoke_device
from ticketing.models import Claim, GateRule, Offer, Scan, Ticket, WalkUp

from .gatehouse import HOUR, add_offer, build_site, enrol, issue_ticket, post, scan, scan_of


async def test_a_party_comes_in_pieces_over_two_gates_and_no_more(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    north, south = await enrol(site.north), await enrol(site.south)
    token = (await issue_ticket(site.offer, party=4)).token

    first = await scan(client, north, token, people=1)
    assert (first["outcome"], first["code"], first["people_in"], first["party"]) == ("admitted", None, 1, 4)
    assert first["first_in"]["gate"] == "North gate"
    assert (await scan(client, south, token, people=2))["people_in"] == 3
    too_many = await scan(client, south, token, people=2)
    assert (too_many["code"], too_many["people_in"]) == ("party_full", 3)
    assert (await scan(client, south, token))["people_in"] == 4
    full = await scan(client, south, token)
    assert (full["outcome"], full["code"], full["first_in"]) == ("refused", "already_in", first["first_in"])
    assert "North gate" in full["message"]


async def test_exit_and_re_entry_count_a_guest_once(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer, party=2)
    assert (await scan(client, phone, ticket.token, direction="out"))["code"] == "not_inside"
    for direction, inside in (("in", 2), ("out", 0), ("in", 2)):
        answer = await scan(client, phone, ticket.token, direction=direction, people=2)
        assert (answer["outcome"], answer["people_in"]) == ("admitted", inside)
    assert (await Claim.get(id=ticket.claim_id)).people_seen == 2


async def test_each_refusal_has_its_code_and_is_kept(client: httpx2.AsyncClient) -> None:
    site, elsewhere = await build_site(), await build_site()
    phone = await enrol(site.north)

    async def code_of(token: str) -> str:
        return (await scan(client, phone, token))["code"]

    assert await code_of("no ticket at all") == "unknown"
    stranger = TicketBody(1, 7, site.offer.id, 1, dt.date(2027, 6, 12))
    assert await code_of(issue_token(stranger, signing_key("somebody else", 1))) == "bad_signature"
    assert await code_of((await issue_ticket(elsewhere.offer)).token) == "wrong_event"
    rotated = await issue_ticket(site.offer)
    await Ticket.filter(id=rotated.id).update(ended_at=now(), ended_by="rotated")
    assert await code_of(rotated.token) == "rotated"
    cancelled = await issue_ticket(site.offer)
    await Claim.filter(id=cancelled.claim_id).update(state="cancelled", cancelled_at=now())
    assert await code_of(cancelled.token) == "cancelled"
    later = await add_offer(site.occurrence)
    await Offer.filter(id=later.id).update(valid_from=now() + HOUR)
    assert await code_of((await issue_ticket(later)).token) == "not_yet_valid"
    over = await add_offer(site.occurrence)
    await Offer.filter(id=over.id).update(valid_until=now() - HOUR)
    assert await code_of((await issue_ticket(over)).token) == "expired"

    await GateRule.create(gate_id=site.north.id, offer_id=later.id)
    assert await code_of((await issue_ticket(site.offer)).token) == "gate_not_allowed"
    assert await Scan.all().count() == 8
    assert not await Scan.filter(outcome="admitted").exists()


async def test_a_genuine_token_of_no_ticket_is_unknown_not_forged(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer)
    await Ticket.filter(id=ticket.id).delete()
    assert (await scan(client, phone, ticket.token))["code"] == "unknown"


async def test_a_full_zone_takes_nobody_until_people_leave(client: httpx2.AsyncClient) -> None:
    site = await build_site(fire_limit=3)
    phone = await enrol(site.north)
    for _ in range(2):
        walkup = {"walkup_id": str(uuid.uuid4()), "delta": 1, "at": now().isoformat()}
        for _ in range(2):  # a repeated one counts once
            assert (await post(client, phone, "/api/v1/walkups", walkup)).status_code == 200
    assert await WalkUp.all().count() == 2
    pair = await issue_ticket(site.offer, party=2)
    assert (await scan(client, phone, pair.token, people=2))["code"] == "zone_full"
    assert (await scan(client, phone, pair.token, people=1))["outcome"] == "admitted"
    assert (await scan(client, phone, pair.token, people=1))["code"] == "zone_full"
    assert (await scan(client, phone, pair.token, direction="out"))["outcome"] == "admitted"
    assert (await scan(client, phone, pair.token, people=1))["outcome"] == "admitted"


async def test_the_first_answer_is_repeated_for_ever(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer)
    sent = scan_of(ticket.token)
    first = (await post(client, phone, "/api/v1/scans", sent)).json()
    await Claim.filter(id=ticket.claim_id).update(state="cancelled", cancelled_at=now())
    await Ticket.filter(id=ticket.id).update(ended_at=now(), ended_by="cancelled")
    assert (await post(client, phone, "/api/v1/scans", sent)).json() == first
    assert await Scan.all().count() == 1
    spanish = (await post(client, phone, "/api/v1/scans", sent, **{"Accept-Language": "es"})).json()
    assert {**spanish, "message": first["message"]} == first


@pytest.mark.parametrize(
    "change",
    [
        {"scan_id": "one"}, {"token": ""}, {"token": None}, {"direction": "sideways"}, {"people": 0},
        {"people": 256}, {"scanned_at": "noon"}, {"scanned_at": "2027-06-12T12:00:00"}, {"scanned_at": 5},
        {"token": "\ud800"},
    ],
)  # fmt: skip
async def test_a_malformed_scan_is_422_and_not_kept(client: httpx2.AsyncClient, change: dict[str, Any]) -> None:
    site = await build_site()
    phone = await enrol(site.north)
    answer = await post(client, phone, "/api/v1/scans", {**scan_of("X"), **change})
    assert answer.status_code == 422, answer.text
    assert list(answer.json()["errors"]) == list(change)
    assert await Scan.all().count() == 0


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
async def test_an_absurd_clock_is_no_failure(client: httpx2.AsyncClient, moment: str) -> None:
    site = await build_site()
    phone = await enrol(site.north)
    token = (await issue_ticket(site.offer)).token
    answer = await scan(client, phone, token, scanned_at=moment)
    assert answer["outcome"] == ("admitted" if moment.startswith("9") else "refused")


async def test_only_a_live_device_scans(client: httpx2.AsyncClient, staff_token: str) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer, party=3)
    assert (await client.post("/api/v1/scans", json=scan_of(ticket.token))).status_code == 401
    assert (await post(client, staff_token, "/api/v1/scans", scan_of(ticket.token))).status_code == 403
    await scan(client, phone, ticket.token)
    await move_device(phone.device.id, site.south, NOBODY)
    await scan(client, phone, ticket.token)
    assert (await Scan.all().order_by("-id").first()).gate_id == site.south.id
    await revoke_device(phone.device.id, NOBODY)
    for path, body in (("/api/v1/scans", scan_of(ticket.token)), ("/api/v1/scans/batch", {"scans": []})):
        answer = await post(client, phone, path, body)
        assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")


async def test_a_phone_for_one_way_lets_nobody_the_other(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north, directions="in"), await issue_ticket(site.offer)
    await scan(client, phone, ticket.token)
    assert (await scan(client, phone, ticket.token, direction="out"))["code"] == "gate_not_allowed"


async def test_two_phones_offline_the_earlier_is_the_entry_whatever_came_first(
    client: httpx2.AsyncClient, staff_token: str
) -> None:
    site = await build_site()
    north, south = await enrol(site.north), await enrol(site.south)
    kept: list[list[tuple[str, str, str | None]]] = []
    for turned in (False, True):
        ticket = await issue_ticket(site.offer)
        early = scan_of(ticket.token, scanned_at=(now() - dt.timedelta(minutes=20)).isoformat())
        late = scan_of(ticket.token, scanned_at=(now() - dt.timedelta(minutes=10)).isoformat())
        sent = [(north, early), (south, late)]
        for phone, one in reversed(sent) if turned else sent:
            await post(client, phone, "/api/v1/scans/batch", {"scans": [one]})
        answer = await client.get(
            f"/api/v1/occurrences/{site.occurrence.id}/scans", headers={"Authorization": f"Bearer {staff_token}"}
        )
        rows = [row for row in answer.json()["scans"] if row["claim_id"] == str(ticket.claim_id)]
        names = {early["scan_id"]: "early", late["scan_id"]: "late"}
        kept.append(sorted((names[r["scan_id"]], r["outcome"], r["conflict"]) for r in rows))
        claim = await Claim.get(id=ticket.claim_id)
        assert (claim.people_in, claim.first_in_gate) == (1, "North gate")
    assert kept[0] == kept[1] == [("early", "admitted", None), ("late", "refused", "double_entry")]


async def test_a_bad_row_of_a_batch_hurts_no_other(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone = await enrol(site.north)
    tickets = [await issue_ticket(site.offer) for _ in range(2)]
    rows = [scan_of(tickets[0].token), {"scan_id": "x", "token": 5}, 7, scan_of(tickets[1].token), scan_of("junk")]
    results = (await post(client, phone, "/api/v1/scans/batch", {"scans": rows})).json()["results"]
    assert [r["code"] for r in results] == [None, "malformed", "malformed", None, "unknown"]
    assert [r["scan_id"] for r in results[:2]] == [rows[0]["scan_id"], "x"]
    assert (await post(client, phone, "/api/v1/scans/batch", {"scans": 5})).status_code == 422


async def test_a_wrong_clock_is_measured_and_put_right(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer)
    ahead = now() + 3 * HOUR
    rows = [scan_of(ticket.token, scanned_at=(ahead - dt.timedelta(minutes=30)).isoformat())]
    await post(client, phone, "/api/v1/scans/batch", {"scans": rows}, **{"X-Device-Time": ahead.isoformat()})
    kept = await Scan.get(scan_id=rows[0]["scan_id"])
    assert abs(now() - dt.timedelta(minutes=30) - kept.trusted_at) < dt.timedelta(minutes=1)


async def test_what_a_phone_showed_offline_is_believed(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    phone = await enrol(site.north)
    sent_away, ended = await issue_ticket(site.offer), await issue_ticket(site.offer)
    assert (await scan(client, phone, sent_away.token, shown="refused"))["code"] == "not_let_in"
    assert (await scan(client, phone, sent_away.token))["outcome"] == "admitted"
    await Ticket.filter(id=ended.id).update(ended_at=now() - HOUR, ended_by="rotated")
    answer = await scan(client, phone, ended.token, shown="admitted")
    assert answer["code"] == "rotated"
    assert (await Scan.get(scan_id=answer["scan_id"])).conflict == "ended_ticket"
