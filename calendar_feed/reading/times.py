"""The times of a foreign event, read tolerantly: its start, its length, its rule and the dates that differ."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from calendar_feed.reading.lines import Block, Findings, Property
from calendar_feed.reading.recurrence import Budget, RuleWrong, Span, list_days, parse_rule
from calendar_feed.reading.values import find_zone, read_date, read_duration, read_moment
from festival.kit.words import N_, say

MOST_EXTRA = 1000
_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_EARLIEST, _LATEST = 1970, 2100
_LONGEST = dt.timedelta(days=62)


@dataclass(frozen=True)
class ReadTime:
    """One time of an event: moments in UTC, days in the city (both included), `original` the rule's wall time."""

    original: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    starts_on: dt.date
    ends_on: dt.date
    all_day: bool
    cancelled: bool = False


@dataclass(frozen=True)
class Start:
    """DTSTART as it was read: a day, or a wall time in a zone."""

    wall: dt.datetime | dt.date
    zone: ZoneInfo | dt.timezone

    @property
    def all_day(self) -> bool:
        """Whether there is a day only, no time."""
        return not isinstance(self.wall, dt.datetime)

    @property
    def day(self) -> dt.date:
        """The day, by the clock of its zone."""
        return self.wall.date() if isinstance(self.wall, dt.datetime) else self.wall

    def at(self, day: dt.date) -> dt.datetime:
        """The moment on another day, at the same time of the clock."""
        time = self.wall.time() if isinstance(self.wall, dt.datetime) else dt.time()
        return dt.datetime.combine(day, time, self.zone).astimezone(dt.UTC)

    def key(self, day: dt.date) -> str:
        """The wall time on `day`, as text."""
        if isinstance(self.wall, dt.datetime):
            return f"{day.isoformat()}T{self.wall:%H:%M}"
        return day.isoformat()


