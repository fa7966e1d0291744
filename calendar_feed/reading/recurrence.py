"""A foreign RRULE (RFC 5545, section 3.3.10) into days, period by period, never further than the window. Pure.

Nothing here searches: a rule that can never match costs as many steps as there are periods up to the window's end.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
_ORDINAL = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_DAY = dt.timedelta(days=1)


class RuleWrong(ValueError):
    """`args[0]` is the part that cannot be taken."""


@dataclass(frozen=True)
class Rule:
    """A rule that was taken; `until` is its own text, as its meaning hangs on the zone."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    week_start: int = 0
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()


def parse_rule(text: str) -> Rule:
    """The rule in `text`; raises RuleWrong on one that is malformed, or repeats more often than daily."""
    parts: dict[str, str] = {}
    for part in text.strip().strip(";").upper().split(";"):
        name, equals, value = part.partition("=")
        if not equals or name in parts:
            raise RuleWrong(part[:40])
        parts[name.strip()] = value.strip()
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise RuleWrong(f"FREQ={frequency[:20]}")
    unknown = sorted(name for name in parts.keys() - _KNOWN if not name.startswith("X-"))
    if unknown:
        raise RuleWrong(unknown[0][:40])
    start = parts.get("WKST", "MO")
    if start not in _DAYS:
        raise RuleWrong(f"WKST={start[:10]}")
    count = _integer(parts, "COUNT", 1, 100_000)
    return Rule(
        frequency, _integer(parts, "INTERVAL", 1, 1000) or 1, count, parts.get("UNTIL", ""), _DAYS.index(start),
        _weekdays(parts.get("BYDAY", "")), _integers(parts, "BYMONTHDAY", 31), _integers(parts, "BYMONTH", 12),
        _integers(parts, "BYSETPOS", 366),
    )  # fmt: skip


def _integer(parts: dict[str, str], name: str, least: int, most: int) -> int | None:
    if name not in parts:
        return None
    if not re.fullmatch(r"\d{1,7}", parts[name]) or not least <= int(parts[name]) <= most:
        raise RuleWrong(f"{name}={parts[name][:20]}")
    return int(parts[name])


def _integers(parts: dict[str, str], name: str, most: int) -> tuple[int, ...]:
    if not parts.get(name):
        return ()
    texts = parts[name].split(",")
    if len(texts) > 400 or not all(re.fullmatch(r"[+-]?\d{1,3}", text) for text in texts):
        raise RuleWrong(f"{name}={parts[name][:20]}")
    found = tuple(int(text) for text in texts)
    if any(number == 0 or abs(number) > most for number in found):
        raise RuleWrong(f"{name}={parts[name][:20]}")
    return found


def _weekdays(text: str) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for part in text.split(",") if text else []:
        match = _ORDINAL.fullmatch(part.strip())
        if not match or len(found) > 100:
            raise RuleWrong(f"BYDAY={text[:20]}")
        found.append((int(match[1] or 0), _DAYS.index(match[2])))
    return tuple(found)


class Budget:
    """How many periods may still be looked at, in a whole calendar."""

    def __init__(self, steps: int = 200_000) -> None:
        self.left = steps


@dataclass(frozen=True)
class Span:
    """From `start`, where the rule begins; days before `first` are of no interest, none after `last` are wanted."""

    start: dt.date
    first: dt.date
    last: dt.date


def list_days(rule: Rule, span: Span, until: dt.date | None, budget: Budget) -> Iterator[dt.date]:
    """The days that the rule gives within `span`, some before `first` perhaps; COUNT counts from `start`."""
    end = min(span.last, until) if until else span.last
    given = 0
    for period in _periods(rule, span, end):
        budget.left -= 1
        if budget.left < 0:
            return
        for day in _pick(rule, _days_of(rule, period, span.start)):
            if day < span.start:
                continue
            if day > end or (rule.count is not None and given >= rule.count):
                return
            given += 1
            yield day


