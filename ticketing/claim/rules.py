"""HOT. Who gets places, decided over plain values in the order of arrival. A party is never split."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from festival.kit.errors import Conflict, Invalid, NotFound, Refusal
from festival.kit.words import N_, say
from ticketing.offers.rules import CLOSED_WORDS, Availability, OfferFacts, availability, closed_words, is_public

# Tries by one address block: a whole venue or library may share it.
PER_MINUTE = 300


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


class IdempotencyMismatch(Refusal):
    """The key was used for another wish."""

    status = 422
    code = "idempotency_mismatch"
    message = N_("This Idempotency-Key was already used with other details. Use a new one.")


@dataclass(frozen=True)
class Wish:
    """One party's wish for places; `digest` names its details, `key` its one outcome."""

    offer_id: int
    party: int
    name: str
    email: str
    language: str
    source: str
    key: str
    digest: str
    at: dt.datetime


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


def require_claimable(offer: OfferFacts | None, party: int, at: dt.datetime) -> OfferFacts:
    """The offer itself; raises NotFound, Closed or Invalid whatever places are left."""
    if offer is None or not is_public(offer, at):
        raise NotFound
    found = availability(offer, at)
    if found is not Availability.OPEN:
        raise Closed(closed_words(found))
    if party > offer.party_most:
        raise party_too_large(offer.party_most)
    return offer


def take_places(offer: OfferFacts, party: int) -> OfferFacts:
    """The offer after `party` places were taken from it."""
    quota_left = None if offer.quota_left is None else offer.quota_left - party
    return replace(offer, claimed=offer.claimed + party, quota_left=quota_left)


def decide(
    wishes: Sequence[Wish],
    offers: Mapping[int, OfferFacts],
    kept: Mapping[tuple[int, str], Taken],
    api_base: str,
) -> list[Decision]:
    """For each wish: itself where it gets places, the first answer to its key, or a refusal.

    `kept` has the answers that keys got before. `offers` are read under lock and are not changed.
    """
    left, first = dict(offers), dict[tuple[int, str], int]()
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
            offer = require_claimable(left.get(wish.offer_id), wish.party, wish.at)
            _require_places(offer, wish.party, api_base)
        except Refusal as refusal:
            found.append(refusal)
            continue
        left = _share(left, offer, wish.party)
        first[name] = index
        found.append(wish)
    return found


def _require_places(offer: OfferFacts, party: int, api_base: str) -> None:
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
