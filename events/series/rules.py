"""Pure: a rule as people say it, to RFC 5545 and back; which dates stay when a rule changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from events.recurrence.rules import Planned

How = Literal["once", "daily", "weekly", "weekday", "monthday", "yearly", "own"]
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ORDINALS = (1, 2, 3, 4, -1)


@dataclass(frozen=True)
class Repeat:
    """How something repeats: `weekly` on `days`; by `weekday` as the `ordinal` of `days[0]` in a month (-1 the
    last); by `monthday` and `yearly` on the day of the first date; by an `own` rule as RFC 5545 has it, where it is
    none of these. It ends after `count` times or on `until`."""

    how: How
    every: int = 1
    days: tuple[str, ...] = ()
    ordinal: int = 1
    until: dt.date | None = None
    count: int | None = None
    rule: str = ""


def write_rule(repeat: Repeat, zone: ZoneInfo, *, all_day: bool) -> str:
    """The rule as RFC 5545 has it (section 3.3.10); "" for one time only. UNTIL is the end of its day in the city."""
    if repeat.how == "once":
        return ""
    names = {"daily": "DAILY", "weekly": "WEEKLY", "weekday": "MONTHLY", "monthday": "MONTHLY", "yearly": "YEARLY"}
    own = repeat.rule.split(";") if repeat.how == "own" else []
    parts = own or [f"FREQ={names[repeat.how]}"]
    if repeat.every > 1:
        parts.append(f"INTERVAL={repeat.every}")
    if repeat.how == "weekly" and repeat.days:
        parts.append("BYDAY=" + ",".join(day for day in DAYS if day in repeat.days))
    if repeat.how == "weekday":
        parts.append(f"BYDAY={repeat.ordinal}{repeat.days[0]}")
    if repeat.count:
        parts.append(f"COUNT={repeat.count}")
    elif repeat.until:
        parts.append(f"UNTIL={write_until(repeat.until, zone, all_day=all_day)}")
    return ";".join(parts)


def write_until(day: dt.date, zone: ZoneInfo, *, all_day: bool) -> str:
    """UNTIL for a last day in the city."""
    if all_day:
        return f"{day:%Y%m%d}"
    return f"{dt.datetime.combine(day, dt.time(23, 59, 59), zone).astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


_ENDS = {"INTERVAL", "COUNT", "UNTIL"}


def read_rule(rule: str, zone: ZoneInfo) -> Repeat:
    """The rule as people say it; what the editor has no fields for stays a rule of its `own`, with its end."""
    if not rule:
        return Repeat("once")
    parts = read_parts(rule)
    until, count = _read_until(parts.get("UNTIL", ""), zone), int(parts.get("COUNT", "0")) or None
    every, days = int(parts.get("INTERVAL", "1")), tuple(filter(None, parts.get("BYDAY", "").split(",")))
    kept = ";".join(f"{name}={value}" for name, value in parts.items() if name not in _ENDS)
    own = Repeat("own", every, rule=kept, until=until, count=count)
    if parts.keys() & {"BYMONTH", "BYSETPOS", "BYMONTHDAY"}:
        return own
    match parts["FREQ"], days:
        case "DAILY", ():
            return Repeat("daily", every, until=until, count=count)
        case "DAILY" | "WEEKLY", _ if all(day in DAYS for day in days):
            return Repeat("weekly", every, days, until=until, count=count)
        case "MONTHLY", ():
            return Repeat("monthday", every, until=until, count=count)
        case "MONTHLY", (day,) if day[-2:] in DAYS and day[:-2].lstrip("+") in {"1", "2", "3", "4", "-1"}:
            return Repeat("weekday", every, (day[-2:],), int(day[:-2]), until=until, count=count)
        case "YEARLY", ():
            return Repeat("yearly", every, until=until, count=count)
        case _:
            return own


def read_parts(rule: str) -> dict[str, str]:
    """The parts of a rule by name, as written."""
    pairs = (part.partition("=") for part in rule.upper().split(";"))
    return {name: value for name, _, value in pairs}


def _read_until(text: str, zone: ZoneInfo) -> dt.date | None:
    if "T" not in text:
        return dt.datetime.strptime(text, "%Y%m%d").date() if text else None  # noqa: DTZ007 - a date has no zone
    return dt.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC).astimezone(zone).date()


def cut_rule(rule: str, last: dt.date, zone: ZoneInfo, *, all_day: bool) -> str:
    """The same rule, ending on `last`."""
    parts = [part for part in rule.split(";") if not part.upper().startswith(("COUNT=", "UNTIL="))]
    return ";".join([*parts, f"UNTIL={write_until(last, zone, all_day=all_day)}"])


@dataclass(frozen=True)
class Held:
    """A date that is in the database: its id, and the wall time that the rule gave."""

    id: int
    original_local: str

    @property
    def on(self) -> str:
        """The day on which the rule has it."""
        return self.original_local[:10]


@dataclass(frozen=True)
class Merged:
    """What becomes of the dates of a series when its rule changes."""

    kept: Sequence[tuple[Held, Planned]]
    new: Sequence[Planned]
    gone: Sequence[Held]


def merge_dates(held: Sequence[Held], planned: Sequence[Planned]) -> Merged:
    """A date that the new rule has on the same day stays the one it was: its address, its tickets, its changes."""
    by_day = {date.on: date for date in held}
    kept = [(by_day[time.original_local[:10]], time) for time in planned if time.original_local[:10] in by_day]
    stay = {date.id for date, _ in kept}
    new = [time for time in planned if time.original_local[:10] not in by_day]
    return Merged(kept, new, [date for date in held if date.id not in stay])
