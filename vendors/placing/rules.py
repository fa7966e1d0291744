"""A place for everybody who waits for one, with the reason for each; pure, and the same for the same input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot

from festival.kit.words import N_, Message, say

# From this far on, two who offer the same do not take each other's customers.
APART_FT = 60.0


@dataclass(frozen=True)
class Seeker:
    """Somebody who was accepted. `likes` is what others may offer as well; `since` orders equals, earliest first."""

    id: int
    name: str
    prefix: str
    since: str
    wants_power: bool = False
    wants_corner: bool = False
    likes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ground:
    """A free space."""

    code: str
    prefix: str
    x_ft: float
    y_ft: float
    has_power: bool = False
    corner: bool = False


@dataclass(frozen=True)
class Standing:
    """Somebody who has a place already."""

    x_ft: float
    y_ft: float
    likes: frozenset[str]


@dataclass(frozen=True)
class Placement:
    """A place for one seeker and why there; `lacks` is what could not be had."""

    seeker: Seeker
    ground: Ground
    reasons: Sequence[Message]
    lacks: Sequence[Message]


@dataclass
class Proposal:
    """All places proposed, and those for whom none is left."""

    placed: list[Placement] = field(default_factory=list[Placement])
    left: list[tuple[Seeker, Message]] = field(default_factory=list[tuple[Seeker, Message]])


def propose(seekers: Sequence[Seeker], grounds: Sequence[Ground], standing: Sequence[Standing]) -> Proposal:
    """Those with the most wishes choose first, then whoever applied first; each gets the best space still free.

    A space's letters must be those of the seeker's category. Then count, in this order: power for whoever rents it and
    none for others, a corner for whoever asked for one and none for others, and how far the next one is who offers the
    same.
    """
    found, free, there = Proposal(), list(grounds), list(standing)
    for seeker in sorted(seekers, key=lambda one: (-(one.wants_power + one.wants_corner), one.since, one.id)):
        fitting = [ground for ground in free if not seeker.prefix or ground.prefix == seeker.prefix]
        if not fitting:
            found.left.append((seeker, say(N_("No space of this kind is free."))))
            continue
        best = max(fitting, key=lambda ground: _worth(seeker, ground, there))
        free.remove(best)
        there.append(Standing(best.x_ft, best.y_ft, seeker.likes))
        found.placed.append(Placement(seeker, best, *_explain(seeker, best, fitting, there[:-1])))
    return found


def _worth(seeker: Seeker, ground: Ground, there: Sequence[Standing]) -> tuple[float, ...]:
    # The last two settle ties in the order of the map, so that the same site gives the same proposal.
    return (
        float(ground.has_power == seeker.wants_power), float(ground.corner == seeker.wants_corner),
        min(_nearest(seeker, ground, there), APART_FT), -ground.y_ft, -ground.x_ft,
    )  # fmt: skip


def _nearest(seeker: Seeker, ground: Ground, there: Sequence[Standing]) -> float:
    """How far the next one is who offers something that this one does."""
    alike = [one for one in there if one.likes & seeker.likes]
    return min((hypot(one.x_ft - ground.x_ft, one.y_ft - ground.y_ft) for one in alike), default=APART_FT)


def _explain(
    seeker: Seeker, ground: Ground, fitting: Sequence[Ground], there: Sequence[Standing]
) -> tuple[list[Message], list[Message]]:
    reasons, lacks = list[Message](), list[Message]()
    for wanted, has, good, bad in (
        (seeker.wants_power, ground.has_power, N_("It has power."), N_("No free space of this kind has power.")),
        (seeker.wants_corner, ground.corner, N_("It is a corner."), N_("No free corner is left.")),
    ):
        if wanted:
            (reasons if has else lacks).append(say(good if has else bad))
    apart = _nearest(seeker, ground, there)
    if seeker.likes and apart >= APART_FT:
        reasons.append(say(N_("Nobody near offers the same.")))
    elif seeker.likes:
        lacks.append(say(N_("The next who offers the same is %(feet)s feet away."), feet=round(apart)))
    if len(fitting) == 1:
        reasons.append(say(N_("It is the last free space of this kind.")))
    if not reasons and not lacks:
        reasons.append(say(N_("The first free one of its kind on the map.")))
    return reasons, lacks


def pairs_of(given: Mapping[str, str]) -> list[tuple[int, str]]:
    """The application ids and codes that a form of `place-{id}` fields asks for; odd ones are left out."""
    found: list[tuple[int, str]] = []
    for name, code in given.items():
        number = name.removeprefix("place-")
        if name != number and number.isdigit() and len(number) < 18 and code:
            found.append((int(number), code))
    return found
