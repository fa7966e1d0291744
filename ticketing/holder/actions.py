"""Writes: what a holder does with a claim. The offer's row is locked before the claim's, everywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tortoise.expressions import F

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid, NotFound
from festival.kit.secrets import digest
from festival.kit.web.access import Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from ticketing.claim.actions import CLAIM_CONFIRMED, SigningPair, manage_secret, sign_ticket
from ticketing.claim.rules import SoldOut
from ticketing.delivery.keys import get_signing_key
from ticketing.holder.queries import get_claim_by_secret
from ticketing.holder.rules import AlreadyIn, Released, require_live, require_not_below, require_unblocked
from ticketing.models import Claim, Ticket
from ticketing.offers.rules import OfferFacts
from ticketing.offers.sql import lock_families, move_places, move_quotas
from ticketing.waitlist.actions import promote

if TYPE_CHECKING:
    from ticketing.holder.forms import ContactForm, NewHolderForm


@dataclass(frozen=True)
class Held:
    """A claim under our lock, and its offer; `family` has the ids of all offers that share its places."""

    claim: Claim
    offer: OfferFacts
    family: tuple[int, ...]

    def at(self, offer: OfferFacts) -> Held:
        """The same claim under another offer."""
        return replace(self, offer=offer)


async def cancel_claim(secret: str, who: Principal) -> Claim:
    """Give all places back and end the code; doing it twice is the same. Raises NotFound or AlreadyIn."""
    async with transaction():
        held = await _lock(secret)
        if held.claim.state == "cancelled":
            return held.claim
        if held.claim.people_seen:
            raise AlreadyIn(extra={"people_in": held.claim.people_in})
        await Claim.filter(id=held.claim.id).update(state="cancelled", cancelled_at=now(), revision=F("revision") + 1)
        await end_ticket(held.claim, "cancelled")
        await move_held(held, -(held.claim.party - held.claim.released))
        await record_audit(who, "claim.cancelled", ("claim", held.claim.id), before={"party": held.claim.party})
    return await Claim.get(id=held.claim.id)


async def resize_claim(secret: str, party: int, who: Principal) -> Claim:
    """Change the number of people; the code stays. Raises NotFound, AlreadyCancelled, AlreadyIn, SoldOut, Invalid."""
    async with transaction():
        held = await _lock(secret)
        require_live(held.claim.state)
        if held.claim.released:
            raise Released
        require_not_below(party, held.claim.people_seen)
        if party > held.offer.party_most:
            raise Invalid({"party": say(N_("This is more than %(most)s."), most=held.offer.party_most)})
        if party != held.claim.party:
            await move_held(held, party - held.claim.party)
            await Claim.filter(id=held.claim.id).update(party=party, revision=F("revision") + 1)
            sizes = {"before": {"party": held.claim.party}, "after": {"party": party}}
            await record_audit(who, "claim.resized", ("claim", held.claim.id), **sizes)
    return await Claim.get(id=held.claim.id)


async def rotate_ticket(secret: str, who: Principal) -> Claim:
    """Replace the code; the old one ends at once. Raises NotFound or AlreadyCancelled."""
    signing = await get_signing_key()
    async with transaction():
        held = await _lock(secret)
        require_live(held.claim.state)
        require_unblocked(held.claim.blocked_at)
        await replace_ticket(held, "rotated", signing)
        await record_audit(who, "ticket.rotated", ("claim", held.claim.id))
    return held.claim


async def correct_contact(secret: str, contact: ContactForm, who: Principal) -> Claim:
    """Write down another name, address or phone; a changed address gets the ticket. Raises NotFound or a refusal."""
    async with transaction():
        held = await _lock(secret)
        require_live(held.claim.state)
        claim, email = held.claim, contact.email or ""
        await Claim.filter(id=claim.id).update(
            name=contact.name or "", email=email, phone=contact.phone or "", revision=F("revision") + 1
        )
        await record_audit(who, "claim.contact_corrected", ("claim", claim.id))
        if email and email != claim.email:
            await _send_again(claim, f"contact-{claim.revision}")
    return await Claim.get(id=claim.id)


async def withdraw_link(secret: str, who: Principal) -> str:
    """End the link and give another; the code stays. Returns the new secret; whoever has an address gets it too."""
    async with transaction():
        held = await _lock(secret)
        number = held.claim.link_number + 1
        new_secret = manage_secret(held.claim.reference, number)
        await Claim.filter(id=held.claim.id).update(
            manage_digest=digest(new_secret), link_number=number, revision=F("revision") + 1
        )
        await record_audit(who, "claim.link_withdrawn", ("claim", held.claim.id))
        if held.claim.state == "live" and held.claim.email:
            await _send_again(held.claim, f"link-{number}")
    return new_secret


async def _send_again(claim: Claim, why: str) -> None:
    key = f"{CLAIM_CONFIRMED}:{claim.reference}:{why}"
    await enqueue(CLAIM_CONFIRMED, key, {"claim_id": claim.reference, "again": why})


async def transfer_claim(secret: str, new_holder: NewHolderForm, who: Principal) -> tuple[Claim, str]:
    """Pass a ticket on: the code and the link end at once; returns the claim and the new holder's secret."""
    signing = await get_signing_key()
    async with transaction():
        held = await _lock(secret)
        require_live(held.claim.state)
        require_unblocked(held.claim.blocked_at)
        number = held.claim.link_number + 1
        new_secret = manage_secret(held.claim.reference, number)
        await replace_ticket(held, "transferred", signing)
        await Claim.filter(id=held.claim.id).update(
            manage_digest=digest(new_secret), name=new_holder.name or "", email=new_holder.email or "", phone="",
            language=new_holder.language, link_number=number, person_digest="", facts=None, revision=F("revision") + 1,
        )  # fmt: skip
        await record_audit(who, "claim.transferred", ("claim", held.claim.id))
        if new_holder.email:
            key = f"{CLAIM_CONFIRMED}:{held.claim.reference}:{number}"
            await enqueue(CLAIM_CONFIRMED, key, {"claim_id": held.claim.reference})
    return await Claim.get(id=held.claim.id), new_secret


