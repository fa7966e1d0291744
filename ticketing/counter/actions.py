"""Writes of the team over single claims. Each leaves a trace, and each has its way back."""

from __future__ import annotations

import secrets as random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tortoise.expressions import F

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.secrets import new_secret
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from ticketing.claim.actions import CLAIM_CONFIRMED, claim_places, claim_together, make_wish, manage_secret
from ticketing.claim.rules import Closed, SoldOut, Taken
from ticketing.delivery.keys import get_signing_key
from ticketing.holder.actions import cancel_claim, end_ticket, lock_claim, move_held, replace_ticket, resize_claim
from ticketing.holder.rules import Released, require_live
from ticketing.models import Claim
from ticketing.offers.rules import Availability, closed_words
from ticketing.offers.sql import lock_families, move_places, move_quotas
from ticketing.waitlist.actions import promote_family

if TYPE_CHECKING:
    from ticketing.claim.forms import PartyForm


class NotCancelled(Conflict):
    """There is nothing to restore."""

    code = "not_cancelled"
    message = N_("This claim was not cancelled.")


class OtherOccasion(Conflict):
    """Claims move only between offers of one date."""

    code = "other_occasion"
    message = N_("A claim can be moved only to another offer of the same date.")


async def get_claim(reference: str) -> Claim:
    """A claim by what people call it; raises NotFound."""
    claim = await Claim.get_or_none(reference=reference.lower())
    if claim is None:
        raise NotFound
    return claim


def secret_of(claim: Claim) -> str:
    """The secret of a claim's present link."""
    return manage_secret(claim.reference, claim.link_number)


async def claim_at_counter(offer_id: int, form: PartyForm, key: str, who: Principal) -> Taken:
    """Take places for somebody who stands at the counter, once for one key; private and early offers are open."""
    taken = await claim_places(offer_id, form, key, source="counter", by_staff=True)
    async with transaction():
        claim = await get_claim(taken.reference)
        await record_audit(who, "claim.made_at_counter", ("claim", claim.id), after={"party": taken.party})
    return taken


async def cancel_for(reference: str, who: Principal) -> Claim:
    """Give a claim's places back."""
    return await cancel_claim(secret_of(await get_claim(reference)), who)


async def resize_for(reference: str, party: int, who: Principal) -> Claim:
    """Change the number of people."""
    return await resize_claim(secret_of(await get_claim(reference)), party, who)


async def restore_claim(reference: str, who: Principal) -> Claim:
    """Undo a cancellation while its places are free: a new code, the same link. Raises NotCancelled or SoldOut."""
    signing = await get_signing_key()
    found = await get_claim(reference)
    async with transaction():
        held = await lock_claim(found)
        if held.claim.state != "cancelled":
            raise NotCancelled
        if held.claim.party > held.offer.places_left:
            raise SoldOut(held.offer.places_left, None)
        await Claim.filter(id=held.claim.id).update(
            state="live", cancelled_at=None, released=0, revision=F("revision") + 1
        )
        await move_held(held, held.claim.party)
        await replace_ticket(held, "restored", signing)
        await record_audit(who, "claim.restored", ("claim", held.claim.id), after={"party": held.claim.party})
        await _send_again(held.claim, "restored")
    return await get_claim(reference)


async def _send_again(claim: Claim, why: str) -> None:
    if claim.email:
        again = f"{why}-{claim.revision}-{random.token_hex(3)}"
        key = f"{CLAIM_CONFIRMED}:{claim.reference}:{again}"
        await enqueue(CLAIM_CONFIRMED, key, {"claim_id": claim.reference, "again": again})


async def resend_ticket(reference: str, who: Principal) -> None:
    """Send the ticket's letter once more."""
    claim = await get_claim(reference)
    async with transaction():
        await _send_again(claim, "resent")
        await record_audit(who, "claim.resent", ("claim", claim.id))


async def block_claim(reference: str, who: Principal) -> None:
    """End the code and keep the places, until the claim is let go; twice is the same."""
    found = await get_claim(reference)
    async with transaction():
        held = await lock_claim(found)
        require_live(held.claim.state)
        if held.claim.blocked_at is None:
            await Claim.filter(id=held.claim.id).update(blocked_at=now(), revision=F("revision") + 1)
            await end_ticket(held.claim, "blocked")
            await record_audit(who, "claim.blocked", ("claim", held.claim.id))


async def unblock_claim(reference: str, who: Principal) -> None:
    """Give a blocked claim a new code; twice is the same."""
    signing = await get_signing_key()
    found = await get_claim(reference)
    async with transaction():
        held = await lock_claim(found)
        require_live(held.claim.state)
        if held.claim.blocked_at is not None:
            await Claim.filter(id=held.claim.id).update(blocked_at=None, revision=F("revision") + 1)
            await replace_ticket(held, "blocked", signing)
            await record_audit(who, "claim.unblocked", ("claim", held.claim.id))


async def move_claim(reference: str, offer_id: int, who: Principal) -> int:
    """Move a party to another offer of the same date, such as a later slot; returns the offer it came from.

    The code is renewed: the old one names the old slot. Raises OtherOccasion, SoldOut, Closed or Released.
    """
    signing = await get_signing_key()
    found = await get_claim(reference)
    async with transaction():
        offers = {offer.id: offer for offer in await lock_families([found.offer_id, offer_id])}
        held = await lock_claim(found)
        require_live(held.claim.state)
        here, there = held.offer, offers.get(offer_id)
        if there is None or there.occurrence_id != here.occurrence_id:
            raise OtherOccasion
        if held.claim.released:
            raise Released
        if there.id == here.id:
            return here.id
        if there.state != "open":
            raise Closed(closed_words(Availability.CLOSED))
        party = held.claim.party
        if here.quota_id != there.quota_id and here.quota_id is not None:
            await move_quotas({here.quota_id: -party})
        moved = await move_places({here.id: (-party, 0)}) and await move_places({there.id: (party, 0)})
        if here.quota_id != there.quota_id and there.quota_id is not None and moved:
            moved = await move_quotas({there.quota_id: party})
        if not moved:
            raise SoldOut(there.places_left, None)
        blocked = held.claim.blocked_at is not None
        await Claim.filter(id=held.claim.id).update(offer_id=there.id, revision=F("revision") + 1)
        if not blocked:
            await replace_ticket(held.at(there), "moved", signing)
        facts = {"before": {"offer_id": here.id}, "after": {"offer_id": there.id}}
        await record_audit(who, "claim.moved", ("claim", held.claim.id), **facts)
        await promote_family(offers.values(), now())
        await _send_again(held.claim, "moved")
    return found.offer_id


async def import_guests(offer_id: int, forms: Sequence[PartyForm], batch: str, who: Principal) -> int:
    """Take places for a whole guest list or for nobody, once for one `batch`; returns how many parties.

    Raises what a single claim raises.
    """
    wishes = [
        make_wish(offer_id, form, f"guests:{batch}:{number}", source="import", by_staff=True)
        for number, form in enumerate(forms)
    ]
    async with transaction():
        taken = await claim_together(wishes)
        facts = {"parties": len(taken), "people": sum(form.party for form in forms)}
        await record_audit(who, "offer.guests_imported", ("offer", offer_id), after=facts)
    return len(taken)


def new_batch() -> str:
    """The name of one import, so that a form sent twice imports once."""
    return new_secret(9)
