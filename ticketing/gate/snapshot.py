"""What a phone needs to decide without a network, and nothing about anybody."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from events.models import Zone
from festival.database import fetch_rows, on_postgres
from festival.kit.clock import now
from festival.settings import settings
from ticketing.delivery.keys import list_public_keys
from ticketing.gate.queries import DevicePrincipal, as_moment, as_moment_or_none
from ticketing.scan.rules import GateFacts, zone_level
from ticketing.scan.sql import count_inside_today

_BEFORE = dt.timedelta(hours=12)
_AHEAD = dt.timedelta(hours=36)

# Raw, as 25,000 tickets would take the ORM a second. The offers of the gate's venue, and those its rules name.
_OFFERS = """
SELECT o.id, o.name, o.valid_from, o.valid_until, r.id AS rule_id, r.starts_at, r.ends_at, pr.title,
       COALESCE(s.venue_id, oc.venue_id, pr.venue_id) AS venue_id
FROM offer o JOIN occurrence oc ON oc.id = o.occurrence_id JOIN program pr ON pr.id = oc.program_id
LEFT JOIN schedule_plan sp ON o.act_id IS NOT NULL AND sp.festival_id = pr.festival_id AND sp.state = 'published'
LEFT JOIN performance pf ON pf.plan_id = sp.id AND pf.act_id = o.act_id
LEFT JOIN stage s ON s.id = pf.stage_id
LEFT JOIN gate_rule r ON r.offer_id = o.id AND r.gate_id = {1}
WHERE o.valid_until > {2} AND o.valid_from < {3} ORDER BY o.id"""

_TICKETS = """
SELECT t.id, t.ended_at, c.blocked_at, c.state, c.party, c.people_in, c.people_seen, c.first_in_at, c.first_in_gate
FROM ticket t JOIN claim c ON c.id = t.claim_id
WHERE c.offer_id IN ({offers})
AND (t.ended_at IS NOT NULL OR c.state = 'cancelled' OR c.people_seen > 0 OR c.revision > 1)
ORDER BY t.id"""


@dataclass(frozen=True)
class Snapshot:
    """The members of the answer without the time, and the entity tag that changes only when they do."""

    members: dict[str, Any]
    etag: str


async def get_snapshot(device: DevicePrincipal) -> Snapshot:
    """Keys, offers, ended tickets and admissions that concern the device's gate from yesterday to tomorrow."""
    gate = device.gate
    offers = await _offers_at(gate)
    tickets = await _tickets([row["id"] for row in offers])
    ended = [[str(row["id"]), _reason(row)] for row in tickets if row["ended_at"] or row["state"] == "cancelled"]
    live = [row for row in tickets if not row["ended_at"] and row["state"] == "live"]
    keys = await list_public_keys()
    zone = await Zone.get(id=gate.zone_id)
    inside = (await count_inside_today([zone.id]))[zone.id] if zone.fire_limit else 0
    members: dict[str, Any] = {
        "gate": {"id": str(gate.id), "name": gate.name, "zone": zone.name, "directions": gate.directions},
        # How full the area is: 0, or the last of 80, 90 and 100 percent of its fire limit that it reached.
        "zone_level": zone_level(inside, zone.fire_limit),
        "keys": {str(key_id): base64.b64encode(raw).decode() for key_id, raw in sorted(keys.items())},
        "offers": [_offer(row, ruled=bool(gate.rules)) for row in offers],
        "ended": ended,
        # ticket, people in, party, first in at, first in gate
        "admitted": [
            [str(r["id"]), r["people_in"], r["party"], _text(as_moment_or_none(r["first_in_at"])), r["first_in_gate"]]
            for r in live if r["people_seen"]
        ],
        # The party as it is now, where the claim changed since its ticket was signed or people came in.
        "parties": [[str(row["id"]), row["party"]] for row in live],
    }  # fmt: skip
    raw = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    return Snapshot(members, f'"{hashlib.sha256(raw).hexdigest()[:32]}"')


async def list_offer_ids(gate: GateFacts) -> list[int]:
    """The offers that concern a gate from yesterday to tomorrow."""
    return [int(row["id"]) for row in await _offers_at(gate)]


async def _offers_at(gate: GateFacts) -> list[dict[str, Any]]:
    return [row for row in await _offers(gate.id) if row["rule_id"] or row["venue_id"] == gate.venue_id]


async def _offers(gate_id: int) -> list[dict[str, Any]]:
    mark = "$" if on_postgres() else "?"
    window: list[Any] = [now() - _BEFORE, now() + _AHEAD]
    if not on_postgres():
        window = [str(moment) for moment in window]
    return await fetch_rows(_OFFERS.format("", f"{mark}1", f"{mark}2", f"{mark}3"), [gate_id, *window])


async def _tickets(offer_ids: list[int]) -> list[dict[str, Any]]:
    if not offer_ids:
        return []
    return await fetch_rows(_TICKETS.format(offers=", ".join(map(str, map(int, offer_ids)))))


def _reason(row: dict[str, Any]) -> str:
    return "cancelled" if row["state"] == "cancelled" or row["blocked_at"] is not None else "rotated"


def _offer(row: dict[str, Any], *, ruled: bool) -> dict[str, Any]:
    valid_from, valid_until = as_moment(row["valid_from"]), as_moment(row["valid_until"])
    starts_at, ends_at = as_moment_or_none(row["starts_at"]), as_moment_or_none(row["ends_at"])
    return {
        "id": row["id"],
        "name": row["name"] or row["title"],
        "valid_from": _text(max(valid_from, starts_at) if starts_at else valid_from),
        "valid_until": _text(min(valid_until, ends_at) if ends_at else valid_until),
        "allowed": bool(row["rule_id"]) or not ruled,
    }


def _text(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(settings().zone).isoformat() if moment else None
