"""Reads: parties by name, among the tickets that a gate takes today."""

from __future__ import annotations

from dataclasses import dataclass

from tortoise.expressions import Q

from ticketing.gate.queries import DevicePrincipal
from ticketing.gate.snapshot import list_offer_ids
from ticketing.lookup.rules import MOST_FOUND, mask_name, plain_reference
from ticketing.models import Claim


@dataclass(frozen=True)
class FoundParty:
    """A party as a volunteer sees it."""

    reference: str
    name: str
    party: int
    people_in: int


async def find_parties(device: DevicePrincipal, words: str) -> list[FoundParty]:
    """At most ten live parties of this gate's offers whose name has all the words, or whose reference it is."""
    wanted = Q(reference=reference) if (reference := plain_reference(words)) else Q()
    if not reference:
        for word in words.split()[:5]:
            wanted &= Q(name__icontains=word)
    claims = (
        await Claim.filter(wanted, offer_id__in=await list_offer_ids(device.gate), state="live", tickets__ended_at=None)
        .exclude(name="").order_by("name", "id").distinct().limit(MOST_FOUND)
    )  # fmt: skip
    return [FoundParty(claim.reference, mask_name(claim.name), claim.party, claim.people_in) for claim in claims]