async def _lock(secret: str) -> Held:
    return await lock_claim(await get_claim_by_secret(secret))


async def lock_claim(claim: Claim) -> Held:
    """The claim and its offer under lock, the offer first; raises NotFound where it was passed on meanwhile."""
    offers = {offer.id: offer for offer in await lock_families([claim.offer_id])}
    locked = await Claim.filter(id=claim.id, manage_digest=claim.manage_digest).select_for_update().first()
    if locked is None:  # passed on while we waited
        raise NotFound
    return Held(locked, offers[claim.offer_id], tuple(offers))


async def end_ticket(claim: Claim, why: str) -> None:
    """End a claim's code."""
    await Ticket.filter(claim_id=claim.id, ended_at=None).update(ended_at=now(), ended_by=why)


async def replace_ticket(held: Held, why: str, signing: SigningPair) -> None:
    """End a claim's code, and give it a new one."""
    await end_ticket(held.claim, why)
    ticket_id, token = sign_ticket(held.offer, held.claim.party, signing)
    await Ticket.create(id=ticket_id, claim_id=held.claim.id, key_id=signing[0], token=token, issued_at=now())


async def move_held(held: Held, places: int) -> None:
    """Take more places, or give some back, by guarded statements; what is given back goes to the line first."""
    moved = await move_places({held.offer.id: (places, 0)})
    quota_id = held.offer.quota_id
    shared = await move_quotas({quota_id: places}) if quota_id is not None else None
    if not moved or shared == set():
        if places > 0:
            raise SoldOut(held.offer.places_left, None)
        raise Conflict
    if places < 0:
        for offer_id in sorted(held.family):
            await promote(offer_id, now())
