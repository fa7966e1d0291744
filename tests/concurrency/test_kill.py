"""A ticket that was acknowledged is there after a power cut: `kill -9` in the middle of claims, on both databases."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import httpx2

from events.models import Occurrence, Program, Series, Venue
from festival.database import connected
from festival.kit.clock import now
from festival.settings import Settings
from tests.live import Site, free_port, serving
from ticketing.models import Claim, Offer, Ticket

CAPACITY = 5000


async def make_offer(capacity: int = CAPACITY) -> int:
    """An offer that is open, of an occurrence a month from now."""
    at = now() + dt.timedelta(days=30)
    venue = await Venue.create(slug="lawn", name="Great Lawn", changed_at=now())
    program = await Program.create(
        slug="picnic", title="Picnic", area="cultural", venue=venue, state="published", changed_at=now()
    )
    local = at.strftime("%Y-%m-%dT%H:%M")
    series = await Series.create(
        program=program, uid="picnic@test", time_zone="America/Denver", starts_local=local, changed_at=now()
    )
    occurrence = await Occurrence.create(
        program=program, series=series, original_local=local, starts_at=at, ends_at=at + dt.timedelta(hours=2),
        starts_on=at.date(), ends_on=at.date(), changed_at=now(),
    )  # fmt: skip
    offer = await Offer.create(
        occurrence=occurrence, capacity=capacity, valid_from=at, valid_until=at + dt.timedelta(hours=2),
        created_at=now(),
    )  # fmt: skip
    return offer.id


async def claim_until_it_dies(url: str, offer_id: int, acknowledged: dict[str, dict[str, Any]]) -> None:
    """One visitor after another claims two places; what was answered 201 is written down with its key."""
    async with httpx2.AsyncClient(base_url=url, timeout=10) as client:
        while True:
            key = str(uuid.uuid4())
            try:
                answer = await client.post(
                    f"/api/v1/offers/{offer_id}/claims",
                    json={"party": 2, "name": "Ana", "email": None, "language": "es"},
                    headers={"Idempotency-Key": key},
                )
            except httpx2.HTTPError:
                return
            assert answer.status_code == 201, answer.text
            acknowledged[key] = answer.json()


async def run_and_kill(site: Site, offer_id: int, acknowledged: dict[str, dict[str, Any]]) -> None:
    """Twelve visitors at once; the process is killed while they are at it."""
    before = len(acknowledged)
    visitors = [asyncio.create_task(claim_until_it_dies(site.url, offer_id, acknowledged)) for _ in range(12)]
    while len(acknowledged) < before + 60:
        await asyncio.sleep(0.01)
        assert not all(visitor.done() for visitor in visitors), "nobody got a ticket"
    site.kill()
    await asyncio.gather(*visitors)


async def test_every_acknowledged_claim_survives_kill_9(settings: Settings, tmp_path: Path) -> None:
    async with connected(settings):
        offer_id = await make_offer()
    acknowledged: dict[str, dict[str, Any]] = {}
    port = free_port()
    for _ in range(3):
        with serving(settings, tmp_path / "server.log", "--no-worker", port=port) as site:
            await run_and_kill(site, offer_id, acknowledged)
    with serving(settings, tmp_path / "server.log", "--no-worker", port=port) as site:
        async with httpx2.AsyncClient(base_url=site.url, timeout=10) as client:
            key, first = next(iter(acknowledged.items()))
            again = await client.post(
                f"/api/v1/offers/{offer_id}/claims",
                json={"party": 2, "name": "Ana", "email": None, "language": "es"},
                headers={"Idempotency-Key": key},
            )
            assert again.status_code == 201
            assert again.json() == first
    async with connected(settings):
        kept = {claim.idempotency_key: claim for claim in await Claim.filter(offer_id=offer_id)}
        assert acknowledged.keys() <= kept.keys()
        tokens = set(await Ticket.all().values_list("token", flat=True))
        assert {answer["token"] for answer in acknowledged.values()} <= tokens
        offer = await Offer.get(id=offer_id)
        assert offer.claimed == sum(claim.party for claim in kept.values())
