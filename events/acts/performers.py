"""Accepted performers, whom a higher room knows: the roof says who lists them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

# How long before its set a group has to be at the stage.
CALL_BEFORE = dt.timedelta(minutes=45)


class Performer(NamedTuple):
    """Somebody who was accepted for the stage, by the application."""

    application_id: int
    name: str
    description: str
    language: str
    people: int
    minutes: int
    group: str = ""
    kind: str = ""
    nations: Sequence[str] = ()
    spoken: Sequence[str] = ()
    needs: Sequence[str] = ()
    members: Sequence[str] = ()
    # Wall times of the city; none means any time.
    available: Sequence[tuple[dt.datetime, dt.datetime]] = ()


# The accepted performers of a festival, by its id.
ListPerformers = Callable[[int], Awaitable[list[Performer]]]

_lists: list[ListPerformers] = []


def register_performers(listing: ListPerformers) -> None:
    """Offer what `listing` finds to the page of acts."""
    if listing not in _lists:
        _lists.append(listing)


async def list_performers(festival_id: int) -> list[Performer]:
    """Everybody who was accepted."""
    return [performer for listing in _lists for performer in await listing(festival_id)]


# By act, the names of further people in it, whom a higher room knows: the groups of a parade.
ListWalkers = Callable[[int], Awaitable[dict[int, list[str]]]]

_walkers: list[ListWalkers] = []


def register_walkers(listing: ListWalkers) -> None:
    """Let the schedule's rules see whom `listing` finds."""
    if listing not in _walkers:
        _walkers.append(listing)


async def list_walkers(festival_id: int) -> dict[int, list[str]]:
    """By act, everybody who walks in it."""
    found: dict[int, list[str]] = {}
    for listing in _walkers:
        for act_id, names in (await listing(festival_id)).items():
            found.setdefault(act_id, []).extend(names)
    return found
