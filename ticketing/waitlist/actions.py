"""Writes: joining the line, offering freed places in its order, saying yes, leaving, running out of time.

Offers are locked before entries and claims, in the order of id, everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tortoise.expressions import F

from festival.database import transaction
from festival.jobs.actions import enqueue_all
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound, Refusal
from festival.kit.grouping import Grouping
from festival.kit.secrets import digest
from ticketing.claim.actions import keep_claims, make_claim, manage_secret, new_reference
from ticketing.claim.rules import IdempotencyMismatch, Wish, party_too_large
from ticketing.delivery.keys import get_signing_key
from ticketing.models import Claim, Offer, WaitlistEntry
from ticketing.offers.queries import get_start
from ticketing.offers.rules import MOST_OFFER_ID, OfferFacts, is_on, is_public
from ticketing.offers.sql import list_offer_facts, lock_families, move_places, move_quotas
from ticketing.waitlist.queries import entry_secret, get_entry_by_secret
from ticketing.waitlist.rules import InLine, NoWaitlist, choose, hold_until, may_offer, require_offered

WAITLIST_JOINED = "ticketing.waitlist_joined"
WAITLIST_OFFERED = "ticketing.waitlist_offered"
WAITLIST_EXPIRED = "ticketing.waitlist_expired"


@dataclass(frozen=True)
class Ask:
    """One party's wish to stand in line; `digest` names its details, `key` its one outcome."""

    offer_id: int
    party: int
    name: str
    email: str
    phone: str
    language: str
    key: str
    digest: str
    at: dt.datetime
    door_text: bool = False
    facts: dict[str, Any] | None = None
    reference: str = field(default_factory=new_reference)


@dataclass(frozen=True)
class Joined:
    """A place in line, as its holder first hears of it; position 0 says that places are offered already."""

    reference: str
    position: int


async def join_waitlist(ask: Ask) -> Joined:
    """Stand at the end of the line, once for one key; raises NotFound, NoWaitlist, Invalid or IdempotencyMismatch.

    Where places are free that fit, they are offered at once.
    """
    if ask.offer_id > MOST_OFFER_ID:
        raise NotFound
    return await _groups.submit(ask)


async def _join_group(asks: list[Ask]) -> Sequence[Joined | Exception]:
    async with transaction():
        offers = {offer.id: offer for offer in await lock_families(ask.offer_id for ask in asks)}
        before = await WaitlistEntry.filter(
            offer_id__in=list(offers), idempotency_key__in=[ask.key for ask in asks]
        ).all()
        known = {(entry.offer_id, entry.idempotency_key): (entry.reference, entry.request_digest) for entry in before}
        starts = {ask.offer_id: await get_start(offers[ask.offer_id]) for ask in asks if ask.offer_id in offers}
        outcomes: list[str | Exception] = []
        fresh: list[Ask] = []
        for ask in asks:
            name = (ask.offer_id, ask.key)
            try:
                if name not in known:
                    _require_joinable(offers.get(ask.offer_id), starts.get(ask.offer_id), ask)
                    known[name] = (ask.reference, ask.digest)
                    fresh.append(ask)
                if known[name][1] != ask.digest:
                    raise IdempotencyMismatch
                outcomes.append(known[name][0])
            except Refusal as refusal:
                outcomes.append(refusal)
        await _keep_entries(fresh)
        for offer_id in sorted({ask.offer_id for ask in fresh}):
            await promote(offer_id, asks[0].at)
        positions = await _positions([outcome for outcome in outcomes if isinstance(outcome, str)])
    return [Joined(one, positions.get(one, 0)) if isinstance(one, str) else one for one in outcomes]


def _require_joinable(offer: OfferFacts | None, starts_at: dt.datetime | None, ask: Ask) -> None:
    if offer is None or starts_at is None or not is_public(offer, ask.at):
        raise NotFound
    early = offer.opens_at is not None and ask.at < offer.opens_at
    if not offer.waitlist or early or not is_on(offer) or not may_offer(ask.at, starts_at):
        raise NoWaitlist
    if ask.party > offer.party_most:
        raise party_too_large(offer.party_most)


async def _keep_entries(asks: Sequence[Ask]) -> None:
    counts = Counter(ask.offer_id for ask in asks)
    last = dict[int, int]()
    for offer_id, count in sorted(counts.items()):
        await Offer.filter(id=offer_id).update(waitlist_sequence=F("waitlist_sequence") + count)
        last[offer_id] = (await Offer.get(id=offer_id)).waitlist_sequence - count
    entries: list[WaitlistEntry] = []
    for ask in asks:
        last[ask.offer_id] += 1
        entries.append(
            WaitlistEntry(
                offer_id=ask.offer_id, reference=ask.reference, manage_digest=digest(entry_secret(ask.reference)),
                sequence=last[ask.offer_id], party=ask.party, name=ask.name, email=ask.email, phone=ask.phone,
                language=ask.language, door_text=ask.door_text, facts=ask.facts, idempotency_key=ask.key,
                request_digest=ask.digest, created_at=ask.at,
            )
        )  # fmt: skip
    if entries:
        await WaitlistEntry.bulk_create(entries)
        await _write_letters(WAITLIST_JOINED, [entry for entry in entries if entry.email])


async def _write_letters(kind: str, entries: Iterable[WaitlistEntry]) -> None:
    letters = [(kind, f"{kind}:{entry.reference}", {"entry_id": entry.reference}) for entry in entries]
    if letters:
        await enqueue_all(letters)