def _periods(rule: Rule, span: Span, end: dt.date) -> Iterator[dt.date]:
    """The first day of each period, every `interval`; without COUNT, those long before the window are passed over."""
    start = span.start
    if rule.frequency in {"DAILY", "WEEKLY"}:
        week = rule.frequency == "WEEKLY"
        first = start - dt.timedelta(days=(start.weekday() - rule.week_start) % 7) if week else start
        step = dt.timedelta(days=rule.interval * (7 if week else 1))
        if rule.count is None:
            first += max(0, (span.first - first) // step - 1) * step
        while first <= end:
            yield first
            first += step
        return
    months = rule.interval * (12 if rule.frequency == "YEARLY" else 1)
    number = start.year * 12 + (0 if rule.frequency == "YEARLY" else start.month - 1)
    if rule.count is None:
        number += max(0, (span.first.year * 12 + span.first.month - 1 - number) // months - 1) * months
    while number // 12 <= min(end.year, 9998) and dt.date(number // 12, number % 12 + 1, 1) <= end:
        yield dt.date(number // 12, number % 12 + 1, 1)
        number += months


def _days_of(rule: Rule, first: dt.date, start: dt.date) -> list[dt.date]:
    if rule.frequency == "DAILY":
        return [first] if _fits(rule, first, by_day=True) else []
    if rule.frequency == "WEEKLY":
        wanted = {day for _, day in rule.weekdays} or {start.weekday()}
        days = [first + _DAY * number for number in range(7)]
        return [day for day in days if day.weekday() in wanted and (not rule.months or day.month in rule.months)]
    if rule.frequency == "MONTHLY":
        return _days_of_month(rule, first, start) if not rule.months or first.month in rule.months else []
    return _days_of_year(rule, first, start)


def _days_of_year(rule: Rule, first: dt.date, start: dt.date) -> list[dt.date]:
    if rule.weekdays and not rule.months and not rule.month_days:
        length = 366 if calendar.isleap(first.year) else 365
        return _by_weekday(rule, [first + _DAY * number for number in range(length)])
    months = rule.months or ((start.month,) if not rule.month_days else tuple(range(1, 13)))
    found: list[dt.date] = []
    for month in sorted({month for month in months if month > 0}):
        found += _days_of_month(rule, first.replace(month=month), start)
    return found


def _days_of_month(rule: Rule, first: dt.date, start: dt.date) -> list[dt.date]:
    length = calendar.monthrange(first.year, first.month)[1]
    days = [first.replace(day=number) for number in range(1, length + 1)]
    if rule.month_days:
        days = [day for day in days if day.day in rule.month_days or day.day - length - 1 in rule.month_days]
        wanted = {weekday for _, weekday in rule.weekdays}
        return [day for day in days if not wanted or day.weekday() in wanted]
    if rule.weekdays:
        return _by_weekday(rule, days)
    return [day for day in days if day.day == start.day]


def _by_weekday(rule: Rule, days: list[dt.date]) -> list[dt.date]:
    """The days of a month or a year that BYDAY means, numbered from either end."""
    found: set[dt.date] = set()
    for number, weekday in rule.weekdays:
        same = [day for day in days if day.weekday() == weekday]
        if number == 0:
            found.update(same)
        elif abs(number) <= len(same):
            found.add(same[number - 1 if number > 0 else number])
    return sorted(found)


def _fits(rule: Rule, day: dt.date, *, by_day: bool) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    return (
        (not rule.months or day.month in rule.months)
        and (not rule.month_days or day.day in rule.month_days or day.day - length - 1 in rule.month_days)
        and (not by_day or not rule.weekdays or day.weekday() in {weekday for _, weekday in rule.weekdays})
    )


def _pick(rule: Rule, days: list[dt.date]) -> list[dt.date]:
    """The days at BYSETPOS, from either end; all where it is not given."""
    if not rule.positions:
        return days
    chosen = {days[p - 1 if p > 0 else p] for p in rule.positions if abs(p) <= len(days)}
    return sorted(chosen)
