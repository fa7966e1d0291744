"""Pure arithmetic of the report: groups, what is too small to be told, shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

# A group of fewer people could be known by its members.
LEAST_TOLD = 5


@dataclass(frozen=True)
class Group:
    """People of one kind; None where the group is too small to be told, `before` is last year's."""

    key: str
    claimed: int | None
    arrived: int | None
    before: int | None = None

    @property
    def no_show_percent(self) -> int | None:
        """The part of those with a ticket who did not come; None where it cannot be told."""
        if not self.claimed or self.arrived is None:
            return None
        return 100 - round(self.arrived * 100 / self.claimed)


def hide_small(groups: Iterable[Group]) -> list[Group]:
    """The groups with the figures of small ones taken out.

    Where only one would be hidden, the total and the others would tell it: then the next smallest is hidden too.
    """
    found = list(groups)
    people = sorted((group.claimed or 0, place) for place, group in enumerate(found) if group.claimed)
    small = [place for claimed, place in people if claimed < LEAST_TOLD]
    if len(small) == 1 and len(people) > 1:
        small.append(people[1][1])
    hidden = set(small)
    return [
        replace(group, claimed=None, arrived=None, before=None) if place in hidden else _hide_before(group)
        for place, group in enumerate(found)
    ]


def _hide_before(group: Group) -> Group:
    return replace(group, before=None) if group.before is not None and 0 < group.before < LEAST_TOLD else group


@dataclass(frozen=True)
class Count:
    """What is summed: people with a ticket, and people who came."""

    claimed: int = 0
    arrived: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.claimed + other.claimed, self.arrived + other.arrived)


def group_by(rows: Iterable[tuple[str, Count]], before: Iterable[tuple[str, Count]] = ()) -> list[Group]:
    """The sums by key, the largest first, beside last year's arrivals; small groups hidden."""
    sums: dict[str, Count] = {}
    for key, count in rows:
        sums[key] = sums.get(key, Count()) + count
    earlier: dict[str, int] = {}
    for key, count in before:
        earlier[key] = earlier.get(key, 0) + count.arrived
    groups = [
        Group(key, count.claimed, count.arrived, earlier.get(key, 0) if earlier else None)
        for key, count in sums.items()
    ]
    return hide_small(sorted(groups, key=lambda group: (-(group.arrived or 0), -(group.claimed or 0), group.key)))


def in_order(groups: Iterable[Group], keys: Sequence[str]) -> list[Group]:
    """The groups in the order of `keys`; those that are missing are empty."""
    found = {group.key: group for group in groups}
    return [found.get(key, Group(key, 0, 0)) for key in keys]


def count_returning(visits: Iterable[tuple[str, int]], known_before: frozenset[str]) -> tuple[int, int]:
    """(new, returning) people among visits of (fingerprint, people): a household is new on its first visit ever."""
    new = returning = 0
    seen = set(known_before)
    for fingerprint, people in visits:
        if fingerprint in seen:
            returning += people
        else:
            new += people
            seen.add(fingerprint)
    return new, returning
