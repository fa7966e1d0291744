"""How many tickets a room of so many places can bear, decided from the share of holders who stay away."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

# What a city can answer for: at most one evening in a hundred is fuller than the fire limit.
BEARABLE = 0.01
_STEPS = 60
_EXACT_UP_TO = 20_000


def chance_of_exceeding(cap: int, fire_limit: int, no_show: float, mean_party: float = 1.0) -> float:
    """The chance that more than `fire_limit` people come when `cap` places are claimed.

    Parties come or stay away as a whole, each with the chance 1 - `no_show`: that spreads wider than single
    people do. A binomial tail over parties of `mean_party`.
    """
    size = max(1.0, mean_party)
    parties, most = math.ceil(cap / size), math.floor(fire_limit / size)
    comes = 1 - no_show
    if most >= parties:
        return 0.0
    if comes >= 1:
        return 1.0
    if parties > _EXACT_UP_TO:
        spread = math.sqrt(parties * comes * no_show)
        return 0.5 * math.erfc((most + 0.5 - parties * comes) / (spread * math.sqrt(2)))
    return min(1.0, math.fsum(_chance_of(parties, come, comes) for come in range(most + 1, parties + 1)))


def _chance_of(parties: int, come: int, comes: float) -> float:
    ways = math.lgamma(parties + 1) - math.lgamma(come + 1) - math.lgamma(parties - come + 1)
    return math.exp(ways + come * math.log(comes) + (parties - come) * math.log1p(-comes))


@dataclass(frozen=True)
class Risk:
    """A cap, and the chance of exceeding the fire limit under it."""

    cap: int
    chance: float


def list_risks(fire_limit: int, no_show: float, mean_party: float = 1.0) -> Sequence[Risk]:
    """The chance at each cap, from the fire limit to where it is all but sure."""
    top = math.ceil(fire_limit / max(0.05, 1 - no_show) * 1.25) + 1
    step = max(1, round((top - fire_limit) / _STEPS))
    return [
        Risk(cap, chance_of_exceeding(cap, fire_limit, no_show, mean_party)) for cap in range(fire_limit, top + 1, step)
    ]


def largest_bearable(fire_limit: int, no_show: float, mean_party: float = 1.0, bearable: float = BEARABLE) -> int:
    """The largest cap whose chance of exceeding the fire limit is at most `bearable`."""
    low, high = fire_limit, math.ceil(fire_limit / max(0.05, 1 - no_show) * 1.25) + 1
    while low < high:
        middle = (low + high + 1) // 2
        if chance_of_exceeding(middle, fire_limit, no_show, mean_party) <= bearable:
            low = middle
        else:
            high = middle - 1
    return low


def cut_slots(
    first: dt.datetime, last: dt.datetime, minutes: int, most: int = 100
) -> Sequence[tuple[dt.datetime, dt.datetime]]:
    """Arrival slots of `minutes` from `first` until `last`, a shorter rest left out."""
    length = dt.timedelta(minutes=minutes)
    slots: list[tuple[dt.datetime, dt.datetime]] = []
    while first + length <= last and len(slots) < most:
        slots.append((first, first + length))
        first += length
    return slots
