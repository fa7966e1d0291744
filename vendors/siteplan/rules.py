"""Whether a drawn site can be: every fault named at its space; pure. Lengths are feet from the map's origin."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from festival.kit.words import N_, Message, say

MOST_SPACES = 500
MOST_POINTS = 100
LEAST_FT, MOST_FT, FARTHEST_FT = 4.0, 200.0, 3000.0
_CODE = re.compile(r"[A-Z]{1,4}\d{1,3}")


@dataclass(frozen=True)
class Spot:
    """A space as it is drawn; `id` is 0 for a new one."""

    id: int
    code: str
    zone: str
    x_ft: float
    y_ft: float
    width_ft: float
    depth_ft: float
    has_power: bool = False
    corner: bool = False
    blocked_reason: str = ""

    @property
    def prefix(self) -> str:
        """The letters of its number, which say what kind of stand belongs there."""
        return self.code.rstrip("0123456789")

    def covers(self, other: Spot) -> bool:
        """Whether both want the same ground; spaces may touch."""
        return (
            self.x_ft < other.x_ft + other.width_ft
            and other.x_ft < self.x_ft + self.width_ft
            and self.y_ft < other.y_ft + other.depth_ft
            and other.y_ft < self.y_ft + self.depth_ft
        )


@dataclass(frozen=True)
class Mark:
    """A fixed point: toilets, water, first aid, a gate."""

    id: int
    code: str
    name: str
    x_ft: float
    y_ft: float


@dataclass(frozen=True)
class Plan:
    """A whole site."""

    spots: Sequence[Spot]
    marks: Sequence[Mark]


def find_faults(plan: Plan) -> Mapping[str, Sequence[Message]]:
    """What cannot be, by the number of the space (or the sign of the point); empty where all is well."""
    faults: defaultdict[str, list[Message]] = defaultdict(list)
    if len(plan.spots) > MOST_SPACES:
        faults[""].append(say(N_("There can be at most %(most)s spaces."), most=MOST_SPACES))
        return faults
    counted = Counter(spot.code for spot in plan.spots)
    for spot in plan.spots:
        faults[spot.code] += _faults_of(spot, counted)
    for one, other in combinations(plan.spots, 2):
        if one.covers(other):
            faults[one.code].append(say(N_("It lies on %(other)s."), other=other.code))
            faults[other.code].append(say(N_("It lies on %(other)s."), other=one.code))
    for mark in plan.marks:
        if max(abs(mark.x_ft), abs(mark.y_ft)) > FARTHEST_FT:
            faults[mark.code].append(say(N_("It lies outside the plan.")))
    return {code: found for code, found in faults.items() if found}


def _faults_of(spot: Spot, counted: Counter[str]) -> list[Message]:
    found: list[Message] = []
    if not _CODE.fullmatch(spot.code):
        found.append(say(N_("A number has up to four capital letters and up to three digits, like T07.")))
    if counted[spot.code] > 1:
        found.append(say(N_("This number is there twice.")))
    if not all(LEAST_FT <= side <= MOST_FT for side in (spot.width_ft, spot.depth_ft)):
        words = N_("A side is between %(least)s and %(most)s feet long.")
        found.append(say(words, least=round(LEAST_FT), most=round(MOST_FT)))
    if max(abs(spot.x_ft), abs(spot.y_ft)) > FARTHEST_FT:
        found.append(say(N_("It lies outside the plan.")))
    return found


def lay_row(first: Spot, count: int, per_row: int, step_x: float, step_y: float) -> list[Spot]:
    """`count` new spaces like `first`, numbered on from it, in rows of `per_row`."""
    digits = first.code[len(first.prefix) :]
    start = int(digits or "1")
    return [
        Spot(
            0, f"{first.prefix}{start + n:0{max(2, len(digits))}}", first.zone,
            first.x_ft + (n % per_row) * step_x, first.y_ft + (n // per_row) * step_y, first.width_ft, first.depth_ft,
            first.has_power,
        )
        for n in range(count)
    ]  # fmt: skip
