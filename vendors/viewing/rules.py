"""How a paper is looked at: which page, turned how far, how large; what comes before and after it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

Turn = Literal[0, 90, 180, 270]
_TURNS: tuple[Turn, ...] = (0, 90, 180, 270)
LARGEST = 4


@dataclass(frozen=True)
class Look:
    """A page (from 1), how far it is turned clockwise, and how many times the width of its frame it is shown."""

    page: int = 1
    turn: Turn = 0
    zoom: int = 1

    @property
    def query(self) -> str:
        """As the query of an address."""
        return urlencode({"page": self.page, "turn": self.turn, "zoom": self.zoom})

    def turned(self, by: int) -> Look:
        """Turned further, upright again after a full round."""
        return replace(self, turn=_TURNS[((self.turn + by) // 90) % 4])

    def at(self, page: int, pages: int) -> Look | None:
        """Another page, if there is one."""
        return replace(self, page=page) if 1 <= page <= pages else None

    def larger(self, by: int) -> Look | None:
        """Larger or smaller by a step; None at either end."""
        return replace(self, zoom=self.zoom + by) if 1 <= self.zoom + by <= LARGEST else None


def read_look(values: Mapping[str, str], pages: int) -> Look:
    """The look in an address; what makes no sense is as if it were not there."""

    def number(name: str, least: int, most: int, otherwise: int) -> int:
        text = values.get(name, "")
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise
        return value if least <= value <= most else otherwise

    turn = number("turn", 0, 270, 0)
    return Look(
        number("page", 1, max(pages, 1), 1), _TURNS[turn // 90] if turn % 90 == 0 else 0, number("zoom", 1, LARGEST, 1)
    )


def neighbours(ids: Sequence[int], current: int) -> tuple[int | None, int | None]:
    """What stands before and after `current` in `ids`; one that is not among them has the first as its next."""
    if current not in ids:
        return None, ids[0] if ids else None
    place = list(ids).index(current)
    return ids[place - 1] if place else None, ids[place + 1] if place + 1 < len(ids) else None
