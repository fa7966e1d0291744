"""When two applications are of one business, and who of them left."""

from __future__ import annotations

from events.search.rules import fold
from vendors.lifecycle.rules import State

LEFT = frozenset({State.WITHDRAWN, State.LAPSED, State.EXPIRED, State.NO_SHOW, State.CANCELLED_BY_CITY})


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same, however they are written."""
    folded = ["".join(c for c in fold(name) if c.isalnum()) for name in (one, other)]
    return bool(folded[0]) and folded[0] == folded[1]
