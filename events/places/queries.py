"""Reads: places and festivals as their organizer sees them; a fixed number of queries each."""

from __future__ import annotations

from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.functions import Count

from events.models import Festival, Gate, Program, Stage, Venue, Zone
from festival.kit.errors import NotFound
from festival.organisation.models import AuditEntry


@dataclass(frozen=True)
class PlaceRow:
    """A venue in the list, and how many programs are at home there."""

    venue: Venue
    programs: int


async def list_places() -> list[PlaceRow]:
    """Every venue by name. Two queries."""
    rows = await Program.exclude(state="archived").annotate(n=Count("id")).group_by("venue_id").values("venue_id", "n")
    counted = {int(row["venue_id"]): int(row["n"]) for row in rows}
    return [PlaceRow(venue, counted.get(venue.id, 0)) for venue in await Venue.all().order_by("name", "id")]


async def get_venue(slug: str) -> Venue:
    """The venue at `slug`; raises NotFound."""
    found = await Venue.get_or_none(slug=slug)
    if found is None:
        raise NotFound
    return found


async def list_zones(venue: Venue) -> list[tuple[Zone, list[Gate]]]:
    """The zones of a venue with their gates. Two queries."""
    zones = await Zone.filter(venue_id=venue.id).order_by("id")
    gates = await Gate.filter(zone__venue_id=venue.id).order_by("position", "id")
    return [(zone, [gate for gate in gates if gate.zone_id == zone.id]) for zone in zones]


async def list_festivals() -> list[Festival]:
    """Every edition, the latest first."""
    return await Festival.all().select_related("venue").order_by("-starts_at", "id")


async def get_festival(slug: str, *, lock: bool = False) -> Festival:
    """The festival at `slug` with its venue; raises NotFound."""
    if lock:
        await Festival.filter(slug=slug).select_for_update().only("id")
    found = await Festival.get_or_none(slug=slug).select_related("venue")
    if found is None:
        raise NotFound
    return found


async def list_stages(festival: Festival) -> list[Stage]:
    """The stages of a festival with their hours. Two queries."""
    return await Stage.filter(festival_id=festival.id).prefetch_related("windows").order_by("position", "id")


async def list_removed() -> list[AuditEntry]:
    """What was last removed of places and festivals."""
    return await AuditEntry.filter(action="place.removed").order_by("-id").limit(5)


async def list_trail(*subjects: tuple[str, int]) -> list[AuditEntry]:
    """What was last done to any of these objects (kind, id)."""
    about = Q(*(Q(object_kind=kind, object_id=number) for kind, number in subjects), join_type="OR")
    return await AuditEntry.filter(about).order_by("-id").limit(30)
