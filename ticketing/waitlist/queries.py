"""Reads: an entry of the line by the secret of its link, and how it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.secrets import derive, digest
from festival.settings import settings
from ticketing.models import Claim, WaitlistEntry
from ticketing.offers.queries import Occasion, get_occasion, get_offer, get_start
from ticketing.offers.rules import OfferFacts
from ticketing.offers.sql import list_offer_facts
from ticketing.waitlist.rules import Standing


def entry_secret(reference: str) -> str:
    """The secret of an entry's link; only its digest is kept."""
    return derive(settings().secret_key, "waitlist", reference)


def entry_url(reference: str) -> str:
    """Where an entry lives."""
    return f"{settings().base_url}/waitlist/{entry_secret(reference)}"


async def get_entry_by_secret(secret: str) -> WaitlistEntry:
    """The entry whose link carries `secret`; raises NotFound."""
    entry = await WaitlistEntry.get_or_none(manage_digest=digest(secret))
    if entry is None:
        raise NotFound
    return entry


async def count_ahead(entry: WaitlistEntry) -> int:
    """How many parties wait before this one."""
    return await WaitlistEntry.filter(offer_id=entry.offer_id, state="waiting", sequence__lt=entry.sequence).count()


async def get_standing(entry: WaitlistEntry) -> Standing:
    """Where a party stands now."""
    offer = await get_offer(entry.offer_id)
    position = await count_ahead(entry) + 1 if entry.state == "waiting" else None
    return Standing(position, entry.party, offer.places_left)


@dataclass(frozen=True)
class EntryShown:
    """All that the page of an entry shows; `claim` once the offered places were taken."""

    entry: WaitlistEntry
    offer: OfferFacts
    occasion: Occasion
    standing: Standing
    starts_at: dt.datetime
    claim: Claim | None

    @property
    def is_offered(self) -> bool:
        """Whether places are held for the party at this moment."""
        return (
            self.entry.state == "offered" and self.entry.offered_until is not None and now() < self.entry.offered_until
        )

    @property
    def is_over(self) -> bool:
        """Whether it has begun, so that nothing is offered any more."""
        return now() >= self.starts_at


async def get_entry_shown(secret: str) -> EntryShown:
    """The entry whose link carries `secret`, with what, when and where; raises NotFound."""
    return await get_shown(await get_entry_by_secret(secret))


async def get_shown(entry: WaitlistEntry) -> EntryShown:
    """An entry with what, when and where in the current language."""
    offer = await get_offer(entry.offer_id)
    claim = await Claim.get_or_none(id=entry.claim_id) if entry.claim_id else None
    return EntryShown(entry, offer, await get_occasion(offer), await get_standing(entry), await get_start(offer), claim)


async def list_due_offers(at: dt.datetime) -> list[int]:
    """Offers with places held for somebody whose time is over."""
    due = WaitlistEntry.filter(state="offered", offered_until__lte=at)
    return sorted({int(id) for id in await due.values_list("offer_id", flat=True)})  # pyright: ignore


async def list_waiting_offers(at: dt.datetime) -> list[int]:
    """Offers with a line and with free places, which are not over yet."""
    waiting = WaitlistEntry.filter(state="waiting", offer__valid_until__gt=at)
    ids = {int(id) for id in await waiting.distinct().values_list("offer_id", flat=True)}  # pyright: ignore
    return [offer.id for offer in await list_offer_facts(ids) if offer.places_left] if ids else []