async def _positions(references: Sequence[str]) -> dict[str, int]:
    """The positions of those that wait, from 1."""
    found: dict[str, int] = {}
    lines: defaultdict[int, list[WaitlistEntry]] = defaultdict(list)
    for entry in await WaitlistEntry.filter(reference__in=list(references), state="waiting").order_by("sequence"):
        lines[entry.offer_id].append(entry)
    for offer_id, entries in lines.items():
        first, last = entries[0].sequence, entries[-1].sequence
        waiting = WaitlistEntry.filter(offer_id=offer_id, state="waiting")
        ahead = await waiting.filter(sequence__lt=first).count()
        between = await waiting.filter(sequence__gte=first, sequence__lte=last).order_by("sequence").values_list(
            "reference", flat=True
        )  # fmt: skip
        turns = {str(reference): ahead + turn for turn, reference in enumerate(between, 1)}
        found |= {entry.reference: turns[entry.reference] for entry in entries}
    return found


# ---------------------------------------------------------------- places that came free


async def promote_family(offers: Iterable[OfferFacts], at: dt.datetime) -> None:
    """Offer what is free in each of these offers, which the caller's transaction holds locked."""
    for offer_id in sorted(offer.id for offer in offers):
        await promote(offer_id, at)


async def promote(offer_id: int, at: dt.datetime) -> int:
    """Offer an offer's free places to its line, in order; returns how many parties got some.

    Call it in the transaction that made places free, with the offer locked: nobody then comes between.
    """
    offer = (await list_offer_facts([offer_id], lock=True))[0]
    early = offer.opens_at is not None and at < offer.opens_at
    if not offer.places_left or not is_on(offer) or early:
        return 0
    waiting = WaitlistEntry.filter(offer_id=offer.id, state="waiting", party__lte=offer.places_left)
    line = await waiting.order_by("sequence").limit(offer.places_left)
    if not line:
        return 0
    starts_at = await get_start(offer)
    if not may_offer(at, starts_at):
        return 0
    chosen = {entry.id for entry in choose([InLine(e.id, e.sequence, e.party) for e in line], offer.places_left)}
    lucky = [entry for entry in line if entry.id in chosen]
    await _hold(offer, sum(entry.party for entry in lucky))
    await WaitlistEntry.filter(id__in=list(chosen)).update(state="offered", offered_until=hold_until(at, starts_at))
    await _write_letters(WAITLIST_OFFERED, [entry for entry in lucky if entry.email or entry.phone])
    return len(lucky)


async def _hold(offer: OfferFacts, places: int) -> None:
    """Hold places of an offer, or let them go, by guarded statements."""
    moved = await move_places({offer.id: (0, places)})
    if not moved or (offer.quota_id is not None and not await move_quotas({offer.quota_id: places})):
        raise Conflict


async def accept_offer(secret: str) -> str:
    """Take the places that are held for a party; returns the secret of its ticket. Twice is the same.

    Raises NotFound, or OfferOver where the time is over.
    """
    signing = await get_signing_key()
    found = await get_entry_by_secret(secret)
    async with transaction():
        offers = {offer.id: offer for offer in await list_offer_facts([found.offer_id], lock=True)}
        entry = await WaitlistEntry.filter(id=found.id).select_for_update().get()
        if entry.state == "claimed" and entry.claim_id:
            claim = await Claim.get(id=entry.claim_id)
            return manage_secret(claim.reference, claim.link_number)
        at = now()
        require_offered(entry.state, entry.offered_until, at)
        wish = Wish(
            entry.offer_id, entry.party, entry.name, entry.email, entry.language, "waitlist",
            f"waitlist:{entry.reference}", entry.request_digest, at, phone=entry.phone, facts=entry.facts,
            person=entry.person_digest, household=entry.household_digest,
        )  # fmt: skip
        new = make_claim(wish, offers[entry.offer_id], signing)
        if not await move_places({entry.offer_id: (entry.party, -entry.party)}):
            raise Conflict
        await keep_claims([new])
        claim = await Claim.get(reference=new.reference)
        await WaitlistEntry.filter(id=entry.id).update(state="claimed", claim_id=claim.id, offered_until=None)
    return manage_secret(new.reference)


async def leave_waitlist(secret: str) -> WaitlistEntry:
    """Leave the line, or give back what is offered, which goes to the next in line. Twice is the same."""
    found = await get_entry_by_secret(secret)
    async with transaction():
        offers = {offer.id: offer for offer in await lock_families([found.offer_id])}
        entry = await WaitlistEntry.filter(id=found.id).select_for_update().get()
        if entry.state in {"waiting", "offered"}:
            await WaitlistEntry.filter(id=entry.id).update(state="left", offered_until=None)
            if entry.state == "offered":
                await _hold(offers[entry.offer_id], -entry.party)
                await promote_family(offers.values(), now())
    return await WaitlistEntry.get(id=found.id)


# ---------------------------------------------------------------- by the clock


async def expire_held(offer_id: int, at: dt.datetime) -> int:
    """Take back what was held for parties whose time is over, and offer it to the next; returns how many."""
    async with transaction():
        offers = {offer.id: offer for offer in await lock_families([offer_id])}
        due = await WaitlistEntry.filter(offer_id=offer_id, state="offered", offered_until__lte=at)
        if due:
            await WaitlistEntry.filter(id__in=[entry.id for entry in due]).update(state="expired")
            await _hold(offers[offer_id], -sum(entry.party for entry in due))
            await _write_letters(WAITLIST_EXPIRED, [entry for entry in due if entry.email])
            await promote_family(offers.values(), at)
    return len(due)


async def promote_free(offer_id: int, at: dt.datetime) -> None:
    """Offer what is free, whatever made it so: a larger capacity, a shared quota, a start that was moved."""
    async with transaction():
        await promote_family(await lock_families([offer_id]), at)


_groups: Grouping[Ask, Joined] = Grouping(_join_group)
