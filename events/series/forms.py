"""The rule of a series as its editor sends it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from events.models import Series
from events.planning.forms import Flag, Key
from events.programme.forms import Clock, LongLine
from events.recurrence.rules import (
    LONGEST,
    Exceptions,
    RecurrenceWrong,
    Timing,
    first_wall,
    list_walls,
    parse_wall,
    to_utc,
    wall_text,
)
from events.series.rules import DAYS, How, Repeat, read_rule, write_rule
from festival.kit.errors import Invalid
from festival.kit.text import wrong_text
from festival.kit.words import N_, say
from festival.settings import settings

_LONGEST_DAYS = 31


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _filled(value: object) -> object:
    """The fields that were filled in, of several with one name."""
    texts = [value] if isinstance(value, str) else value
    return [text for text in cast(list[Any], texts) if text] if isinstance(texts, list) else texts


Day = Annotated[dt.date, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value)]
MaybeDay = Annotated[dt.date | None, BeforeValidator(_none_if_blank)]
MaybeClock = Annotated[Clock | None, BeforeValidator(_none_if_blank)]
Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class SeriesForm(BaseModel):
    """First day, times, how it repeats, until when, and on which days not. `since` splits the series there."""

    starts_on: Day
    starts: MaybeClock = None
    ends: MaybeClock = None
    overnight: Flag = False
    all_day: Flag = False
    last_on: MaybeDay = None
    how: How = "once"
    rule: Annotated[str, Field(max_length=300)] = ""
    every: Annotated[int, BeforeValidator(lambda v: 1 if v == "" else v), Field(ge=1, le=52)] = 1
    days: Annotated[list[Weekday], BeforeValidator(_filled)] = []
    ordinal: Literal["1", "2", "3", "4", "-1"] = "1"
    weekday: Weekday = "SA"
    ending: Literal["until", "count"] = "until"
    until: MaybeDay = None
    count: Annotated[Annotated[int, Field(ge=1, le=LONGEST.days)] | None, BeforeValidator(_none_if_blank)] = None
    not_on: Annotated[list[Day], BeforeValidator(_filled), Field(max_length=100)] = []
    since: Key = ""
    reason: LongLine = ""
    revision: int | None = None

    @model_validator(mode="after")
    def _whole(self) -> SeriesForm:
        if self.last_on and (self.last_on - self.starts_on).days > _LONGEST_DAYS:
            raise wrong_text(N_("This lasts more than a month."))
        return self

    def repeat(self) -> Repeat:
        """How it repeats; raises Invalid at the field that is missing."""
        days = (self.weekday,) if self.how == "weekday" else tuple(self.days)
        plain = Repeat(self.how, self.every, days, int(self.ordinal))
        if self.how == "once":
            return Repeat("once")
        if self.how == "own":
            if not self.rule:
                raise Invalid({"how": say(N_("Choose one of the answers offered."))})
            plain = Repeat("own", self.every, rule=self.rule)
        if self.ending == "count":
            if self.count is None:
                raise Invalid({"count": say(N_("Say how many times."))})
            return replace(plain, count=self.count)
        if self.until is None:
            raise Invalid({"until": say(N_("Say until which day."))})
        if self.until < self.starts_on:
            raise Invalid({"until": say(N_("The end comes before the beginning."))})
        if self.until > self.starts_on + LONGEST:
            raise Invalid({"until": say(N_("This rule goes on for more than three years."))})
        return replace(plain, until=self.until)

    def timing(self) -> Timing:
        """When it takes place, from the first day that the rule gives; raises Invalid at the field."""
        zone = settings().zone
        rule = write_rule(self.repeat(), zone, all_day=self.all_day)
        if self.all_day:
            if self.last_on and self.last_on < self.starts_on:
                raise Invalid({"last_on": say(N_("The end comes before the beginning."))})
            timing = Timing(zone, self.starts_on, 0, self.last_on, rule)
        else:
            timing = self._with_clock(zone, rule)
        try:
            first = first_wall(timing)
        except RecurrenceWrong as wrong:
            raise Invalid({"how": wrong.words}) from None
        longer = (self.last_on - self.starts_on) if self.all_day and self.last_on else None
        return replace(timing, start=first, last_on=first + longer if longer else None)

    def _with_clock(self, zone: Any, rule: str) -> Timing:
        wrong: dict[str, Any] = {}
        for name in ("starts", "ends"):
            if getattr(self, name) is None:
                wrong[name] = say(N_("This is needed."))
        if wrong or self.starts is None or self.ends is None:
            raise Invalid(wrong)
        last = self.starts_on + dt.timedelta(days=1) if self.overnight else self.starts_on
        start, end = dt.datetime.combine(self.starts_on, self.starts), dt.datetime.combine(last, self.ends)
        if end <= start:
            sentence = N_("The end comes before the beginning. Does it end on the next day? Then say so.")
            raise Invalid({"ends": say(sentence)})
        if end - start > dt.timedelta(days=1):
            raise Invalid({"ends": say(N_("This lasts more than a day. Make it an event that lasts all day."))})
        if self.how == "once":
            try:
                to_utc(start, zone)
            except RecurrenceWrong as refusal:
                raise Invalid({"starts": refusal.words}) from None
        return Timing(zone, start, int((end - start).total_seconds()) // 60, None, rule)

    def exceptions(self) -> Exceptions:
        """The days on which it does not take place; raises Invalid where one is named twice."""
        if len(set(self.not_on)) != len(self.not_on):
            raise Invalid({"not_on": say(N_("One of these days stands here twice."))})
        return Exceptions(frozenset(self.not_on))


def timing_of(series: Series) -> Timing:
    """When a series takes place."""
    start = parse_wall(series.starts_local)
    return Timing(settings().zone, start, series.minutes or 0, series.ends_on, series.rrule)


def form_of(series: Series, since: str = "") -> dict[str, Any]:
    """The values that the editor shows of a series whose exceptions are loaded, from the date `since` on."""
    start = parse_wall(since or series.starts_local)
    repeat = read_rule(series.rrule, settings().zone)
    if since and repeat.count:
        repeat = replace(repeat, count=sum(wall_text(wall) >= since for wall in list_walls(timing_of(series))))
    found: dict[str, Any] = {
        "starts_on": str(start)[:10],
        "all_day": "yes" if series.all_day else "",
        "how": repeat.how,
        "rule": repeat.rule,
        "every": repeat.every,
        "days": list(repeat.days) if repeat.how == "weekly" else [],
        "ordinal": str(repeat.ordinal),
        "weekday": repeat.days[0] if repeat.how == "weekday" else DAYS[start.weekday()],
        "ending": "count" if repeat.count else "until",
        "until": str(repeat.until or ""),
        "count": repeat.count or "",
        "not_on": sorted(row.original_local[:10] for row in series.exceptions if row.original_local >= since),
        "since": since,
        "revision": series.revision,
    }
    if isinstance(start, dt.datetime):
        end = start + dt.timedelta(minutes=series.minutes or 0)
        found |= {"starts": f"{start:%H:%M}", "ends": f"{end:%H:%M}"}
        found["overnight"] = "yes" if end.date() > start.date() else ""
    elif series.ends_on:
        first = parse_wall(series.starts_local)
        found["last_on"] = str(start + (series.ends_on - dt.date.fromisoformat(str(first))))
    return found


class FollowingForm(BaseModel):
    """What happens to one date and all that follow it."""

    state: Literal["scheduled", "postponed", "cancelled"]
    reason: LongLine = ""
    revision: int

    def require_reason(self) -> None:
        """Raise Invalid where the public must be told why."""
        if self.state != "scheduled" and not self.reason:
            raise Invalid({"reason": say(N_("Say why, in a sentence: people who planned to come will read it."))})
