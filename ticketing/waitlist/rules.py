"""Who in line is offered places, and for how long, decided over plain values. A party is never split."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from festival.kit.errors import Conflict
from festival.kit.words import N_, Message, say_n

# An offer is held this long while the day is far, and an eighth of the time left when it is near.
LONGEST_HOLD = dt.timedelta(hours=12)
SHORTEST_HOLD = dt.timedelta(minutes=10)
_SHARE_OF_WAIT = 8


class NoWaitlist(Conflict):
    """This offer keeps no line, or not any more."""

    code = "no_waitlist"
    message = N_("There is no waitlist here, or it has ended.")


class OfferOver(Conflict):
    """The places are not held for this party now."""

    code = "offer_over"
    message = N_("These places are no longer held for you. You can join the waitlist again, at its end.")


@dataclass(frozen=True)
class InLine:
    """A party that waits; `sequence` is its turn."""

    id: int
    sequence: int
    party: int


@dataclass(frozen=True)
class Standing:
    """How a party stands: its `position` from 1 while it waits, and the places free but too few for it."""

    position: int | None
    party: int
    places_left: int

    def words(self) -> Message | None:
        """Why a party at the front may see others go first; None where there is nothing to explain."""
        if self.position is None or not 0 < self.places_left < self.party:
            return None
        return say_n(
            "%(count)s place is free, too few for your party. A smaller party may be offered it before you.",
            "%(count)s places are free, too few for your party. A smaller party may be offered them before you.",
            self.places_left,
        )


def hold_until(at: dt.datetime, starts_at: dt.datetime) -> dt.datetime:
    """Until when places offered at the moment `at` are held: 12 hours, shrinking as the start comes near,
    and never beyond it."""
    hold = min(LONGEST_HOLD, max(SHORTEST_HOLD, (starts_at - at) / _SHARE_OF_WAIT))
    return min(at + hold, starts_at)


def choose(line: Iterable[InLine], places: int) -> Sequence[InLine]:
    """Whom `places` free places are offered: in the order of the line, a party too large for what is left skipped."""
    chosen: list[InLine] = []
    for entry in sorted(line, key=lambda entry: entry.sequence):
        if entry.party <= places:
            chosen.append(entry)
            places -= entry.party
    return chosen


def may_offer(at: dt.datetime, starts_at: dt.datetime) -> bool:
    """Nothing is offered from the start on."""
    return at < starts_at


def require_offered(state: str, offered_until: dt.datetime | None, at: dt.datetime) -> None:
    """Raises OfferOver unless places are held for the party at the moment `at`."""
    if state != "offered" or offered_until is None or at >= offered_until:
        raise OfferOver
