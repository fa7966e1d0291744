"""Reads: what an offer's pages of making and changing show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from tortoise.functions import Avg

from events.models import Occurrence
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.organisation.models import AuditEntry
from ticketing.models import Claim, Offer, OfferQuestion, Quota
from ticketing.planning.drawing import Plot, draw_risks
from ticketing.planning.rules import chance_of_exceeding, largest_bearable, list_risks

OFFER_CHANGED = "offer.changed"
MOST_SHOWN = 40
_USUAL_PARTY = 2.5


@dataclass(frozen=True)
class Overbooking:
    """The risk as it stands: the chance at the present cap, the largest cap that a city can answer for, the plot."""

    chance: float
    bearable: int
    mean_party: float
    plot: Plot


async def get_overbooking(offer: Offer) -> Overbooking | None:
    """None until the fire limit and the share that stays away are written down."""
    if not offer.fire_limit or offer.no_show_percent is None:
        return None
    no_show = offer.no_show_percent / 100
    rows = await Claim.filter(offer_id=offer.id, state="live").annotate(mean=Avg("party")).values("mean")
    party = float(cast(float | None, rows[0]["mean"]) or _USUAL_PARTY)
    bearable = largest_bearable(offer.fire_limit, no_show, party)
    plot = draw_risks(list_risks(offer.fire_limit, no_show, party), offer.capacity, bearable)
    chance = chance_of_exceeding(offer.capacity, offer.fire_limit, no_show, party)
    return Overbooking(chance, bearable, party, plot)


async def list_questions(offer_id: int) -> list[OfferQuestion]:
    """An offer's own questions, in order."""
    return await OfferQuestion.filter(offer_id=offer_id).order_by("position", "id")


async def list_quotas(offer: Offer) -> list[tuple[str, str]]:
    """Quotas that the offer can share: those of its occurrence's offers, and its own."""
    ids = await Offer.filter(occurrence_id=offer.occurrence_id, quota_id__isnull=False).values_list(
        "quota_id", flat=True
    )
    quotas = await Quota.filter(id__in=[int(id) for id in ids]).order_by("id")  # pyright: ignore
    return [(str(quota.id), f"{quota.name} ({quota.claimed}/{quota.capacity})") for quota in quotas]


async def find_last_change(offer_id: int) -> AuditEntry | None:
    """The latest change of an offer, which can be undone."""
    return (
        await AuditEntry.filter(action=OFFER_CHANGED, object_kind="offer", object_id=offer_id).order_by("-id").first()
    )


async def list_coming_occurrences(words: str) -> list[Occurrence]:
    """Coming dates by the words in their title, soonest first."""
    found = Occurrence.filter(ends_at__gt=now(), state="scheduled")
    if words:
        found = found.filter(program__title__icontains=words)
    return await found.order_by("starts_at", "id").limit(MOST_SHOWN).select_related("program")


async def get_occurrence(occurrence_id: int) -> Occurrence:
    """A date with its program; raises NotFound."""
    found = await Occurrence.get_or_none(id=occurrence_id).select_related("program") if occurrence_id < 2**63 else None
    if found is None:
        raise NotFound
    return found
