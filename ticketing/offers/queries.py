"""Reads: offers, and what, when and where they are for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from tortoise.expressions import Q
from tortoise.functions import Count, Sum
from tortoise.queryset import QuerySet

from events.models import Occurrence, Performance
from festival.kit.clock import now
from festival.kit.errors import BadRequest, NotFound
from festival.kit.i18n import current_language
from festival.kit.words import N_
from festival.organisation.queries import Texts, list_texts, list_texts_of
from ticketing.delivery.token import fingerprint
from ticketing.models import Claim, Offer, Ticket, WaitlistEntry
from ticketing.offers.rules import MOST_OFFER_ID, OfferFacts, is_public
from ticketing.offers.sql import list_offer_facts


@dataclass(frozen=True)
class Occasion:
    """What an offer is for, in the reader's language."""

    title: str
    slug: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    address: str
    # What tells the offer from others of the same date; "" where there is nothing to tell.
    offer_name: str = ""


async def get_offer(offer_id: int) -> OfferFacts:
    """The offer, of any program; raises NotFound."""
    found = await list_offer_facts([offer_id]) if offer_id <= MOST_OFFER_ID else []
    if not found:
        raise NotFound
    return found[0]


async def get_public_offer(offer_id: int) -> OfferFacts:
    """The offer, if visitors may know of it; raises NotFound."""
    offer = await get_offer(offer_id)
    if not is_public(offer, now()):
        raise NotFound
    return offer


async def list_offers_of(occurrence_id: int) -> list[OfferFacts]:
    """The offers of an occurrence in the reader's language, the general one first."""
    found = await list_offer_facts([occurrence_id], by="o.occurrence_id")
    if any(offer.name for offer in found):
        texts = await list_texts("offer", [offer.id for offer in found], current_language())
        found = [replace(offer, name=texts.get((offer.id, "name"), offer.name)) for offer in found]
    return sorted(found, key=lambda offer: (offer.act_id is not None, offer.id))


async def get_occasion(offer: OfferFacts) -> Occasion:
    """What, when and where: the act on its stage where the offer is for one, the occurrence otherwise."""
    occurrence = await Occurrence.get(id=offer.occurrence_id).prefetch_related("program__venue", "venue")
    program = occurrence.program
    venue = occurrence.venue or program.venue
    if offer.act_id is not None:
        act = await Performance.get_or_none(act_id=offer.act_id, plan__state="published").prefetch_related(
            "act", "stage"
        )
        if act:
            texts = await list_texts_of({"act": [offer.act_id], "offer": [offer.id]}, current_language())
            title = texts["act"].get((offer.act_id, "title"), act.act.title)
            return Occasion(
                title, program.slug, act.starts_at, act.ends_at, act.stage.name, venue.address,
                _name(offer, texts["offer"], title, act.act.title),
            )  # fmt: skip
    texts = await list_texts_of({"program": [program.id], "offer": [offer.id], "venue": [venue.id]}, current_language())
    title = occurrence.title or texts["program"].get((program.id, "title"), program.title)
    return Occasion(
        title, program.slug, occurrence.starts_at, occurrence.ends_at,
        texts["venue"].get((venue.id, "name"), venue.name), venue.address,
        _name(offer, texts["offer"], title, program.title),
    )  # fmt: skip


def _name(offer: OfferFacts, texts: Texts, *titles: str) -> str:
    return "" if offer.name in titles else texts.get((offer.id, "name"), offer.name)


PAGE_SIZE = 200


@dataclass(frozen=True)
class ClaimRow:
    """One party of an offer: a claim, or an entry of its waitlist with its position."""

    id: str
    party: int
    state: str
    people_in: int
    token_fingerprint: str | None = None
    position: int | None = None
    name: str = ""
    email: str = ""
    created_at: dt.datetime | None = None


async def list_claims(offer_id: int, cursor: str = "", size: int = PAGE_SIZE) -> tuple[list[ClaimRow], str | None]:
    """A page of an offer's parties, claims before waitlist entries, and the cursor of the next page.

    Raises BadRequest on a cursor that we did not make. At most four queries a page, whatever its size.
    """
    kind, _, last = cursor.partition(".")
    if cursor and (kind not in {"c", "w"} or not last.isdigit() or int(last) >= 2**63):
        raise BadRequest(N_("This cursor is not one of ours. Start again without it."))
    after = int(last or 0)
    found: list[ClaimRow] = []
    if kind in {"", "c"}:
        claims = await Claim.filter(offer_id=offer_id, id__gt=after).order_by("id").limit(size + 1)
        found = await _claim_rows(claims[:size])
        if len(claims) > size:
            return found, f"c.{claims[size - 1].id}"
        after = 0
    room = size - len(found)
    entries = await _entries_of(offer_id).filter(sequence__gt=after).order_by("sequence").limit(room + 1)
    rows = [*found, *await _entry_rows(offer_id, entries[:room])]
    if len(entries) <= room:
        return rows, None
    return rows, f"w.{entries[room - 1].sequence if room else 0}"


