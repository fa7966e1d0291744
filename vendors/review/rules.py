"""What of the queue is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from vendors.lifecycle.rules import State

_LONGEST = 40
_LONGEST_WORDS = 80


@dataclass(frozen=True)
class Filters:
    """A category's slug, a state and words of a name or receipt; "" for all."""

    category: str = ""
    state: str = ""
    words: str = ""

    @property
    def query(self) -> str:
        """The filters as the query of an address."""
        return urlencode({"category": self.category, "state": self.state, "q": self.words})


def read_filters(values: Mapping[str, str]) -> Filters:
    """The filters in an address or a form; what there is not is all."""
    state = values.get("state", "")
    words = " ".join(values.get("q", "").replace("\x00", "").split())[:_LONGEST_WORDS]
    category = values.get("category", "").replace("\x00", "")[:_LONGEST]
    return Filters(category, state if state in set(State) - {State.DRAFT} else "", words)
