"""Reads: a claim by the secret of its link."""

from __future__ import annotations

from dataclasses import dataclass

from festival.kit.errors import NotFound
from festival.kit.secrets import digest
from ticketing.models import Claim, Ticket
from ticketing.offers.queries import Occasion, get_occasion, get_offer
from ticketing.offers.rules import OfferFacts


async def get_claim_by_secret(secret: str) -> Claim:
    """The claim whose link carries `secret`; raises NotFound."""
    claim = await Claim.get_or_none(manage_digest=digest(secret))
    if claim is None:
        raise NotFound
    return claim


@dataclass(frozen=True)
class HeldTicket:
    """All that a ticket shows; `ticket` is None once it was given back."""

    claim: Claim
    ticket: Ticket | None
    offer: OfferFacts
    occasion: Occasion


async def get_held_ticket(secret: str) -> HeldTicket:
    """The ticket whose link carries `secret`, with what, when and where; raises NotFound."""
    return await get_ticket_of(await get_claim_by_secret(secret))


async def get_ticket_of(claim: Claim) -> HeldTicket:
    """A claim's live ticket, with what, when and where in the current language."""
    offer = await get_offer(claim.offer_id)
    return HeldTicket(claim, await find_live_ticket(claim.id), offer, await get_occasion(offer))


async def find_live_ticket(claim_id: int) -> Ticket | None:
    """The code that the gate admits now."""
    return await Ticket.get_or_none(claim_id=claim_id, ended_at=None)


async def count_transfers(claim_id: int) -> int:
    """How many links of a claim were passed on or withdrawn, which its present link's secret is derived from."""
    claim = await Claim.get_or_none(id=claim_id)
    return claim.link_number if claim else 0
