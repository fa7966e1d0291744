"""What staff find in one box: each room that has something to be found registers its search; the roof does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from festival.kit.words import Message


@dataclass(frozen=True)
class Hit:
    """One thing that was found, and the staff's page of it."""

    title: str
    note: str
    path: str


StaffSearch = Callable[[str], Awaitable[Sequence[Hit]]]

_searches: dict[str, tuple[Message, StaffSearch]] = {}


def register_staff_search(name: str, label: Message, search: StaffSearch) -> None:
    """Let organizers find things of one kind; kinds are shown in the order in which they were registered."""
    _searches[name] = (label, search)


async def find_for_staff(text: str) -> list[tuple[Message, Sequence[Hit]]]:
    """What each registered search has for `text`, empty ones left out."""
    found = [(label, await search(text)) for label, search in _searches.values()]
    return [(label, hits) for label, hits in found if hits]