def _entries_of(offer_id: int) -> QuerySet[WaitlistEntry]:
    # An entry that became a claim is listed as that claim.
    return WaitlistEntry.filter(offer_id=offer_id, state__not="claimed")


async def _claim_rows(claims: Sequence[Claim]) -> list[ClaimRow]:
    tickets = await Ticket.filter(claim_id__in=[claim.id for claim in claims], ended_at=None) if claims else []
    codes = {ticket.claim_id: fingerprint(ticket.token) for ticket in tickets}
    return [
        ClaimRow(
            claim.reference, claim.party, claim.state, claim.people_in, codes.get(claim.id), None, claim.name,
            claim.email, claim.created_at,
        )
        for claim in claims
    ]  # fmt: skip


async def _entry_rows(offer_id: int, entries: Sequence[WaitlistEntry]) -> list[ClaimRow]:
    before = await WaitlistEntry.filter(
        offer_id=offer_id, state="waiting", sequence__lt=entries[0].sequence if entries else 0
    ).count()
    rows: list[ClaimRow] = []
    for entry in entries:
        waiting = entry.state == "waiting"
        before += waiting
        state = entry.state if entry.state in {"waiting", "offered"} else "cancelled"
        rows.append(
            ClaimRow(
                entry.reference, entry.party, state, 0, None, before if waiting else None, entry.name, entry.email,
                entry.created_at,
            )
        )  # fmt: skip
    return rows


SEARCH_SIZE = 50


async def search_claims(offer_id: int, words: str, page: int) -> tuple[list[ClaimRow], bool]:
    """A page of an offer's claims, newest first, by name, address or reference; and whether more follow."""
    found = Claim.filter(offer_id=offer_id)
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(email__icontains=words) | Q(reference__startswith=words.lower())
        )
    claims = await found.order_by("-id").offset((page - 1) * SEARCH_SIZE).limit(SEARCH_SIZE + 1)
    return await _claim_rows(claims[:SEARCH_SIZE]), len(claims) > SEARCH_SIZE


@dataclass(frozen=True)
class OfferTotals:
    """What staff see of an offer at a glance; `seen` counts people who ever came in."""

    parties: int
    inside: int
    seen: int
    waiting: int


async def get_totals(offer_id: int) -> OfferTotals:
    """Counted from the rows."""
    sums = await Claim.filter(offer_id=offer_id, state="live").annotate(
        parties=Count("id"), inside=Sum("people_in"), seen=Sum("people_seen")
    ).values("parties", "inside", "seen")  # fmt: skip
    found = cast(list[dict[str, int | None]], sums)[0]
    waiting = await WaitlistEntry.filter(offer_id=offer_id, state__in=["waiting", "offered"]).count()
    return OfferTotals(found["parties"] or 0, found["inside"] or 0, found["seen"] or 0, waiting)


@dataclass(frozen=True)
class OfferRow:
    """One offer in the staff's list."""

    id: int
    title: str
    starts_at: dt.datetime
    claimed: int
    capacity: int


async def list_coming_offers(words: str, page: int) -> tuple[list[OfferRow], bool]:
    """Offers that can still be used, soonest first, by the words in their title; and whether more follow."""
    found = Offer.filter(valid_until__gte=now())
    if words:
        found = found.filter(
            Q(occurrence__program__title__icontains=words) | Q(act__title__icontains=words) | Q(name__icontains=words)
        )
    rows = (
        await found.order_by("valid_from", "id")
        .offset((page - 1) * SEARCH_SIZE)
        .limit(SEARCH_SIZE + 1)
        .prefetch_related("occurrence__program", "act")
    )
    return [
        OfferRow(
            row.id, row.act.title if row.act else row.occurrence.title or row.occurrence.program.title,
            row.occurrence.starts_at, row.claimed, row.capacity,
        )
        for row in rows[:SEARCH_SIZE]
    ], len(rows) > SEARCH_SIZE  # fmt: skip


async def get_start(offer: OfferFacts) -> dt.datetime:
    """When what the offer is for begins; for an arrival slot, when the slot does."""
    return offer.valid_from if offer.slot else (await get_occasion(offer)).starts_at
