"""When a guest can be asked, and what many answers come to; decided over plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from festival.kit.errors import Conflict
from festival.kit.words import N_

STARS = (5, 4, 3, 2, 1)
STAR_WORDS: Mapping[int, str] = {
    5: N_("Wonderful"),
    4: N_("Very good"),
    3: N_("All right"),
    2: N_("Not so good"),
    1: N_("Bad"),
}


class NotOver(Conflict):
    """It has not begun."""

    code = "not_over"
    message = N_("Come and see it first: we ask afterwards.")


def require_begun(starts_at: dt.datetime, at: dt.datetime) -> None:
    """Raises NotOver."""
    if at < starts_at:
        raise NotOver


@dataclass(frozen=True)
class Bar:
    """How many gave so many stars, and how long its bar is, of 100."""

    stars: int
    count: int
    length: float


def lay_out(counts: Mapping[int, int]) -> list[Bar]:
    """A bar for each number of stars, the most stars first; the longest is 100."""
    most = max(counts.values(), default=0) or 1
    return [Bar(stars, counts.get(stars, 0), round(100 * counts.get(stars, 0) / most, 1)) for stars in STARS]


def average(counts: Mapping[int, int]) -> float | None:
    """The mean of the stars; None without an answer."""
    answers = sum(counts.values())
    return sum(stars * count for stars, count in counts.items()) / answers if answers else None
