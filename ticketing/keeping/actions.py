"""Writes: names and addresses erased, at the holder's wish or when their time is over; counts stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from festival.database import transaction
from festival.jobs.models import Job
from festival.kit.clock import now
from festival.kit.web.access import NOBODY, Principal
from festival.mail.actions import erase_mails
from festival.organisation.actions import record_audit
from ticketing.holder.lost import LOST_TICKET
from ticketing.holder.queries import get_claim_by_secret
from ticketing.keeping.rules import bare_facts, is_over
from ticketing.models import Claim, ClaimWish, Offer, WaitlistEntry

_BATCH = 500
_MOST_BATCHES = 10
_NOTHING = {"name": "", "email": "", "phone": "", "person_digest": "", "household_digest": ""}


async def erase_holder(secret: str, who: Principal) -> Claim:
    """Erase who holds a ticket, at the holder's own wish. The ticket stays good, and is counted. Raises NotFound."""
    claim = await get_claim_by_secret(secret)
    async with transaction():
        await _erase([claim])
        await record_audit(who, "claim.erased", ("claim", claim.id))
    return await Claim.get(id=claim.id)


async def _erase(claims: Sequence[Claim]) -> None:
    at = now()
    ids = [claim.id for claim in claims]
    for claim in claims:
        if claim.facts:
            await Claim.filter(id=claim.id).update(facts=bare_facts(claim.facts))
    await Claim.filter(id__in=ids).update(**_NOTHING, erased_at=at)
    entries = await WaitlistEntry.filter(claim_id__in=ids)
    await _erase_entries(entries, at)
    about = {"claim": ids, "waitlist_entry": [entry.id for entry in entries]}
    await erase_mails(about, [claim.reference for claim in claims])


async def _erase_entries(entries: Sequence[WaitlistEntry], at: dt.datetime) -> None:
    ids = [entry.id for entry in entries]
    await WaitlistEntry.filter(id__in=ids).update(**_NOTHING, facts=None, erased_at=at)


async def erase_what_is_over() -> int:
    """Erase the names and addresses of offers whose time of keeping is over; returns how many claims.

    A run does a bounded part; the next one goes on. What is erased once is not looked at again.
    """
    at, erased = now(), 0
    await Job.filter(kind=LOST_TICKET, state__in=["done", "dead"]).delete()
    await ClaimWish.filter(expires_at__lt=at).delete()
    ended = Offer.filter(valid_until__lt=at)
    keeping = await ended.filter(claims__erased_at=None).distinct()
    waiting = await ended.filter(entries__erased_at=None).distinct()
    offers = {offer.id: offer for offer in [*keeping, *waiting] if is_over(offer.valid_until, offer.keep_days, at)}
    for offer_id in sorted(offers):
        for _ in range(_MOST_BATCHES):
            claims = await Claim.filter(offer_id=offer_id, erased_at=None).order_by("id").limit(_BATCH)
            entries = await WaitlistEntry.filter(offer_id=offer_id, erased_at=None).order_by("id").limit(_BATCH)
            if not claims and not entries:
                break
            async with transaction():
                await _erase(claims)
                await _erase_entries(entries, at)
                await erase_mails({"waitlist_entry": [entry.id for entry in entries]})
                counts = {"claims": len(claims), "entries": len(entries)}
                await record_audit(NOBODY, "offer.names_erased", ("offer", offer_id), after=counts)
            erased += len(claims)
    return erased
