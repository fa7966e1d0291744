"""Reads: who came to an occurrence, and who is inside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tortoise.functions import Count, Sum

from events.models import Gate, Occurrence, Zone
from festival.kit.clock import now
from festival.kit.errors import NotFound
from ticketing.attendance.rules import Arrivals, forecast_arrivals, group_arrivals
from ticketing.models import Claim, Offer, Scan
from ticketing.scan.sql import count_inside_today


@dataclass(frozen=True)
class ZoneNow:
    """A zone, who is in it, and the fire limit if it has one."""

    id: int
    name: str
    inside: int
    fire_limit: int | None

    @property
    def share(self) -> int:
        """How full it is, in percent of its limit; 0 without one."""
        return self.inside * 100 // self.fire_limit if self.fire_limit else 0


@dataclass(frozen=True)
class Release:
    """Places of an offer that go to the door, since nobody came for them: when, how many, whether they have gone."""

    name: str
    at: dt.datetime
    places: int
    done: bool


@dataclass(frozen=True)
class Attendance:
    """An occurrence as the gates see it now. `expected` are its places, `claimed` those with a ticket."""

    occurrence: Occurrence
    expected: int
    claimed: int
    arrived: int
    inside: int
    arrivals: Sequence[Arrivals]
    gates: Sequence[Gate]
    zones: Sequence[ZoneNow]
    refusals: Mapping[str, int]
    # Not settled yet.
    conflicts: int
    # How many will have come in the end, as it looks now.
    forecast: int
    releases: Sequence[Release]

    @property
    def no_show_percent(self) -> int:
        """The part of the ticket holders who will not come, as it looks now."""
        return 100 - round(self.forecast * 100 / self.claimed) if self.claimed else 0


async def get_attendance(occurrence_id: int) -> Attendance:
    """The live figures of an occurrence; raises NotFound."""
    occurrence = await Occurrence.get_or_none(id=occurrence_id).select_related("program", "venue")
    if occurrence is None:
        raise NotFound
    claims = (
        await Claim.filter(offer__occurrence_id=occurrence.id, state="live")
        .annotate(claimed=Sum("party"), arrived=Sum("people_seen"), inside=Sum("people_in"))
        .group_by("offer__occurrence_id").values("claimed", "arrived", "inside")
    )  # fmt: skip
    totals = claims[0] if claims else {"claimed": 0, "arrived": 0, "inside": 0}
    offers = await Offer.filter(occurrence_id=occurrence.id)
    entries = await Scan.filter(occurrence_id=occurrence.id, direction="in", counted__gt=0).values_list(
        "trusted_at", "gate_id", "counted", "left_people"
    )
    # Whoever came over from another zone arrived before.
    arrivals = group_arrivals((at, gate, counted - left) for at, gate, counted, left in entries if counted > left)
    refused = (
        await Scan.filter(occurrence_id=occurrence.id, outcome="refused").annotate(times=Count("id")).group_by("code")
        .order_by("-times").values("code", "times")
    )  # fmt: skip
    return Attendance(
        occurrence,
        sum(offer.capacity for offer in offers),
        totals["claimed"],
        totals["arrived"],
        totals["inside"],
        arrivals,
        await Gate.filter(id__in={one.gate_id for one in arrivals}).order_by("position", "id"),
        await _zones(occurrence),
        {row["code"]: row["times"] for row in refused},
        await Scan.filter(occurrence_id=occurrence.id, settled_at=None).exclude(conflict="").count(),
        _forecast(occurrence, offers, totals["claimed"], totals["arrived"]),
        await _releases(occurrence, offers),
    )  # fmt: skip


def _forecast(occurrence: Occurrence, offers: Sequence[Offer], claimed: int, arrived: int) -> int:
    told = [offer.no_show_percent for offer in offers if offer.no_show_percent is not None]
    part = (now() - occurrence.starts_at) / max(occurrence.ends_at - occurrence.starts_at, dt.timedelta(minutes=1))
    return forecast_arrivals(claimed, arrived, part, round(sum(told) / len(told)) if told else None)


async def _releases(occurrence: Occurrence, offers: Sequence[Offer]) -> list[Release]:
    releasing = [offer for offer in offers if offer.release_minutes is not None]
    if not releasing:
        return []
    waiting = {
        row["offer_id"]: row["taken"] - row["seen"]
        for row in await Claim.filter(offer_id__in=[offer.id for offer in releasing], state="live")
        .annotate(taken=Sum("party"), seen=Sum("people_seen")).group_by("offer_id").values("offer_id", "taken", "seen")
    }  # fmt: skip
    return [
        Release(
            str(offer.name), occurrence.starts_at + dt.timedelta(minutes=offer.release_minutes or 0),
            offer.door if offer.released_at else waiting.get(offer.id, 0), offer.released_at is not None,
        )
        for offer in releasing
    ]  # fmt: skip


async def _zones(occurrence: Occurrence) -> list[ZoneNow]:
    venue_id = occurrence.venue_id or occurrence.program.venue_id
    zones = await Zone.filter(venue_id=venue_id).order_by("id")
    inside = await count_inside_today([zone.id for zone in zones])
    return [ZoneNow(zone.id, zone.name, inside[zone.id], zone.fire_limit) for zone in zones]
