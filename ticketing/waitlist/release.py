"""Places of whoever has not come, given to the door at start + N minutes."""

from __future__ import annotations

import datetime as dt

from tortoise.expressions import F

from festival.database import transaction
from festival.jobs.actions import enqueue_all
from festival.kit.errors import Conflict
from festival.kit.web.access import NOBODY
from festival.organisation.actions import record_audit
from ticketing.models import Claim, Offer, WaitlistEntry
from ticketing.offers.queries import get_offer, get_start
from ticketing.offers.rules import OfferFacts
from ticketing.offers.sql import lock_families, move_places, move_quotas

DOORS_OPEN = "ticketing.door_queue_opened"


async def list_due_releases(at: dt.datetime) -> list[int]:
    """Offers whose unclaimed places are due at the door."""
    found = await Offer.filter(
        release_minutes__isnull=False, released_at=None, valid_from__lte=at, valid_until__gt=at, state="open"
    ).values_list("id", flat=True)  # fmt: skip
    due: list[int] = []
    for offer_id in sorted(int(id) for id in found):  # pyright: ignore[reportArgumentType]
        offer = await get_offer(offer_id)
        starts_at = await get_start(offer)
        if at >= starts_at + dt.timedelta(minutes=offer.release_minutes or 0):
            due.append(offer_id)
    return due


async def release_unclaimed(offer_id: int, at: dt.datetime) -> int:
    """Give the door every place that is free, held for the line, or of a party of which nobody came; once.

    Returns how many. Codes stay good: whoever comes late goes in while there is room. Claimed + free + held
    stays the capacity.
    """
    async with transaction():
        offer = next(offer for offer in await lock_families([offer_id]) if offer.id == offer_id)
        if offer.released_at is not None:
            return 0
        line = await WaitlistEntry.filter(offer_id=offer_id, state__in=["waiting", "offered"])
        late = await Claim.filter(offer_id=offer_id, state="live", people_seen=0, released=0)
        unclaimed = sum(claim.party for claim in late)
        free = offer.places_left
        await _to_the_door(offer, free, unclaimed)
        await Claim.filter(id__in=[claim.id for claim in late]).update(released=F("party"))
        await WaitlistEntry.filter(id__in=[entry.id for entry in line]).update(state="expired")
        offered = sum(entry.party for entry in line if entry.state == "offered")
        to_door = free + unclaimed + offered
        await Offer.filter(id=offer_id).update(released_at=at, door=F("door") + to_door)
        told = [entry.reference for entry in line if entry.door_text and (entry.email or entry.phone)]
        if told:
            await enqueue_all([(DOORS_OPEN, f"{DOORS_OPEN}:{one}", {"entry_id": one}) for one in told])
        facts = {"free": free, "not_come": unclaimed, "offered": offered}
        await record_audit(NOBODY, "offer.released", ("offer", offer_id), after=facts)
    return to_door


async def _to_the_door(offer: OfferFacts, free: int, unclaimed: int) -> None:
    """Free places become held, claimed ones change hands; of a shared quota only the free ones are new."""
    moved = await move_places({offer.id: (-unclaimed, free + unclaimed)})
    if not moved or (offer.quota_id is not None and free and not await move_quotas({offer.quota_id: free})):
        raise Conflict
