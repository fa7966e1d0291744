"""Whether an offer's places can be taken, decided from plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from festival.kit.words import N_, Message, say

# A ticket's token has four bytes for it.
MOST_OFFER_ID = 2**32 - 1


class Availability(StrEnum):
    """What somebody who wants places finds."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    CANCELLED = "cancelled"


CLOSED_WORDS: dict[Availability, str] = {
    Availability.NOT_YET: N_("Tickets cannot be taken yet."),
    Availability.CLOSED: N_("Tickets can no longer be taken."),
    Availability.CANCELLED: N_("This was cancelled, so there are no tickets."),
}


@dataclass(frozen=True)
class OfferFacts:
    """An offer as its row, its occurrence and its program have it. `quota_left` is None without a quota."""

    id: int
    occurrence_id: int
    program_id: int
    act_id: int | None
    quota_id: int | None
    name: str
    capacity: int
    held: int
    claimed: int
    party_most: int
    waitlist: bool
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    valid_from: dt.datetime
    valid_until: dt.datetime
    state: str
    occurrence_state: str
    program_state: str
    published_at: dt.datetime | None
    door: int = 0
    release_minutes: int | None = None
    released_at: dt.datetime | None = None
    person_most: int | None = None
    household_most: int | None = None
    code_digest: str = ""
    asks_more: bool = False
    confirm: bool = False
    slot: bool = False
    quota_left: int | None = None

    @property
    def places_left(self) -> int:
        """Places that anyone can take now."""
        own = self.capacity - self.held - self.claimed
        return max(0, own if self.quota_left is None else min(own, self.quota_left))


def is_public(offer: OfferFacts, at: dt.datetime) -> bool:
    """Whether visitors may know of the offer at all."""
    shown = offer.program_state in {"published", "postponed", "cancelled"}
    return shown and (offer.published_at is None or offer.published_at <= at)


def availability(offer: OfferFacts, at: dt.datetime) -> Availability:
    """What the offer is at the moment `at`, places left aside."""
    if "cancelled" in {offer.occurrence_state, offer.program_state}:
        return Availability.CANCELLED
    if offer.opens_at is not None and at < offer.opens_at:
        return Availability.NOT_YET
    over = at >= min(offer.closes_at or offer.valid_until, offer.valid_until)
    return Availability.CLOSED if over or not is_on(offer) else Availability.OPEN


def is_on(offer: OfferFacts) -> bool:
    """Whether what the offer is for takes place, and the offer was not closed by hand."""
    held = offer.occurrence_state == "scheduled" and offer.program_state == "published"
    return held and offer.state == "open"


def closed_words(found: Availability) -> Message:
    """Why tickets cannot be had."""
    return say(CLOSED_WORDS[found])
