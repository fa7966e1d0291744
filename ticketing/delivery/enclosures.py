"""What a letter encloses that a higher room makes: the roof registers the writer of calendar files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ticketing.holder.queries import HeldTicket

CalendarWriter = Callable[[HeldTicket, str], Awaitable[bytes]]
_writers: list[CalendarWriter] = []


def register_calendar_writer(writer: CalendarWriter) -> None:
    """Let `writer` make the calendar file of a ticket and its link's secret; the roof does this once."""
    _writers[:] = [writer]


async def write_calendar_file(held: HeldTicket, secret: str) -> bytes | None:
    """The ticket's calendar file in the current language; None where nobody writes calendars."""
    return await _writers[0](held, secret) if _writers else None
