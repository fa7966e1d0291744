"""What a holder may do with a claim, decided over plain values."""

from __future__ import annotations

import datetime as dt

from festival.kit.errors import Conflict
from festival.kit.words import N_, Message, say
from ticketing.offers.rules import OfferFacts

_OFF = {
    "cancelled": N_("This does not take place: it was cancelled. We are sorry."),
    "postponed": N_("This was postponed. Keep your ticket: we tell you the new date as soon as it is known."),
}


class AlreadyCancelled(Conflict):
    """The claim was given back."""

    code = "cancelled"
    message = N_("This ticket was cancelled. Its places went to others.")


class Released(Conflict):
    """The party did not come in time, so that its places went to the door."""

    code = "released"
    message = N_("Your places were given to the door because nobody had come. Ask there: your code still counts.")


class AlreadyIn(Conflict):
    """People of the party have come in; `people_in` says how many."""

    code = "already_in"
    message = N_("Some of you are already in: the ticket cannot be made smaller than that.")


class Blocked(Conflict):
    """The team blocked the code."""

    code = "blocked"
    message = N_("This ticket was blocked by the office. Please ask there.")


def require_unblocked(blocked_at: dt.datetime | None) -> None:
    """Raises Blocked."""
    if blocked_at is not None:
        raise Blocked


def require_live(state: str) -> None:
    """Raises AlreadyCancelled."""
    if state != "live":
        raise AlreadyCancelled


def require_not_below(party: int, people_seen: int) -> None:
    """Raises AlreadyIn where fewer places than people who came would remain."""
    if party < people_seen:
        raise AlreadyIn(extra={"people_in": people_seen})


def off_words(offer: OfferFacts) -> Message | None:
    """What a holder has to know where the occasion was cancelled or postponed."""
    for state, words in _OFF.items():
        if state in {offer.occurrence_state, offer.program_state}:
            return say(words)
    return None
