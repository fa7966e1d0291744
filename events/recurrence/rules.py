"""A rule (RFC 5545, section 3.3.10) in the city's wall time, and the dates that it gives.

The wall time is what people are promised: "Thursdays at six" stays at six across a change of the clocks.
Taken are the rules that an organizer can say in a sentence, in frequencies from a day up, that end within
three years; so no rule gives more than about 1,100 dates, and none takes long to find that out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from festival.kit.errors import Invalid
from festival.kit.words import N_, Message, say

LONGEST = dt.timedelta(days=3 * 366)
_DAY = dt.timedelta(days=1)

_FREQUENCIES = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}
_WEEKDAYS = {
    "MO": rrule.MO,
    "TU": rrule.TU,
    "WE": rrule.WE,
    "TH": rrule.TH,
    "FR": rrule.FR,
    "SA": rrule.SA,
    "SU": rrule.SU,
}
# Which parts go with which frequency: combinations that can never match would be searched for until the year 9999.
_PARTS = {
    "DAILY": {"BYDAY", "BYMONTH"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
}
_ALWAYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
_UNTIL = re.compile(r"(\d{8})T(\d{6})Z")


class RecurrenceWrong(Invalid):
    """The rule, or an exception to it, cannot be taken."""

    code = "recurrence_wrong"

    def __init__(self, words: Message) -> None:
        super().__init__({"rrule": words}, words)


@dataclass(frozen=True)
class Timing:
    """When something takes place: a first wall time, its length, and a rule or "" for one time only.

    `start` is a naive datetime, or a date where it lasts all day; then `last_on` is the last day of the
    first time (the same day if None), and `minutes` counts nothing.
    """

    zone: ZoneInfo
    start: dt.datetime | dt.date
    minutes: int = 0
    last_on: dt.date | None = None
    rule: str = ""

    @property
    def all_day(self) -> bool:
        """Whether it is counted in days."""
        return not isinstance(self.start, dt.datetime)


@dataclass(frozen=True)
class Exceptions:
    """What differs from the rule, by the date on which the rule has it."""

    skipped: frozenset[dt.date] = frozenset()
    moved: Mapping[dt.date, dt.datetime] = field(default_factory=dict[dt.date, dt.datetime])
    cancelled: frozenset[dt.date] = frozenset()


@dataclass(frozen=True)
class Planned:
    """One time of a series. `original_local` is the wall time that the rule gave, `2027-06-12T11:00` or a date.

    `starts_on` and `ends_on` are days in the city, both included.
    """

    original_local: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    starts_on: dt.date
    ends_on: dt.date
    moved: bool = False
    cancelled: bool = False


def wall_text(wall: dt.datetime | dt.date) -> str:
    """A wall time as it is kept."""
    return wall.isoformat(timespec="minutes") if isinstance(wall, dt.datetime) else wall.isoformat()


def parse_wall(text: str) -> dt.datetime | dt.date:
    """The wall time or date that `wall_text` wrote; raises ValueError on any other text."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?", text):
        raise ValueError(text)
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


