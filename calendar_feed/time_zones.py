"""VTIMEZONE (RFC 5545, section 3.6.5) from the zone's own data: two short rules where the zone has them.

icalendar's generator lists every change as RDATEs in one line, of which ical.js, vobject and Outlook read only
the first: two thirds of a year's times came out an hour late. Rules are understood by all of them.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY, _SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
# The years that the rules must hold for; how far back they do is found out.
_FIRST, _LAST, _SURE = 1970, 2037, 2030


@dataclass(frozen=True)
class Change:
    """One change of the clocks: the moment, and the offsets and the name that it leads to."""

    at: dt.datetime
    before: dt.timedelta
    after: dt.timedelta
    name: str
    summer: bool

    @property
    def wall(self) -> dt.datetime:
        """The naive time on the clock just before the change, as DTSTART of an observance wants it."""
        return (self.at + self.before).replace(tzinfo=None)


def list_changes(zone: ZoneInfo, first: int, last: int) -> list[Change]:
    """Every change of offset in the years from `first` to `last`, to the second."""
    found: list[Change] = []
    day, end = dt.datetime(first, 1, 1, tzinfo=dt.UTC), dt.datetime(last + 1, 1, 1, tzinfo=dt.UTC)
    before = _offset(day, zone)
    while day < end:
        after = _offset(day + _DAY, zone)
        if after != before:
            at = _find(day, zone, before)
            local = at.astimezone(zone)
            found.append(Change(at, before, after, local.tzname() or zone.key, bool(local.dst())))
        before, day = after, day + _DAY
    return found


def _offset(at: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return at.astimezone(zone).utcoffset() or dt.timedelta()


def _find(day: dt.datetime, zone: ZoneInfo, before: dt.timedelta) -> dt.datetime:
    low, high = 0, 86_400
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(day + middle * _SECOND, zone) == before else (low, middle)
    return day + high * _SECOND


@cache
def write_time_zone(key: str) -> bytes:
    """The VTIMEZONE of an IANA zone, CRLF included; the same bytes at any time."""
    zone = ZoneInfo(key)
    changes = list_changes(zone, _FIRST, _LAST)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{key}"]
    for change, rule in _observances(zone, changes):
        kind = "DAYLIGHT" if change.summer else "STANDARD"
        lines += [
            f"BEGIN:{kind}", f"DTSTART:{change.wall:%Y%m%dT%H%M%S}", *([f"RRULE:{rule}"] if rule else []),
            f"TZOFFSETFROM:{_text(change.before)}", f"TZOFFSETTO:{_text(change.after)}", f"TZNAME:{change.name}",
            f"END:{kind}",
        ]  # fmt: skip
    lines.append("END:VTIMEZONE")
    return "".join(f"{line}\r\n" for line in lines).encode()


def _observances(zone: ZoneInfo, changes: list[Change]) -> list[tuple[Change, str]]:
    """The changes to write, each with the rule by which it repeats, or "" for one that does not."""
    lasting = [change for change in changes if change.at.year >= _SURE]
    if not lasting:
        at = changes[-1].at if changes else dt.datetime(_FIRST, 1, 1, tzinfo=dt.UTC)
        local = (at + _DAY).astimezone(zone)
        offset = local.utcoffset() or dt.timedelta()
        return [(Change(at, offset, offset, local.tzname() or zone.key, False), "")]
    kinds = {change.summer for change in lasting}
    ruled = [_ruled([change for change in changes if change.summer is summer]) for summer in sorted(kinds)]
    if len(kinds) == 2 and all(ruled):
        return [pair for pair in ruled if pair]
    return [(change, "") for change in changes]


def _ruled(changes: list[Change]) -> tuple[Change, str] | None:
    """The earliest of `changes` from which on one yearly rule gives all of them, with that rule; or None."""
    years = {year: list(group) for year, group in groupby(changes, key=lambda change: change.wall.year)}
    best: tuple[Change, str] | None = None
    for rule in _rules_of(changes[-1].wall):
        first: Change | None = None
        for year in range(_LAST, _FIRST - 1, -1):
            here = years.get(year, [])
            if len(here) != 1 or rule not in _rules_of(here[0].wall) or not _alike(here[0], changes[-1]):
                break
            first = here[0]
        if first and first.wall.year <= _SURE and (best is None or first.at < best[0].at):
            best = (first, rule)
    return best


def _alike(one: Change, other: Change) -> bool:
    same = one.wall.time() == other.wall.time()
    return same and (one.before, one.after, one.name) == (other.before, other.after, other.name)


def _rules_of(wall: dt.datetime) -> list[str]:
    """The yearly rules that give this day: the nth of its weekday in the month, and the last where it is."""
    rules = [f"{(wall.day - 1) // 7 + 1}{_WEEKDAYS[wall.weekday()]}"]
    if wall.day > calendar.monthrange(wall.year, wall.month)[1] - 7:
        rules.append(f"-1{_WEEKDAYS[wall.weekday()]}")
    return [f"FREQ=YEARLY;BYMONTH={wall.month};BYDAY={rule}" for rule in rules]


def _text(offset: dt.timedelta) -> str:
    seconds = round(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}{f'{left:02}' if left else ''}"
