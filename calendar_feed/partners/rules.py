"""Pure: what makes two items the same, which area and place an item belongs to, how long to wait after failures."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from festival.kit.words import N_, Message, say

_LONGEST_WAIT = dt.timedelta(hours=24)
# A source that failed so often is said to be broken.
BROKEN_AFTER = 3
# Words in a title or a category by which an area is known, in the languages partners write in.
_AREA_WORDS = {
    "sports": "sport soccer fútbol yoga swim pickleball basketball fitness tai hike",
    "arts": "art music música dance danza theater theatre film movie painting pottery concert concierto",
}


class Known(NamedTuple):
    """An item that a new one may be the double of: who has it, what it is called, when and where."""

    owner: str
    title: str
    starts_at: dt.datetime
    venue_id: int | None
    place: str


class Place(NamedTuple):
    """A venue by which a partner's location is recognised."""

    id: int
    name: str
    address: str


def fold_text(text: str) -> str:
    """`text` for comparison: letters and digits alone, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def find_venue(location: str, venues: Iterable[Place]) -> int | None:
    """The venue that a partner's location names, by its name or its street address."""
    folded = f" {fold_text(location)} "
    if not folded.strip():
        return None
    for venue in venues:
        name, street = fold_text(venue.name), fold_text(venue.address.split(",")[0])
        by_street = any(c.isdigit() for c in street) and f" {street} " in folded
        if (len(name) > 5 and f" {name} " in folded) or by_street:
            return venue.id
    return None


def find_area(title: str, categories: Iterable[str], otherwise: str) -> str:
    """The area that a title or category speaks of; the source's own where none does."""
    words = fold_text(f"{title} {' '.join(categories)}")
    for area, names in _AREA_WORDS.items():
        if any(re.search(rf"\b{name}", words) for name in fold_text(names).split()):
            return area
    return otherwise


def is_same_place(venue_id: int | None, place: str, other: Known) -> bool:
    """Whether two places may be the same: one venue, one name in the other, or one of them unknown."""
    if venue_id is not None and other.venue_id is not None:
        return venue_id == other.venue_id
    one, two = fold_text(place), fold_text(other.place)
    return not one or not two or one in two or two in one


def find_double(
    title: str,
    starts: Iterable[dt.datetime],
    place: tuple[int | None, str],
    known: Mapping[tuple[str, dt.datetime], list[Known]],
) -> Message | None:
    """Why an item is another's double; None where it is not. `known` is by folded title and start."""
    venue_id, name = place
    folded = fold_text(title)
    for start in starts:
        for other in known.get((folded, start), []):
            if is_same_place(venue_id, name, other):
                return say(
                    N_("Same title, time and place as “%(title)s” of %(owner)s."), title=other.title, owner=other.owner
                )
    return None


def is_ours(uid: str, url: str, our_uids: frozenset[str], our_address: str) -> bool:
    """Whether an item is one of ours that comes back: by its UID, or by a link to our own pages."""
    host = urlsplit(our_address).netloc
    if uid in our_uids:
        return True
    return bool(host) and urlsplit(url).netloc == host


def next_wait(every: dt.timedelta, failures: int) -> dt.timedelta:
    """How long to wait before asking again: twice as long after each failure, a day at most."""
    return min(_LONGEST_WAIT, every * 2 ** min(failures, 6)) if failures else every
