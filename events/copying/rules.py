"""Pure: when next year's dates are, given this year's."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import replace

from events.recurrence.rules import Timing, first_wall
from events.series.rules import Repeat, read_rule, write_rule

_YEAR = dt.timedelta(weeks=52)


def next_start(day: dt.date, how: str) -> dt.date:
    """Where to look for the first date of next year: 52 weeks later, on the same weekday; what goes by the month
    ("the first Saturday") at the beginning of the same month; what goes by the date, on that date."""
    if how == "weekday":
        return dt.date(day.year + 1, day.month, 1)
    if how in {"monthday", "yearly"}:
        longest = calendar.monthrange(day.year + 1, day.month)[1]
        return dt.date(day.year + 1, day.month, min(day.day, longest))
    return day + _YEAR


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _counts_by(repeat: Repeat) -> str:
    """Like which of the plain rules a rule finds its first date."""
    if repeat.how != "own":
        return repeat.how
    if "FREQ=MONTHLY" not in repeat.rule and "FREQ=YEARLY" not in repeat.rule:
        return "weekly"
    return "weekday" if "BYDAY" in repeat.rule or "BYMONTHDAY" in repeat.rule else "yearly"


def shift_timing(timing: Timing, later: dt.timedelta | None = None) -> Timing:
    """The same a year later; or, with `later`, so much later. Raises RecurrenceWrong in a gap of the clocks."""
    first = timing.start.date() if isinstance(timing.start, dt.datetime) else timing.start
    repeat = read_rule(timing.rule, timing.zone)
    how = _counts_by(repeat)
    day = first + later if later is not None else next_start(first, how)
    rule = timing.rule
    if repeat.until:
        until = repeat.until + (later or _YEAR)
        # A week more where the weekday of the month falls late.
        until += dt.timedelta(days=6) if how == "weekday" and later is None else dt.timedelta()
        if repeat.how == "own" and later is None:
            until = min(until, _month_end(repeat.until.year + 1, repeat.until.month))
        rule = write_rule(replace(repeat, until=until), timing.zone, all_day=timing.all_day)
    start = dt.datetime.combine(day, timing.start.time()) if isinstance(timing.start, dt.datetime) else day
    moved = first_wall(replace(timing, start=start, rule=rule))
    last_on = timing.last_on + (dt.date.fromisoformat(str(moved)[:10]) - first) if timing.last_on else None
    return replace(timing, start=moved, last_on=last_on, rule=rule)
