"""Pure: how far a goal's programs reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """What the programs of a goal plan for its year."""

    programs: int = 0
    dates: int = 0
    people: int = 0
    without_number: int = 0

    def add(self, dates: int, expected: int | None) -> Reach:
        """One program more: so many dates in the year, so many people expected at each, None where nobody said."""
        return Reach(
            self.programs + 1, self.dates + dates, self.people + dates * (expected or 0),
            self.without_number + (expected is None),
        )  # fmt: skip


def share(planned: int, target: int | None) -> int:
    """`planned` in percent of `target`, at most 100 for a bar; 0 without a target."""
    return min(100, planned * 100 // target) if target else 0
