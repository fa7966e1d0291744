"""Reads: the places where something is on, and the spots of the city that somebody may name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from tortoise.expressions import Subquery

from events.models import Program, Venue
from events.nearby.rules import Spot, middle_of
from events.whats_on.queries import PUBLIC_STATES

_POSTCODE = re.compile(r"\b[A-Z]{2} (\d{5})\b")


async def list_places() -> list[Venue]:
    """The venues at which a public program takes place, by name."""
    used = Program.filter(state__in=PUBLIC_STATES).values("venue_id")
    return await Venue.filter(id__in=Subquery(used)).order_by("name")


def spot_of(venue: Venue) -> Spot | None:
    """Where a venue is, if anybody wrote it down."""
    if venue.latitude is None or venue.longitude is None:
        return None
    return Spot(venue.latitude, venue.longitude)


def located(venues: Sequence[Venue]) -> list[tuple[int, Spot]]:
    """The venues whose place on the map is known, by id."""
    return [(venue.id, spot) for venue in venues if (spot := spot_of(venue))]


def list_neighborhoods(venues: Sequence[Venue]) -> dict[str, Spot]:
    """Each neighbourhood that has a venue, and the middle of its venues."""
    found: dict[str, list[Spot]] = {}
    for venue in venues:
        spot = spot_of(venue)
        if venue.neighborhood and spot:
            found.setdefault(venue.neighborhood, []).append(spot)
    return {name: middle_of(spots) for name, spots in sorted(found.items())}


def list_postcodes(policy: Mapping[str, Any], venues: Sequence[Venue]) -> dict[str, Spot]:
    """The postcodes that the office wrote down, and those of the venues' own addresses."""
    found: dict[str, Spot] = {}
    for venue in venues:
        match, spot = _POSTCODE.search(venue.address), spot_of(venue)
        if match and spot:
            found[match[1]] = spot
    kept = cast(Mapping[str, Sequence[float]], policy.get("postcodes", {}))
    return {**found, **{code: Spot(*spot) for code, spot in kept.items()}}
