"""Saying yes and running out of time at one moment, and the last place of a slot wanted by many: one of each wins."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tortoise.expressions import F

from festival.database import connected, transaction
from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY
from festival.settings import Settings, use_settings
from tests.concurrency.test_kill import make_offer
from tests.conftest import Templates, fresh_database
from ticketing.claim.actions import claim_places
from ticketing.claim.forms import PartyForm
from ticketing.counter.actions import move_claim
from ticketing.models import Claim, Offer, WaitlistEntry
from ticketing.waitlist.actions import Ask, accept_offer, expire_held, join_waitlist
from ticketing.waitlist.queries import entry_secret

RIVALS = 8
SOON = dt.timedelta(hours=13)


@pytest.fixture
async def ground(migrated: Templates, tmp_path: Path) -> Any:
    """PostgreSQL with enough connections to collide, and without the bounds that would stop the naive twins."""
    async with fresh_database("postgres", migrated, tmp_path) as url:
        chosen = Settings(database_url=f"{url}?pool={RIVALS}", secret_key="a-key-for-tests-0123456789-abcdef")
        use_settings(chosen)
        try:
            async with connected(chosen):
                yield chosen
        finally:
            use_settings(None)


async def held_for_one() -> WaitlistEntry:
    """A party whose two places are held, for as long as a hold lasts."""
    offer_id = await make_offer(2)
    await Offer.filter(id=offer_id).update(waitlist=True)
    joined = await join_waitlist(Ask(offer_id, 2, "", "a@example.org", "", "en", "key", "digest", now()))
    entry = await WaitlistEntry.get(reference=joined.reference)
    assert entry.state == "offered"
    return entry


async def require_whole(offer_id: int) -> Offer:
    """The offer, its counters equal to its rows."""
    offer = await Offer.get(id=offer_id)
    claims = await Claim.filter(offer_id=offer_id, state="live")
    held = await WaitlistEntry.filter(offer_id=offer_id, state="offered")
    assert offer.claimed == sum(claim.party for claim in claims)
    assert offer.held == sum(entry.party for entry in held)
    return offer


async def test_yes_and_the_end_of_the_hold_at_one_moment(ground: Settings) -> None:
    entry = await held_for_one()
    assert entry.offered_until
    late = entry.offered_until
    with frozen_at(late - dt.timedelta(seconds=1)):
        outcomes = await asyncio.gather(
            *(accept_offer(entry_secret(entry.reference)) for _ in range(RIVALS // 2)),
            *(expire_held(entry.offer_id, late) for _ in range(RIVALS // 2)),
            return_exceptions=True,
        )
    taken = {outcome for outcome in outcomes[: RIVALS // 2] if isinstance(outcome, str)}
    expired = sum(outcome for outcome in outcomes[RIVALS // 2 :] if isinstance(outcome, int))
    assert len(taken) + expired == 1, "either it was taken, by one ticket, or its time was over, once"
    offer = await require_whole(entry.offer_id)
    assert (offer.claimed, offer.held) in {(2, 0), (0, 0)}


async def test_the_naive_twin_takes_the_places_twice(ground: Settings) -> None:
    entry, together = await held_for_one(), asyncio.Barrier(2)

    async def accept() -> None:
        async with transaction():
            found = await WaitlistEntry.get(id=entry.id)
            await together.wait()
            if found.state == "offered":
                await WaitlistEntry.filter(id=entry.id).update(state="claimed")
                await Offer.filter(id=entry.offer_id).update(claimed=F("claimed") + 2, held=F("held") - 2)

    async def expire() -> None:
        async with transaction():
            found = await WaitlistEntry.get(id=entry.id)
            await together.wait()
            if found.state == "offered":
                await WaitlistEntry.filter(id=entry.id).update(state="expired")
                await Offer.filter(id=entry.offer_id).update(held=F("held") - 2)

    outcomes = await asyncio.gather(accept(), expire(), return_exceptions=True)
    # Both went ahead; only the check constraint behind them notices that two places were let go twice.
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert refused or (await Offer.get(id=entry.offer_id)).held < 0


async def slots() -> tuple[Offer, list[str]]:
    """A later slot with one place left, and the claims that all want to go there."""
    early = await make_offer(RIVALS)
    first = await Offer.get(id=early)
    late = await Offer.create(
        occurrence_id=first.occurrence_id, capacity=1, valid_from=first.valid_from, valid_until=first.valid_until,
        created_at=first.created_at,
    )  # fmt: skip
    taken = [
        await claim_places(early, PartyForm(party=1, language="en"), f"key-{number}", by_staff=True)
        for number in range(RIVALS)
    ]
    return late, [one.reference for one in taken]


async def test_the_last_place_of_a_slot_goes_to_one(ground: Settings) -> None:
    late, references = await slots()
    outcomes = await asyncio.gather(*(move_claim(one, late.id, NOBODY) for one in references), return_exceptions=True)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert (await require_whole(late.id)).claimed == 1
    first = await Offer.get(occurrence_id=late.occurrence_id, id__not=late.id)
    assert (await require_whole(first.id)).claimed == RIVALS - 1


async def test_the_naive_twin_moves_too_many(ground: Settings) -> None:
    late, references = await slots()
    together = asyncio.Barrier(RIVALS)

    async def move(reference: str) -> None:
        async with transaction():
            there = await Offer.get(id=late.id)
            await together.wait()
            if there.claimed < there.capacity:
                await Claim.filter(reference=reference).update(offer_id=late.id)
                await Offer.filter(id=late.id).update(claimed=there.claimed + 1)

    await asyncio.gather(*(move(one) for one in references))
    assert await Claim.filter(offer_id=late.id).count() > late.capacity
