"""Pure: what a resident looks for, and where a page of it ends."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

PAGE = 40
_CURSOR = re.compile(r"(\d{1,16})-(\d{1,18})")


@dataclass(frozen=True)
class Wanted:
    """Which occurrences somebody wants to see; None, "" and False leave a filter out.

    `since` and `until` are days in the city, both included; without `since`, what has not ended yet.
    `accessible` is step-free. `venues` are the ids of the only places that count, such as those near somebody.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    area: str = ""
    language: str = ""
    place: str = ""
    q: str = ""
    free: bool = False
    accessible: bool = False
    sign_language: bool = False
    quiet_room: bool = False
    hearing_loop: bool = False
    children: bool = False
    venues: frozenset[int] | None = None


@dataclass(frozen=True)
class Cursor:
    """The last row that was shown: the next page begins after it."""

    starts_at: dt.datetime
    id: int

    def __str__(self) -> str:
        return f"{round(self.starts_at.timestamp() * 1_000_000)}-{self.id}"


def parse_cursor(text: str) -> Cursor | None:
    """The cursor that `str` gave, or None for any other text."""
    match = _CURSOR.fullmatch(text)
    if not match:
        return None
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=int(match[1]))
    return Cursor(moment, int(match[2]))


def weekend_of(today: dt.date) -> tuple[dt.date, dt.date]:
    """The Saturday and Sunday to come; on a Sunday, that day alone."""
    saturday = today + dt.timedelta(days=5 - today.weekday())
    return max(saturday, today), saturday + dt.timedelta(days=1)


def day_start(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The moment at which a day begins in the city."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
