"""Reads of the team over claims."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from tortoise.expressions import Q

from festival.settings import settings
from ticketing.asking.queries import get_asks
from ticketing.models import Claim
from ticketing.offers.queries import Occasion, get_occasion, get_offer, list_offers_of
from ticketing.offers.rules import OfferFacts

MOST_FOUND = 50
_BATCH = 1000


@dataclass(frozen=True)
class Found:
    """A claim, and what it is for."""

    claim: Claim
    occasion: Occasion


async def find_claims(words: str) -> list[Found]:
    """Claims by name, e-mail, phone or reference, newest first."""
    if len(words) < 2:
        return []
    names = Q(name__icontains=words) | Q(email__icontains=words) | Q(phone__icontains=words)
    claims = await Claim.filter(names | Q(reference__startswith=words.lower())).order_by("-id").limit(MOST_FOUND)
    occasions = {id: await get_occasion(await get_offer(id)) for id in {claim.offer_id for claim in claims}}
    return [Found(claim, occasions[claim.offer_id]) for claim in claims]


async def list_targets(offer: OfferFacts) -> list[OfferFacts]:
    """The other offers of the same date, to which a claim can be moved."""
    return [other for other in await list_offers_of(offer.occurrence_id) if other.id != offer.id]


async def export_claims(offer_id: int) -> tuple[list[str], list[Sequence[object]]]:
    """Columns and rows of every claim of an offer, with what its form asked."""
    offer = await get_offer(offer_id)
    asks = await get_asks(offer.id)
    columns = ["reference", "state", "party", "people_in", "name", "email", "phone", "language", "source", "created"]
    columns += [*asks.age_bands, *(["languages"] if asks.languages else []), *(["access"] if asks.access else [])]
    columns += [question.label for question in asks.questions]
    rows: list[Sequence[object]] = []
    async for claim in _all_claims(offer_id):
        facts = claim.facts or {}
        row: list[object] = [
            claim.reference, "blocked" if claim.blocked_at else claim.state, claim.party, claim.people_in, claim.name,
            claim.email, claim.phone, claim.language, claim.source, claim.created_at.astimezone(settings().zone),
        ]  # fmt: skip
        row += [facts.get("bands", {}).get(band, 0) for band in asks.age_bands]
        row += [" ".join(facts.get("languages", ()))] if asks.languages else []
        row += [" ".join(facts.get("access", ()))] if asks.access else []
        row += [" / ".join(facts.get("answers", {}).get(str(question.id), ())) for question in asks.questions]
        rows.append(row)
    return columns, rows


async def _all_claims(offer_id: int) -> AsyncIterator[Claim]:
    last = 0
    while claims := await Claim.filter(offer_id=offer_id, id__gt=last).order_by("id").limit(_BATCH):
        for claim in claims:
            yield claim
        last = claims[-1].id
