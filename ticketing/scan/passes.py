"""Passes that are no tickets: what the roof registers to read them, such as a vendor's or a performer's arrival.

Tickets know nothing of vendors. A reader gets the text of a pass and says what the volunteer is told; `admitted`
is called in the transaction of a scan that let somebody in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from festival.kit.web.access import Principal
from festival.kit.words import Message
from ticketing.scan.rules import Code

PREFIX = "GFA:"


@dataclass(frozen=True)
class PassFacts:
    """Who comes, why not (None lets them in), and what the volunteer reads: space, way, papers."""

    code: Code | None
    name: str
    lines: Sequence[Message]


@dataclass(frozen=True)
class PassDesk:
    """Reads passes, and hears of those let in."""

    read: Callable[[str, dt.datetime], Awaitable[PassFacts | None]]
    admitted: Callable[[str, Principal], Awaitable[None]]


_desks: list[PassDesk] = []


def register_pass_desk(desk: PassDesk) -> None:
    """Say who reads passes; the roof does this once, a later one takes the place of an earlier."""
    _desks[:] = [desk]


def pass_desk() -> PassDesk | None:
    """Who reads passes, if anybody does."""
    return _desks[0] if _desks else None
