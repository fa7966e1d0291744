"""HOT. Who gets places, decided over plain values in the order of arrival. A party is never split."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from festival.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from festival.kit.secrets import same
from festival.kit.words import N_, say
from ticketing.offers.rules import CLOSED_WORDS, Availability, OfferFacts, availability, closed_words, is_public

# Tries by one address block: a whole venue or library may share it.
PER_MINUTE = 300
# How long the link that confirms an address is good.
CONFIRM_WITHIN = dt.timedelta(minutes=30)


class SoldOut(Conflict):
    """Fewer places are left than the party needs; `places_left` and `waitlist_url` say what can be done."""

    code = "sold_out"
    message = N_("There are not enough places left for your party.")

    def __init__(self, places_left: int, waitlist_url: str | None) -> None:
        super().__init__(extra={"places_left": places_left, "waitlist_url": waitlist_url})
        self.places_left = places_left


class Closed(Conflict):
    """The offer cannot be claimed at this time."""

    code = "closed"
    message = CLOSED_WORDS[Availability.CLOSED]


class CodeNeeded(Forbidden):
    """The offer is private."""

    code = "code_needed"
    message = N_("These places are kept for a group. Write the code that the group was given.")


class AsksMore(Conflict):
    """The offer has questions of its own that were not looked at yet; never leaves the room."""


class AddressUnconfirmed(Conflict):
    """The offer counts claims only from a confirmed address; never leaves the room."""


class LimitReached(Conflict):
    """The person or the household has as many places as it may have; `left` says how many more it can take."""

    code = "limit_reached"
    message = N_("Everybody can take %(most)s places here at most, so that there is room for all.")

    def __init__(self, most: int, left: int) -> None:
        super().__init__(extra={"most": most, "left": left}, most=most)
        self.left = left


class IdempotencyMismatch(Refusal):
    """The key was used for another wish."""

    status = 422
    code = "idempotency_mismatch"
    message = N_("This Idempotency-Key was already used with other details. Use a new one.")


@dataclass(frozen=True)
class Wish:
    """One party's wish for places; `digest` names its details, `key` its one outcome.

    `facts` is what the form asked besides, `checked` whether it answers all of that; `confirmed` whether the
    address is known to be its own; `by_staff` whether the team makes it, for whom private and early offers
    and the limits per household are open. `person` and `household` are fingerprints.
    """

    offer_id: int
    party: int
    name: str
    email: str
    language: str
    source: str
    key: str
    digest: str
    at: dt.datetime
    phone: str = ""
    facts: dict[str, Any] | None = None
    person: str = ""
    household: str = ""
    code_digest: str = ""
    checked: bool = False
    confirmed: bool = False
    by_staff: bool = False


@dataclass(frozen=True)
class Taken:
    """A claim as its holder first hears of it."""

    reference: str
    party: int
    token: str
    digest: str


@dataclass(frozen=True)
class Same:
    """The same wish as an earlier one of the group, at `index`."""

    index: int


Decision = Wish | Taken | Same | Refusal


def party_too_large(most: int) -> Invalid:
    """The refusal of a party that this offer never takes."""
    return Invalid({"party": say(N_("At most %(most)s people can come on one ticket here."), most=most)})


def require_claimable(offer: OfferFacts | None, wish: Wish) -> OfferFacts:
    """The offer itself; raises NotFound, Closed, CodeNeeded, Invalid or AsksMore whatever places are left."""
    if offer is None or not (wish.by_staff or is_public(offer, wish.at)):
        raise NotFound
    found = availability(offer, wish.at)
    if found is not Availability.OPEN and not (wish.by_staff and found is Availability.NOT_YET):
        raise Closed(closed_words(found))
    if offer.code_digest and not wish.by_staff and not same(wish.code_digest, offer.code_digest):
        raise CodeNeeded
    if wish.party > offer.party_most and not wish.by_staff:
        raise party_too_large(offer.party_most)
    if offer.asks_more and not wish.checked:
        raise AsksMore
    return offer


Tally = Mapping[tuple[int, str], int]


def has_limits(offer: OfferFacts) -> bool:
    """Whether places are counted by person or household."""
    return offer.person_most is not None or offer.household_most is not None


def require_within_limits(offer: OfferFacts, wish: Wish, tally: Tally) -> None:
    """Raises Invalid where the offer has a limit but the wish no address to count by, or LimitReached.

    `tally` has the places that each fingerprint has of each offer already.
    """
    if wish.by_staff:
        return
    if offer.person_most is not None:
        if not wish.person:
            raise Invalid({"email": say(N_("Places are limited, so an e-mail address or phone number is needed."))})
        _require_room(offer.person_most, tally.get((offer.id, wish.person), 0), wish.party)
    if offer.household_most is not None:
        if not wish.household:
            raise Invalid({"household": say(N_("Places are limited for each household, so your address is needed."))})
        _require_room(offer.household_most, tally.get((offer.id, wish.household), 0), wish.party)


def _require_room(most: int, had: int, party: int) -> None:
    if had + party > most:
        raise LimitReached(most, max(0, most - had))


def take_places(offer: OfferFacts, party: int) -> OfferFacts:
    """The offer after `party` places were taken from it."""
    quota_left = None if offer.quota_left is None else offer.quota_left - party
    return replace(offer, claimed=offer.claimed + party, quota_left=quota_left)


def decide(
    wishes: Sequence[Wish],
    offers: Mapping[int, OfferFacts],
    kept: Mapping[tuple[int, str], Taken],
    api_base: str,
    tally: Tally | None = None,
) -> list[Decision]:
    """For each wish: itself where it gets places, the first answer to its key, or a refusal.

    `kept` has the answers that keys got before, `tally` the places that fingerprints have. `offers` are read
    under lock and are not changed.
    """
    left, first = dict(offers), dict[tuple[int, str], int]()
    counted = Counter(tally or {})
    found: list[Decision] = []
    for index, wish in enumerate(wishes):
        name = (wish.offer_id, wish.key)
        before = kept.get(name)
        if before is not None:
            found.append(before if before.digest == wish.digest else IdempotencyMismatch())
            continue
        if name in first:
            found.append(Same(first[name]) if wishes[first[name]].digest == wish.digest else IdempotencyMismatch())
            continue
        try:
            offer = require_claimable(left.get(wish.offer_id), wish)
            if has_limits(offer):
                require_within_limits(offer, wish, counted)
            require_places(offer, wish.party, api_base)
            if offer.confirm and not (wish.confirmed or wish.by_staff):
                raise AddressUnconfirmed
        except Refusal as refusal:
            found.append(refusal)
            continue
        left = _share(left, offer, wish.party)
        for mark in {wish.person, wish.household} - {""}:
            counted[offer.id, mark] += wish.party
        first[name] = index
        found.append(wish)
    return found


def require_places(offer: OfferFacts, party: int, api_base: str) -> None:
    """Raises SoldOut."""
    if party > offer.places_left:
        waitlist_url = f"{api_base}/api/v1/offers/{offer.id}/waitlist" if offer.waitlist else None
        raise SoldOut(offer.places_left, waitlist_url)


def _share(offers: dict[int, OfferFacts], taken: OfferFacts, party: int) -> dict[int, OfferFacts]:
    """The offers after a party took its places, a quota that several share counted down for each of them."""
    offers[taken.id] = take_places(taken, party)
    if taken.quota_id is None:
        return offers
    left = offers[taken.id].quota_left
    return {
        id: replace(offer, quota_left=left) if offer.quota_id == taken.quota_id else offer
        for id, offer in offers.items()
    }
