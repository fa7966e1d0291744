"""Pure: distances in the city, what a typed neighbourhood or postcode means, and places drawn on a flat map."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

NEAR_KM = 4.0
_EARTH_KM = 6371.0
_SPACES = re.compile(r"[\W_]+")


class Spot(NamedTuple):
    """A point of the earth, in degrees."""

    latitude: float
    longitude: float


def kilometres(one: Spot, other: Spot) -> float:
    """The distance over the ground (haversine)."""
    north, east = math.radians(other.latitude - one.latitude), math.radians(other.longitude - one.longitude)
    across = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    chord = math.sin(north / 2) ** 2 + across * math.sin(east / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(chord))


def middle_of(spots: Sequence[Spot]) -> Spot:
    """The middle of some spots, of which there is at least one."""
    return Spot(
        sum(spot.latitude for spot in spots) / len(spots), sum(spot.longitude for spot in spots) / len(spots)
    )  # fmt: skip


def plain(name: str) -> str:
    """A name as it is compared: without case, spaces and punctuation."""
    return _SPACES.sub(" ", name.casefold()).strip()


def find_spot(text: str, known: Mapping[str, Spot]) -> Spot | None:
    """The spot that `text` names among `known`; a neighbourhood also by the beginning of its name."""
    wanted = plain(text)
    if not wanted:
        return None
    names = {plain(name): spot for name, spot in known.items()}
    if wanted in names:
        return names[wanted]
    longer = [spot for name, spot in names.items() if name.startswith(wanted)]
    return longer[0] if len(longer) == 1 else None


def near(spot: Spot, places: Iterable[tuple[int, Spot]], within_km: float = NEAR_KM) -> frozenset[int]:
    """The ids of the places within reach of `spot`; where none is, the nearest one."""
    by_distance = sorted((kilometres(spot, place), id_) for id_, place in places)
    reached = frozenset(id_ for distance, id_ in by_distance if distance <= within_km)
    return reached or frozenset(id_ for _, id_ in by_distance[:1])


# ---------------------------------------------------------------- the map

WIDTH, MARGIN, RADIUS = 640.0, 48.0, 24.0
MILE_KM = 1.609344
_ROUNDS = 60


@dataclass
class Mark:
    """Where a place is drawn: its circle at (x, y), and the true spot (at_x, at_y) that it belongs to."""

    id: int
    x: float
    y: float
    at_x: float
    at_y: float


@dataclass(frozen=True)
class Drawing:
    """A map of places, north up; `names` are neighbourhoods at (x, y), `mile` is a mile's length."""

    width: float
    height: float
    marks: Sequence[Mark]
    names: Sequence[tuple[str, float, float]]
    mile: float


def draw_places(places: Sequence[tuple[int, Spot]], names: Mapping[str, Spot]) -> Drawing:
    """The places on a flat map whose circles do not lie on one another, and the names around them."""
    if not places:
        return Drawing(WIDTH, WIDTH / 2, [], [], 0)
    spots = [spot for _, spot in places]
    narrowing = math.cos(math.radians(middle_of(spots).latitude))
    west, east = min(s.longitude for s in spots), max(s.longitude for s in spots)
    south, north = min(s.latitude for s in spots), max(s.latitude for s in spots)
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * narrowing, (north - south) / 1.15, 1e-3)

    def put(spot: Spot) -> tuple[float, float]:
        return MARGIN + (spot.longitude - west) * narrowing * scale, MARGIN + (north - spot.latitude) * scale

    marks = [Mark(id_, *put(spot), *put(spot)) for id_, spot in places]
    _push_apart(marks)
    bottom = max(mark.y for mark in marks) + MARGIN
    written = [(name, min(max(x, 90.0), WIDTH - 90.0), y) for name, (x, y) in ((n, put(s)) for n, s in names.items())]
    mile = scale * 360 / (2 * math.pi * _EARTH_KM) * MILE_KM
    return Drawing(WIDTH, round(bottom), marks, [name for name in written if 12 < name[2] < bottom], mile)


def _push_apart(marks: Sequence[Mark]) -> None:
    least = 2 * RADIUS + 3
    for _ in range(_ROUNDS):
        moved = False
        for number, one in enumerate(marks):
            for other in marks[number + 1 :]:
                across, down = other.x - one.x, other.y - one.y
                distance = math.hypot(across, down)
                if distance >= least:
                    continue
                if distance < 1e-6:
                    across, down, distance = 1.0, 0.3, math.hypot(1.0, 0.3)
                push = (least - distance) / 2 / distance
                for mark, sign in ((one, -1), (other, 1)):
                    mark.x = min(max(mark.x + sign * across * push, MARGIN), WIDTH - MARGIN)
                    mark.y = max(mark.y + sign * down * push, MARGIN)
                moved = True
        if not moved:
            return
