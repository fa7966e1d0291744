"""The demo's past: who came to Global Fest and a few programs in the two years before, so that reports have figures.

Invented from a fixed seed. The programs are archived: no public page and no calendar shows them.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from events.models import Gate, Occurrence, Program, Series, Venue
from festival.database import transaction
from festival.kit.clock import now
from festival.settings import settings
from ticketing.models import Claim, Device, Offer, Scan, Ticket
from ticketing.scan.rules import Answer

_LANGUAGES = ("en",) * 9 + ("es",) * 6 + ("am", "am", "ar", "ne", "vi", "vi", "ko", "zh-Hans", "ru", "fr", "so", "my")
_PARTIES = (1, 2, 2, 2, 3, 4, 4, 5, 6)


@dataclass(frozen=True)
class _Past:
    slug: str
    title: str
    area: str
    venue: str
    starts: str
    hours: int
    parties: int
    no_show: float


PAST: Sequence[_Past] = (
    _Past("global-fest-2025", "Global Fest 2025", "cultural", "amc", "2025-06-14T11:00", 7, 260, 0.42),
    _Past("global-fest-2026", "Global Fest 2026", "cultural", "amc", "2026-06-13T11:00", 7, 330, 0.36),
    _Past("refugee-day-2026", "World Refugee Day picnic 2026", "cultural", "delmar", "2026-06-20T11:00", 4, 50, 0.3),
    _Past("studio-day-2026", "Open studio day 2026", "arts", "acad", "2026-04-18T10:00", 5, 34, 0.25),
    _Past("dance-day-2026", "Dances of five nations 2026", "arts", "moorhead", "2026-05-16T14:00", 3, 42, 0.33),
    _Past("soccer-day-2025", "Community soccer day 2025", "sports", "olympic", "2025-08-23T09:00", 5, 30, 0.3),
    _Past("soccer-day-2026", "Community soccer day 2026", "sports", "olympic", "2026-08-22T09:00", 5, 44, 0.28),
    _Past("lantern-walk-2026", "Mid-Autumn lantern walk 2026", "cultural", "amc", "2026-09-25T18:30", 2, 38, 0.2),
)


async def add_past_years() -> int:
    """Add what is not there yet, in one transaction; returns how many parties came in all."""
    dice, added = random.Random(2026), 0  # noqa: S311 - invented figures, the same every time
    async with transaction():
        venues = {str(venue.slug).replace("_", "-"): venue for venue in await Venue.all()}
        for past in PAST:
            venue = venues.get(past.venue) or next(iter(venues.values()), None)
            if venue is not None and not await Program.exists(slug=past.slug):
                added += await _add(past, venue, dice)
    return added


async def _add(past: _Past, venue: Venue, dice: random.Random) -> int:
    starts = dt.datetime.fromisoformat(past.starts).replace(tzinfo=settings().zone)
    ends = starts + dt.timedelta(hours=past.hours)
    program = await Program.create(
        slug=past.slug, title=past.title, area=past.area, venue=venue, state="archived", changed_at=now()
    )
    series = await Series.create(
        program=program, uid=f"{past.slug}@past", time_zone=settings().zone.key, starts_local=past.starts,
        changed_at=now(),
    )  # fmt: skip
    occurrence = await Occurrence.create(
        program=program, series=series, original_local=past.starts, starts_at=starts, ends_at=ends,
        starts_on=starts.date(), ends_on=starts.date(), changed_at=now(),
    )  # fmt: skip
    parties = [dice.choice(_PARTIES) for _ in range(past.parties)]
    offer = await Offer.create(
        occurrence=occurrence, capacity=sum(parties) + 200, claimed=sum(parties),
        valid_from=starts - dt.timedelta(hours=1),
        valid_until=ends, state="closed", created_at=starts - dt.timedelta(days=40),
    )  # fmt: skip
    came = [0 if dice.random() < past.no_show else party for party in parties]
    moments = [starts + (ends - starts) * min(0.95, dice.betavariate(2.2, 4.5)) for _ in parties]
    gates = await Gate.filter(zone__venue_id=venue.id).order_by("position", "id").select_related("zone")
    await Claim.bulk_create(
        [
            _claim(offer, past, number, party, seen, moment, dice)
            for number, (party, seen, moment) in enumerate(zip(parties, came, moments, strict=True))
        ],
        batch_size=400,
    )  # fmt: skip
    if gates:
        await _add_scans(occurrence, offer, gates, dice)
    return sum(map(bool, came))


def _claim(
    offer: Offer, past: _Past, number: int, party: int, seen: int, moment: dt.datetime, dice: random.Random
) -> Claim:  # fmt: skip
    reference = f"{past.slug[:6]}{number:04}"[:20]
    household = dice.randrange(900)
    return Claim(
        offer_id=offer.id, reference=f"{past.starts[2:4]}{secrets.token_hex(5)}", manage_digest=secrets.token_hex(32),
        party=party, people_in=0, people_seen=seen, first_in_at=moment if seen else None,
        first_in_gate="North gate" if seen else "", language=dice.choice(_LANGUAGES), source="page",
        email=f"household{household}@example.org" if dice.random() < 0.6 else "", idempotency_key=reference,
        request_digest="", created_at=moment - dt.timedelta(days=dice.randint(1, 30)),
    )  # fmt: skip


async def _add_scans(occurrence: Occurrence, offer: Offer, gates: Sequence[Gate], dice: random.Random) -> None:
    devices = [
        await Device.create(
            gate_id=gate.id, name=f"{gate.name} {occurrence.starts_on.year}", digest=secrets.token_hex(32),
            enrolled_at=occurrence.starts_at, expires_at=occurrence.ends_at, seen_at=occurrence.ends_at,
        )
        for gate in gates[:3]
    ]  # fmt: skip
    scans: list[Scan] = []
    tickets: list[Ticket] = []
    for claim in cast(list[Any], await Claim.filter(offer_id=offer.id, people_seen__gt=0)):
        place = dice.randrange(len(devices))
        ticket = Ticket(
            id=secrets.randbits(63), claim_id=claim.id, key_id=0, token=secrets.token_hex(16),
            issued_at=claim.created_at, ended_at=occurrence.ends_at, ended_by="over",
        )  # fmt: skip
        tickets.append(ticket)
        scans.append(_scan(claim, ticket.id, occurrence, devices[place], gates[place]))
        if dice.random() < 0.03:
            again = _scan(claim, ticket.id, occurrence, devices[place - 1], gates[place - 1])
            again.outcome, again.code, again.counted, again.let_pass = "refused", "already_in", 0, False
            scans.append(again)
    await Ticket.bulk_create(tickets, batch_size=400)
    await Scan.bulk_create(scans, batch_size=400)


def _scan(claim: Any, ticket_id: int, occurrence: Occurrence, device: Device, gate: Gate) -> Scan:
    at = claim.first_in_at
    return Scan(
        scan_id=str(uuid.uuid4()), device_id=device.id, gate_id=gate.id, zone_id=gate.zone_id, ticket_id=ticket_id,
        claim_id=claim.id, occurrence_id=occurrence.id, direction="in", people=claim.people_seen, scanned_at=at,
        trusted_at=at, received_at=at, outcome="admitted", counted=claim.people_seen, let_pass=True,
        answer=Answer(None, claim.people_seen, "in", claim.people_seen, claim.party).pack(),
    )  # fmt: skip
