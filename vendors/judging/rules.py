"""How scores by criterion become one number, and how far jurors disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from festival.kit.errors import Conflict
from festival.kit.words import N_

Scored = tuple[int, int, int]
"""(score, points of the scale, weight)."""


class ConflictDeclared(Conflict):
    """Whoever has a conflict of interest neither scores nor decides."""

    code = "conflict_of_interest"
    message = N_("You declared a conflict of interest, so this application is for others to judge.")


class OwnConflict(Conflict):
    """A conflict of interest is taken back by somebody else."""

    code = "own_conflict"
    message = N_("Another organizer has to take back your own conflict of interest.")


class NamesHidden(Conflict):
    """Names are kept from this juror until their own scores are in."""

    code = "names_hidden"
    message = N_("Names are hidden here until your own scores are in.")


VEIL = "█████"
# Kinds of answers that say who applies, whatever was asked.
TELLING_KINDS = frozenset({"names", "link"})
_SHORTEST_NAME = 3
_TELLING = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+|(?<![\w@])@\w{3,}|(?<!\w)\+?\(?\d(?:[\s().-]{0,2}\d){8,14}(?!\w)"
)


def hides_names(*, blind: bool, decides: bool, scored: bool) -> bool:
    """Whether a juror sees no names: where the call is blind, until their scores are in; never one who decides."""
    return blind and not decides and not scored


def veil(text: str, names: Iterable[str]) -> str:
    """`text` without the names of who applies, and without addresses, links, handles and telephone numbers."""
    covered = _TELLING.sub(VEIL, text)
    for name in sorted({name.strip() for name in names if len(name.strip()) >= _SHORTEST_NAME}, key=len, reverse=True):
        bounds = (r"(?<!\w)", r"(?!\w)") if name.isascii() else ("", "")
        covered = re.sub(bounds[0] + re.escape(name) + bounds[1], VEIL, covered, flags=re.IGNORECASE)
    return covered


def weighted_total(scored: Iterable[Scored]) -> int | None:
    """The weighted mean on the scale from 1 to 5, in hundredths; each scale is stretched to that one first."""
    rows = list(scored)
    weights = sum(weight for _, _, weight in rows)
    if not weights:
        return None
    share = sum((score - 1) / (points - 1) * weight for score, points, weight in rows) / weights
    return round(100 + 400 * share)


@dataclass(frozen=True)
class Summary:
    """What the jurors whose scores are in think together; `totals` in hundredths."""

    totals: Sequence[int]

    @property
    def count(self) -> int:
        """How many jurors."""
        return len(self.totals)

    @property
    def mean(self) -> float:
        """The mean, 1 to 5."""
        return round(sum(self.totals) / len(self.totals) / 100, 2) if self.totals else 0.0

    @property
    def spread(self) -> float:
        """How far the highest is from the lowest."""
        return round((max(self.totals) - min(self.totals)) / 100, 2) if self.totals else 0.0

    @property
    def places(self) -> list[float]:
        """Where each juror stands on a line of 80 that begins at 10."""
        return [10 + (total - 100) / 5 for total in self.totals]
