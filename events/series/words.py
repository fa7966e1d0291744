"""A rule in words, in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from babel.dates import get_day_names, get_month_names

from events.models import Series
from events.recurrence.rules import parse_wall
from events.series.rules import DAYS, Repeat, read_parts, read_rule
from festival.kit.i18n import day, listing, locale, number, put
from festival.kit.words import N_, Message, say, say_n
from festival.settings import settings

_ORDINALS = {
    1: N_("On the first %(weekday)s of the month."),
    2: N_("On the second %(weekday)s of the month."),
    3: N_("On the third %(weekday)s of the month."),
    4: N_("On the fourth %(weekday)s of the month."),
    -1: N_("On the last %(weekday)s of the month."),
}
_MOST_NAMED = 6


def weekday_names() -> dict[str, str]:
    """The days of the week, by their letters in a rule."""
    names = get_day_names("wide", context="format", locale=locale())
    return {letters: str(names[number_]) for number_, letters in enumerate(DAYS)}


def describe_series(series: Series) -> str:
    """The rule of a series whose exceptions are loaded, as one or more sentences."""
    skipped = [dt.date.fromisoformat(row.original_local[:10]) for row in series.exceptions]
    repeat = read_rule(series.rrule, settings().zone)
    start = parse_wall(series.starts_local)
    first = start.date() if isinstance(start, dt.datetime) else start
    return describe(repeat, first, sorted(skipped))


def describe(repeat: Repeat, first: dt.date, skipped: Sequence[dt.date] = ()) -> str:
    """How something repeats that begins on `first`, until when, and on which days it does not."""
    if repeat.how == "own":
        sentences = [*(_own(repeat.rule) or [say(N_("By the rule %(rule)s."), rule=repeat.rule)]), *_end(repeat)]
    else:
        sentences = [_how(repeat, first), *_end(repeat)]
    if skipped:
        named = listing([_day(on) for on in skipped[:_MOST_NAMED]])
        sentences.append(say(N_("Not on %(days)s."), days=named))
    if len(skipped) > _MOST_NAMED:
        rest = len(skipped) - _MOST_NAMED
        sentences.append(say_n("%(count)s more day is left out.", "%(count)s more days are left out.", rest))
    return " ".join(put(sentence) for sentence in sentences)


def _how(repeat: Repeat, first: dt.date) -> Message:
    names = weekday_names()
    days = listing([names[letters] for letters in DAYS if letters in repeat.days] or [names[DAYS[first.weekday()]]])
    match repeat.how:
        case "once":
            return say(N_("Once."))
        case "daily":
            return say_n("Every day.", "Every %(count)s days.", repeat.every)
        case "weekly":
            return say_n("Every week on %(days)s.", "Every %(count)s weeks on %(days)s.", repeat.every, days=days)
        case "yearly":
            return say(N_("Every year on %(day)s."), day=_day(first))
        case "monthday":
            return say(N_("On day %(day)s of the month."), day=number(first.day))
        case _:
            return say(_ORDINALS[repeat.ordinal], weekday=days)


def describe_own(rule: str) -> str:
    """A rule that the editor has no fields for, without its end, in words, or as it is written."""
    return " ".join(put(sentence) for sentence in _own(rule)) or rule


def _own(rule: str) -> list[Message]:
    """Each part in a sentence; none at all where one has no words."""
    parts = read_parts(rule)
    found = _on_days(parts)
    if found is None or not parts.keys() <= {"FREQ", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST"}:
        return []
    numbers = _numbers(parts.get("BYMONTHDAY", ""))
    if numbers == [-1]:
        found.append(say(N_("On the last day of the month.")))
    elif numbers:
        found.append(say(N_("On day %(day)s of the month."), day=listing([number(one) for one in numbers])))
    which = _numbers(parts.get("BYSETPOS", ""))
    if which == [-1]:
        found.append(say(N_("Of these days only the last.")))
    elif which:
        found.append(say(N_("Of these days only number %(numbers)s."), numbers=listing([number(one) for one in which])))
    months = _numbers(parts.get("BYMONTH", ""))
    if months:
        names = get_month_names("wide", context="format", locale=locale())
        found.append(
            say(N_("Only in %(months)s."), months=listing([str(names[one]) for one in months if one in names]))
        )
    return found


def _on_days(parts: dict[str, str]) -> list[Message] | None:
    """The weekdays of a rule in sentences; None where they have no words."""
    names, found, plain = weekday_names(), list[Message](), list[str]()
    for part in filter(None, parts.get("BYDAY", "").split(",")):
        which, letters = part[:-2].lstrip("+"), part[-2:]
        if letters not in names or which not in {"", *map(str, _ORDINALS)}:
            return None
        if which and (parts.get("FREQ") != "MONTHLY" and "BYMONTH" not in parts):
            return None  # of the year
        if which:
            found.append(say(_ORDINALS[int(which)], weekday=names[letters]))
        else:
            plain.append(names[letters])
    return [*([say(N_("On %(days)s."), days=listing(plain))] if plain else []), *found]


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if one.lstrip("-").isdigit()]


def _end(repeat: Repeat) -> list[Message]:
    found: list[Message] = []
    if repeat.every > 1 and repeat.how in {"weekday", "monthday", "yearly", "own"}:
        if repeat.how == "yearly" or "FREQ=YEARLY" in repeat.rule:
            found.append(say_n("Only every %(count)s year.", "Only every %(count)s years.", repeat.every))
        else:
            found.append(say_n("Only every %(count)s month.", "Only every %(count)s months.", repeat.every))
    if repeat.count:
        found.append(say_n("%(count)s time.", "%(count)s times.", repeat.count))
    elif repeat.until:
        found.append(say(N_("Until %(day)s."), day=_day(repeat.until)))
    return found


def _day(on: dt.date) -> str:
    return day(on, settings().zone, "long")