def to_utc(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The moment of a wall time; raises RecurrenceWrong in an hour that a clock change skips or repeats."""
    earlier, later = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    if earlier.utcoffset() != later.utcoffset():
        sentence = N_("%(when)s falls into the change of the clocks. Choose an hour earlier or later.")
        raise RecurrenceWrong(say(sentence, when=wall_text(wall)))
    return earlier.astimezone(dt.UTC)


def plan_time(timing: Timing, wall: dt.datetime | dt.date) -> Planned:
    """The one time that begins at `wall` and lasts as `timing` says."""
    if isinstance(wall, dt.datetime):
        starts_at = to_utc(wall, timing.zone)
        ends_at = starts_at + dt.timedelta(minutes=timing.minutes)
        # What ends at midnight ends on the day before it.
        last = max(starts_at, ends_at - dt.timedelta(microseconds=1)).astimezone(timing.zone).date()
        return Planned(wall_text(wall), starts_at, ends_at, wall.date(), last)
    first = _date_of(timing.start)
    last = wall + ((timing.last_on or first) - first)
    starts_at, ends_at = _midnight(wall, timing.zone), _midnight(last + _DAY, timing.zone)
    return Planned(wall_text(wall), starts_at, ends_at, wall, last)


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def plan_series(timing: Timing, exceptions: Exceptions | None = None) -> list[Planned]:
    """Every time of a series, in the order of the rule, skipped ones left out.

    Raises RecurrenceWrong on a rule that cannot be taken, and on an exception to a date that the rule lacks.
    """
    differs = exceptions or Exceptions()
    walls = list_walls(timing)
    known = {_date_of(wall) for wall in walls}
    _require_known(known, [*differs.skipped, *differs.moved, *differs.cancelled])
    found: list[Planned] = []
    for wall in walls:
        on = _date_of(wall)
        if on in differs.skipped:
            continue
        planned = plan_time(timing, differs.moved.get(on, wall))
        moved, cancelled = on in differs.moved, on in differs.cancelled
        found.append(replace(planned, original_local=wall_text(wall), moved=moved, cancelled=cancelled))
    return found


def list_walls(timing: Timing) -> list[dt.datetime | dt.date]:
    """The wall times that the rule gives, without exceptions."""
    if not timing.rule:
        return [timing.start]
    first = timing.start if isinstance(timing.start, dt.datetime) else dt.datetime.combine(timing.start, dt.time())
    horizon = first + LONGEST
    walls: list[dt.datetime | dt.date] = []
    for wall in rrule.rrule(dtstart=first, cache=False, **_parse(timing, first)):
        if wall > horizon:
            raise RecurrenceWrong(say(N_("This rule goes on for more than three years.")))
        walls.append(wall.date() if timing.all_day else wall)
    if not walls or walls[0] != timing.start:
        raise RecurrenceWrong(say(N_("The first date is not one that the rule gives.")))
    return walls


def first_wall(timing: Timing) -> dt.datetime | dt.date:
    """The first wall time that the rule gives from `timing.start` on; raises RecurrenceWrong where there is none."""
    if not timing.rule:
        return timing.start
    first = timing.start if isinstance(timing.start, dt.datetime) else dt.datetime.combine(timing.start, dt.time())
    found: dt.datetime | None = next(iter(rrule.rrule(dtstart=first, cache=False, **_parse(timing, first))), None)
    if found is None or found > first + LONGEST:
        raise RecurrenceWrong(say(N_("This rule gives no date at all. Look at its end.")))
    return found.date() if timing.all_day else found


def _require_known(known: set[dt.date], dates: Sequence[dt.date]) -> None:
    seen: set[dt.date] = set()
    for on in dates:
        if on not in known:
            raise RecurrenceWrong(say(N_("%(day)s is not a date that the rule gives."), day=on.isoformat()))
        if on in seen:
            raise RecurrenceWrong(say(N_("%(day)s has two exceptions; one is enough."), day=on.isoformat()))
        seen.add(on)


def _date_of(wall: dt.datetime | dt.date) -> dt.date:
    return wall.date() if isinstance(wall, dt.datetime) else wall


def _parse(timing: Timing, first: dt.datetime) -> dict[str, Any]:
    """The arguments of dateutil's rrule, after checking that it will come to an end soon."""
    pairs = [part.partition("=") for part in timing.rule.upper().split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs):
        raise RecurrenceWrong(say(N_("The rule names a part twice.")))
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise RecurrenceWrong(say(N_("A rule repeats by day, week, month or year: FREQ=WEEKLY, for example.")))
    if unknown := sorted(parts.keys() - _PARTS[frequency] - _ALWAYS):
        raise RecurrenceWrong(say(N_("%(part)s cannot stand in this rule."), part=unknown[0]))
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise RecurrenceWrong(say(N_("Say either how often (COUNT) or until when (UNTIL).")))
    found: dict[str, Any] = {"freq": _FREQUENCIES[frequency], "interval": _number(parts, "INTERVAL", 1, 366)}
    if "COUNT" in parts:
        found["count"] = _number(parts, "COUNT", 1, LONGEST.days)
    else:
        found["until"] = _until(parts["UNTIL"], timing)
        if found["until"] > first + LONGEST:
            raise RecurrenceWrong(say(N_("This rule goes on for more than three years.")))
    if "WKST" in parts:
        found["wkst"] = _weekdays(parts["WKST"], ordinals=False)[0]
    if "BYDAY" in parts:
        found["byweekday"] = _weekdays(parts["BYDAY"], ordinals=frequency in {"MONTHLY", "YEARLY"})
    for name, most in (("BYMONTHDAY", 31), ("BYMONTH", 12), ("BYSETPOS", 31)):
        if name in parts:
            found[name.lower()] = _numbers(parts[name], name, most)
    if frequency == "DAILY" and found["interval"] > 1 and found.keys() & {"byweekday", "bymonth"}:
        raise RecurrenceWrong(say(N_("%(part)s cannot stand in this rule."), part="INTERVAL"))
    return found


def _number(parts: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    text = parts.get(name, str(otherwise))
    if not re.fullmatch(r"\d{1,5}", text) or not 1 <= int(text) <= most:
        raise RecurrenceWrong(say(N_("%(part)s must be a number from 1 to %(most)s."), part=name, most=most))
    return int(text)


def _numbers(text: str, name: str, most: int) -> list[int]:
    if not re.fullmatch(r"-?\d{1,2}(,-?\d{1,2}){0,30}", text):
        raise RecurrenceWrong(say(N_("%(part)s must be a list of numbers."), part=name))
    found = [int(number) for number in text.split(",")]
    least = 1 if name == "BYMONTH" else -most
    if any(number == 0 or not least <= number <= most for number in found):
        raise RecurrenceWrong(say(N_("%(part)s must be a number from 1 to %(most)s."), part=name, most=most))
    return found


def _weekdays(text: str, *, ordinals: bool) -> list[Any]:
    found: list[Any] = []
    for part in text.split(","):
        match = re.fullmatch(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", part)
        if not match or (match[1] and not ordinals):
            raise RecurrenceWrong(say(N_("%(day)s is not a weekday such as MO or 1SA."), day=part))
        weekday = _WEEKDAYS[match[2]]
        found.append(weekday(int(match[1])) if match[1] else weekday)
    return found


def _until(text: str, timing: Timing) -> dt.datetime:
    """The last wall time allowed. With a time of day, UNTIL is in UTC; all day, it is a date."""
    try:
        if timing.all_day:
            return dt.datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - a wall time has no zone
        if _UNTIL.fullmatch(text):
            moment = dt.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
            return moment.astimezone(timing.zone).replace(tzinfo=None)
    except ValueError:
        pass
    raise RecurrenceWrong(say(N_("UNTIL must be a moment in UTC such as 20271231T235959Z; all day, a date.")))