class TimesReader:
    """Reads the times of one event after another, noting what is odd."""

    def __init__(self, findings: Findings, city: ZoneInfo, first: dt.date, last: dt.date) -> None:
        self.findings, self.city, self.first, self.last = findings, city, first, last
        # The zones that the calendar describes itself, and the one that its times without a zone are in.
        self.zones: set[str] = set()
        self.floating: ZoneInfo = city
        self._told: set[str] = set()
        self._budget = Budget()

    def note_once(self, line: int, key: str, words: str, **params: object) -> None:
        """Note something that would be said of every event only the first time."""
        if key not in self._told:
            self._told.add(key)
            self.findings.add(line, say(words, **params), wrong=False)

    def master_times(self, block: Block) -> dict[str, ReadTime]:
        """The times of a master component, by the wall time that its rule gives."""
        start = self._start(block, "DTSTART")
        if not start:
            return {}
        length = self._length(block, start)
        cancelled = block.value("STATUS").strip().upper() == "CANCELLED"
        days = self._days(block, start)
        skipped = set(self._extra(block, "EXDATE", start))
        found: dict[str, ReadTime] = {}
        for day in days:
            if start.key(day) not in skipped:
                found[start.key(day)] = self._time(start, day, length, cancelled=cancelled)
        for key, (extra, day) in self._extra(block, "RDATE", start).items():
            self.note_once(
                block.line, "RDATE", N_("RDATE is lost or moved by half of all calendars; use an event of its own.")
            )
            found.setdefault(key, self._time(extra, day, length, cancelled=cancelled))
        return found

    def _days(self, block: Block, start: Start) -> list[dt.date]:
        given = block.first("RRULE")
        if not given:
            return [start.day]
        try:
            rule = parse_rule(given.value)
            until = self._until(rule.until, start, given)
        except RuleWrong as error:
            words = say(N_("This rule cannot be taken (%(part)s): only the first date was kept."), part=error.args[0])
            self.findings.add(given.line, words, excerpt=given.value)
            return [start.day]
        span = Span(start.day, self.first - _LONGEST, self.last)
        days = list(list_days(rule, span, until, self._budget))
        if self._budget.left < 0:
            words = N_("The rules of this calendar give too many dates: some were left out.")
            self.note_once(given.line, "budget", words)
        if start.day >= span.first and start.day not in days[:1]:
            words = N_("DTSTART is not a date that its rule gives: calendars disagree on such a date.")
            self.findings.add(given.line, say(words), wrong=False, excerpt=given.value)
            days = [start.day, *days]
        return [day for day in days if day >= self.first - _LONGEST]

    def _until(self, text: str, start: Start, given: Property) -> dt.date | None:
        if not text:
            return None
        moment = read_moment(text)
        if not moment:
            day = read_date(text)
            if not day:
                raise RuleWrong(f"UNTIL={text[:20]}")
            if not start.all_day:
                words = N_("UNTIL is a date where DTSTART has a time: some calendars lose the last date.")
                self.note_once(given.line, "UNTIL", words)
            return day
        wall, aware = moment
        if not aware and not start.all_day:
            self.note_once(given.line, "UNTIL-local", N_("UNTIL must be in UTC where DTSTART has a time zone."))
        local = wall.astimezone(start.zone) if aware else wall
        # A time of day before that of the dates does not let its own day in.
        early = isinstance(start.wall, dt.datetime) and local.time() < start.wall.time()
        return local.date() - _DAY if early else local.date()

    def _extra(self, block: Block, name: str, start: Start) -> dict[str, tuple[Start, dt.date]]:
        """The dates listed under EXDATE or RDATE, by key in the zone of DTSTART."""
        found: dict[str, tuple[Start, dt.date]] = {}
        for given in block.properties.get(name, [])[:MOST_EXTRA]:
            for value in given.value.split(",")[:MOST_EXTRA]:
                one = self._moment_of(given, value.partition("/")[0])
                if not one:
                    self.findings.add(given.line, say(N_("This is no date.")), excerpt=value)
                    continue
                moved = self._in_zone_of(one, start)
                found[moved.key(moved.day)] = (moved, moved.day)
        return found

    @staticmethod
    def _in_zone_of(one: Start, start: Start) -> Start:
        """`one` as a wall time of the zone that `start` is in."""
        if isinstance(one.wall, dt.datetime) and isinstance(start.wall, dt.datetime):
            local = one.at(one.day).astimezone(start.zone).replace(tzinfo=None)
            return Start(local, start.zone)
        if not isinstance(one.wall, dt.datetime) and isinstance(start.wall, dt.datetime):
            return Start(dt.datetime.combine(one.wall, start.wall.time()), start.zone)
        return Start(one.day, start.zone) if start.all_day else one

    def override(self, block: Block) -> tuple[str, ReadTime] | None:
        """The time of a component that changes one date, and the wall time it stands for; None if unreadable."""
        given = block.first("RECURRENCE-ID")
        original = self._moment_of(given, given.value) if given else None
        start = self._start(block, "DTSTART")
        if not given or not original or not start:
            if given and not original:
                self.findings.add(given.line, say(N_("This is no date.")), excerpt=given.value)
            return None
        if block.first("RRULE"):
            words = say(N_("A changed date repeats nothing: its RRULE was left out."))
            self.findings.add(block.line, words, wrong=False)
        if "RANGE" in given.parameters:
            words = say(N_("RANGE is not understood by most calendars: this date alone was changed."))
            self.findings.add(given.line, words, wrong=False)
        original = self._in_zone_of(original, start)
        cancelled = block.value("STATUS").strip().upper() == "CANCELLED"
        time = self._time(start, start.day, self._length(block, start), cancelled=cancelled)
        key = original.key(original.day)
        return key, replace(time, original=key)

    def _start(self, block: Block, name: str) -> Start | None:
        given = block.first(name)
        if not given:
            self.findings.add(block.line, say(N_("DTSTART is missing: the event was left out.")))
            return None
        start = self._moment_of(given, given.value)
        if not start:
            self.findings.add(given.line, say(N_("This is no date.")), excerpt=given.value)
        elif not _EARLIEST <= start.day.year <= _LATEST:
            self.findings.add(given.line, say(N_("This year cannot be meant.")), excerpt=given.value)
            return None
        return start

    def _moment_of(self, given: Property, value: str) -> Start | None:
        moment = read_moment(value)
        if not moment:
            day = read_date(value)
            if day and given.parameters.get("VALUE", "").upper() != "DATE":
                self.note_once(given.line, "VALUE", N_("A date without a time needs VALUE=DATE."))
            return Start(day, self.city) if day else None
        wall, aware = moment
        name = given.parameters.get("TZID", "").strip()
        if aware:
            zone = wall.tzinfo
            return Start(wall.replace(tzinfo=None), zone if isinstance(zone, dt.timezone) else dt.UTC)
        if not name:
            self.note_once(given.line, "floating", N_("A time without a zone was taken as the city's own time."))
            return Start(wall, self.floating)
        zone, exact = find_zone(name)
        if not zone:
            words = N_("Nobody knows the time zone “%(zone)s”: it was taken as the city's own time.")
            self.note_once(given.line, f"zone {name}", words, zone=name[:60])
        elif not exact:
            words = N_("“%(zone)s” is no name of the IANA database; it was taken as %(meant)s.")
            self.note_once(given.line, f"zone {name}", words, zone=name[:60], meant=zone.key)
        elif name not in self.zones:
            self.note_once(
                given.line, f"zone {name}", N_("There is no VTIMEZONE for %(zone)s: Outlook needs one."), zone=name
            )
        return Start(wall, zone or self.city)

    def _length(self, block: Block, start: Start) -> dt.timedelta:
        given, duration = block.first("DTEND"), block.first("DURATION")
        usual = _DAY if start.all_day else _HOUR if not duration else dt.timedelta()
        if duration:
            length = read_duration(duration.value)
            if length is None:
                self.findings.add(duration.line, say(N_("This is no duration.")), excerpt=duration.value)
            return min(length if length is not None else usual, _LONGEST)
        if not given:
            return _DAY if start.all_day else dt.timedelta()
        end = self._moment_of(given, given.value)
        if not end or end.all_day != start.all_day:
            self.findings.add(given.line, say(N_("DTEND is not of the same kind as DTSTART.")), excerpt=given.value)
            return usual
        length = end.day - start.day if start.all_day else end.at(end.day) - start.at(start.day)
        if length < dt.timedelta() or (start.all_day and not length):
            self.findings.add(given.line, say(N_("It ends before it begins.")), wrong=False, excerpt=given.value)
            return usual
        if length > _LONGEST:
            self.findings.add(
                given.line, say(N_("It lasts longer than two months; the end was brought forward.")), wrong=False
            )
        return min(length, _LONGEST)

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), self.city).astimezone(dt.UTC)

    def _time(self, start: Start, day: dt.date, length: dt.timedelta, *, cancelled: bool) -> ReadTime:
        if start.all_day:
            last = day + max(length, _DAY) - _DAY
            opens, closes = self._midnight(day), self._midnight(last + _DAY)
            return ReadTime(start.key(day), opens, closes, day, last, True, cancelled)
        starts_at = start.at(day)
        ends_at = starts_at + length
        first = starts_at.astimezone(self.city).date()
        last = max(starts_at, ends_at - dt.timedelta(microseconds=1)).astimezone(self.city).date()
        return ReadTime(start.key(day), starts_at, ends_at, first, last, False, cancelled)
