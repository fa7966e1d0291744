"""What of the queue is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from vendors.lifecycle.rules import State

_LONGEST = 40
SORTS = ("mean", "count", "spread")
_LONGEST_WORDS = 80


@dataclass(frozen=True)
class Filters:
    """A category's slug, a state and words of a name or receipt, "" for all; one of SORTS, "" for the oldest first."""

    category: str = ""
    state: str = ""
    words: str = ""
    sort: str = ""

    @property
    def query(self) -> str:
        """The filters as the query of an address."""
        sort = {"sort": self.sort} if self.sort else {}
        return urlencode({"category": self.category, "state": self.state, "q": self.words} | sort)

    def by(self, sort: str) -> str:
        """The same filters in another order, as the query of an address."""
        return replace(self, sort=sort).query


def read_filters(values: Mapping[str, str]) -> Filters:
    """The filters in an address or a form; what there is not is all."""
    state = values.get("state", "")
    words = " ".join(values.get("q", "").replace("\x00", "").split())[:_LONGEST_WORDS]
    category = values.get("category", "").replace("\x00", "")[:_LONGEST]
    sort = values.get("sort", "")
    known = state if state in set(State) - {State.DRAFT} else ""
    return Filters(category, known, words, sort if sort in SORTS else "")
