"""A site with gates, an offer for today, and tickets as the claim room makes them, for tests of the gate."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

import httpx2

from events.models import Gate, Occurrence, Program, Series, Venue, Zone
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from ticketing.delivery.keys import get_signing_key
from ticketing.delivery.token import TicketBody, issue_token
from ticketing.gate.actions import Enrolled, add_device
from ticketing.models import Claim, Offer, Ticket

_numbers = itertools.count(1)
HOUR = dt.timedelta(hours=1)


@dataclass
class Site:
    """A venue with two gates of one zone, and an offer that is good from an hour ago to in five hours."""

    zone: Zone
    north: Gate
    south: Gate
    occurrence: Occurrence
    offer: Offer


async def build_site(fire_limit: int | None = None) -> Site:
    number, at = next(_numbers), now()
    venue = await Venue.create(slug=f"site-{number}", name="Great Lawn", changed_at=at)
    zone = await Zone.create(venue_id=venue.id, slug="lawn", name="Lawn", fire_limit=fire_limit)
    north = await Gate.create(zone_id=zone.id, slug=f"north-{number}", name="North gate")
    south = await Gate.create(zone_id=zone.id, slug=f"south-{number}", name="South gate", position=1)
    program = await Program.create(
        slug=f"fest-{number}", title="Global Fest", area="cultural", venue_id=venue.id, changed_at=at,
    )  # fmt: skip
    series = await Series.create(
        program_id=program.id, uid=f"u{number}@t", time_zone="America/Denver", starts_local="2027-06-12T11:00",
        changed_at=at,
    )  # fmt: skip
    occurrence = await Occurrence.create(
        program_id=program.id, series_id=series.id, original_local="2027-06-12T11:00", starts_at=at - HOUR,
        ends_at=at + 5 * HOUR, starts_on=at.date(), ends_on=at.date(), venue_id=venue.id, changed_at=at,
    )  # fmt: skip
    return Site(zone, north, south, occurrence, await add_offer(occurrence))


async def add_offer(occurrence: Occurrence) -> Offer:
    at = now()
    return await Offer.create(
        occurrence_id=occurrence.id, capacity=1000, valid_from=at - 2 * HOUR, valid_until=at + 5 * HOUR, created_at=at,
    )  # fmt: skip


async def issue_ticket(offer: Offer, party: int = 1) -> Ticket:
    """A signed ticket of a new claim."""
    reference = secrets.token_hex(6)
    claim = await Claim.create(
        offer_id=offer.id, reference=reference, manage_digest=reference, party=party, name="Amina Yusuf",
        email="amina@example.org", idempotency_key=reference, request_digest="", created_at=now(),
    )  # fmt: skip
    key_id, key = await get_signing_key()
    ticket_id = secrets.randbits(63)
    token = issue_token(TicketBody(key_id, ticket_id, offer.id, party, now().date()), key)
    return await Ticket.create(id=ticket_id, claim_id=claim.id, key_id=key_id, token=token, issued_at=now())


async def enrol(gate: Gate, name: str = "", directions: str = "both") -> Enrolled:
    """A phone at `gate`."""
    return await add_device(gate, name, directions, now() + HOUR, NOBODY)


def scan_of(token: str, **members: Any) -> dict[str, Any]:
    """A scan as a phone sends it, read now."""
    return {
        "scan_id": str(uuid.uuid4()), "token": token, "direction": "in", "people": 1,
        "scanned_at": now().isoformat(), **members,
    }  # fmt: skip


async def post(
    client: httpx2.AsyncClient, phone: Enrolled | str, path: str, body: object, **headers: str
) -> httpx2.Response:
    """POST as that phone."""
    token = phone if isinstance(phone, str) else phone.token
    sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
    return await client.post(path, content=json.dumps(body), headers=sent)


async def scan(client: httpx2.AsyncClient, phone: Enrolled, token: str, **members: Any) -> dict[str, Any]:
    """The answer to one scan."""
    answer = await post(client, phone, "/api/v1/scans", scan_of(token, **members))
    assert answer.status_code == 200, answer.text
    return answer.json()
