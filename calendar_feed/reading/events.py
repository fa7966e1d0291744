"""A foreign calendar as events with their times in the window, good ones kept and each bad one named.

Nothing here is unbounded: bytes, lines, events and times have caps, and rules are followed up to the window's end.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from calendar_feed.reading.lines import Block, Finding, Findings, Property, decode, read_blocks
from calendar_feed.reading.recurrence import Budget, RuleWrong, Span, list_days, parse_rule
from calendar_feed.reading.values import find_zone, plain_text, read_date, read_duration, read_moment
from festival.kit.words import N_, say

MOST_TIMES = 750
_MOST_EXTRA = 1000
_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_EARLIEST, _LATEST = 1970, 2100
_LONGEST = dt.timedelta(days=62)
_STATES = {"CONFIRMED", "TENTATIVE", "CANCELLED", ""}


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
class ReadEvent:
    """An event with its times in the window; `line` is where it begins."""

    uid: str
    title: str
    description: str
    url: str
    place: str
    categories: tuple[str, ...]
    language: str
    times: tuple[ReadTime, ...]
    line: int
    # Of all that its components say: unchanged where the window alone moved.
    fingerprint: str = ""


@dataclass
class Reading:
    """A calendar as it was read."""

    name: str = ""
    source: str = ""
    events: list[ReadEvent] = field(default_factory=list[ReadEvent])
    findings: list[Finding] = field(default_factory=list[Finding])
    left_out: int = 0
    # How many events stand in the file, in the window or not.
    total: int = 0
    # Whether this is a calendar at all: an error page must withdraw nothing.
    is_calendar: bool = False


@dataclass(frozen=True)
class _Start:
    """DTSTART as it was read: a day, or a wall time in a zone."""

    wall: dt.datetime | dt.date
    zone: ZoneInfo | dt.timezone

    @property
    def all_day(self) -> bool:
        return not isinstance(self.wall, dt.datetime)

    @property
    def day(self) -> dt.date:
        return self.wall.date() if isinstance(self.wall, dt.datetime) else self.wall

    def at(self, day: dt.date) -> dt.datetime:
        """The moment on another day, at the same time of the clock."""
        time = self.wall.time() if isinstance(self.wall, dt.datetime) else dt.time()
        return dt.datetime.combine(day, time, self.zone).astimezone(dt.UTC)

    def key(self, day: dt.date) -> str:
        if isinstance(self.wall, dt.datetime):
            return f"{day.isoformat()}T{self.wall:%H:%M}"
        return day.isoformat()


def read_calendar(raw: bytes, city: ZoneInfo, first: dt.date, last: dt.date) -> Reading:
    """What stands in `raw`, with the times that touch the days from `first` to `last`."""
    findings, reading = Findings(), Reading()
    blocks = read_blocks(decode(raw, findings), findings)
    reading.is_calendar = bool(blocks)
    if not blocks:
        findings.add(0, say(N_("This is not a calendar: there is no BEGIN:VCALENDAR.")))
    for calendar in blocks:
        _read_one(calendar, _Reader(findings, city, first, last), reading)
    if blocks and not reading.total:
        findings.add(0, say(N_("There is no event in this calendar.")), wrong=False)
    reading.findings = sorted(findings.listed, key=lambda finding: finding.line)
    reading.left_out = findings.left_out
    return reading


def _read_one(calendar: Block, reader: _Reader, reading: Reading) -> None:
    for name in ("VERSION", "PRODID"):
        if not calendar.value(name):
            words = say(N_("%(name)s is missing; the standard asks for it."), name=name)
            reader.findings.add(calendar.line, words, wrong=False)
    reading.name = reading.name or plain_text(calendar.value("X-WR-CALNAME") or calendar.value("NAME"), 120)
    reading.source = reading.source or calendar.value("SOURCE") or calendar.value("URL")
    reader.zones = {block.value("TZID") for block in calendar.blocks if block.name == "VTIMEZONE"}
    own = find_zone(calendar.value("X-WR-TIMEZONE"))[0] if calendar.value("X-WR-TIMEZONE") else None
    reader.floating = own or reader.city
    groups: dict[str, list[Block]] = {}
    for block in calendar.blocks:
        if block.name == "VEVENT":
            reading.total += 1
            groups.setdefault(reader.uid_of(block), []).append(block)
    for uid, group in groups.items():
        event = reader.read_group(uid, group)
        if event:
            reading.events.append(event)


class _Reader:
    """Reads events one after another, noting what is odd."""

    def __init__(self, findings: Findings, city: ZoneInfo, first: dt.date, last: dt.date) -> None:
        self.findings, self.city, self.first, self.last = findings, city, first, last
        self.zones: set[str] = set()
        self.floating: ZoneInfo = city
        self.told: set[str] = set()
        self.budget = Budget()

    def _once(self, line: int, key: str, words: str, **params: object) -> None:
        """Note something that would be said of every event only the first time."""
        if key not in self.told:
            self.told.add(key)
            self.findings.add(line, say(words, **params), wrong=False)

    def uid_of(self, block: Block) -> str:
        """UID, or one made of what identifies the event where there is none."""
        uid = block.value("UID").strip()[:300]
        if uid:
            return uid
        self.findings.add(block.line, say(N_("UID is missing: changes of this event cannot be followed.")), wrong=False)
        text = f"{block.value('SUMMARY')}\n{block.value('DTSTART')}"
        return f"none-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:24]}"

    def read_group(self, uid: str, group: list[Block]) -> ReadEvent | None:
        """The event of one UID: its master, and the single dates that differ."""
        masters = [block for block in group if not block.first("RECURRENCE-ID")]
        overrides = [block for block in group if block.first("RECURRENCE-ID")]
        master = max(masters, key=_version, default=None)
        if len(masters) > 1:
            words = say(N_("The UID %(uid)s stands here more than once; the latest version counts."), uid=uid[:60])
            self.findings.add(masters[-1].line, words, wrong=False)
        times: dict[str, ReadTime] = {}
        if master:
            times = self._master_times(master)
        newest: dict[str, Block] = {}
        for block in overrides[:_MOST_EXTRA]:
            found = self._override(block)
            if not found:
                continue
            key, time = found
            if key not in newest or _version(block) >= _version(newest[key]):
                newest[key] = block
                times[key] = time
        shown = master or max(overrides, key=_version)
        inside = [time for time in times.values() if self._is_inside(time)]
        inside.sort(key=lambda time: (time.starts_at, time.original))
        if len(inside) > MOST_TIMES:
            words = say(N_("More than %(most)s dates: the rest was left out."), most=MOST_TIMES)
            self.findings.add(shown.line, words)
        title = plain_text(shown.value("SUMMARY"), 200)
        if not title:
            self.findings.add(shown.line, say(N_("SUMMARY is missing: an event without a name was left out.")))
            return None
        if not inside:
            return None
        return replace(self._event(uid, shown, title, inside[:MOST_TIMES]), fingerprint=_fingerprint(group))

    def _event(self, uid: str, block: Block, title: str, times: list[ReadTime]) -> ReadEvent:
        self._check(block)
        summary = block.first("SUMMARY")
        url = block.value("URL").strip()
        categories = plain_text(",".join(one.value for one in block.properties.get("CATEGORIES", [])), 400)
        return ReadEvent(
            uid, " ".join(title.split()), plain_text(block.value("DESCRIPTION")),
            url[:1000] if url.startswith(("http://", "https://")) else "",
            " ".join(plain_text(block.value("LOCATION"), 300).split()),
            tuple(part.strip() for part in categories.split(",") if part.strip()),
            (summary.parameters.get("LANGUAGE", "") if summary else "")[:12], tuple(times), block.line,
        )  # fmt: skip

    def _check(self, block: Block) -> None:
        if not block.value("DTSTAMP"):
            self._once(block.line, "DTSTAMP", N_("%(name)s is missing; the standard asks for it."), name="DTSTAMP")
        status = block.first("STATUS")
        if status and status.value.strip().upper() not in _STATES:
            words = say(N_("STATUS can be CONFIRMED, TENTATIVE or CANCELLED."))
            self.findings.add(status.line, words, wrong=False, excerpt=status.value)
        for name in ("SUMMARY", "DTSTART", "DTEND", "RRULE", "STATUS", "UID"):
            if len(block.properties.get(name, [])) > 1:
                words = say(N_("%(name)s stands more than once; the first counts."), name=name)
                self.findings.add(block.properties[name][1].line, words, wrong=False)

    def _is_inside(self, time: ReadTime) -> bool:
        return time.ends_on >= self.first and time.starts_on <= self.last

    # ------------------------------------------------------------ times

    def _master_times(self, block: Block) -> dict[str, ReadTime]:
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
            self._once(
                block.line, "RDATE", N_("RDATE is lost or moved by half of all calendars; use an event of its own.")
            )
            found.setdefault(key, self._time(extra, day, length, cancelled=cancelled))
        return found

    def _days(self, block: Block, start: _Start) -> list[dt.date]:
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
        days = list(list_days(rule, span, until, self.budget))
        if self.budget.left < 0:
            words = N_("The rules of this calendar give too many dates: some were left out.")
            self._once(given.line, "budget", words)
        if start.day >= span.first and start.day not in days[:1]:
            words = N_("DTSTART is not a date that its rule gives: calendars disagree on such a date.")
            self.findings.add(given.line, say(words), wrong=False, excerpt=given.value)
            days = [start.day, *days]
        return [day for day in days if day >= self.first - _LONGEST]

    def _until(self, text: str, start: _Start, given: Property) -> dt.date | None:
        if not text:
            return None
        moment = read_moment(text)
        if not moment:
            day = read_date(text)
            if not day:
                raise RuleWrong(f"UNTIL={text[:20]}")
            if not start.all_day:
                words = N_("UNTIL is a date where DTSTART has a time: some calendars lose the last date.")
                self._once(given.line, "UNTIL", words)
            return day
        wall, aware = moment
        if not aware and not start.all_day:
            self._once(given.line, "UNTIL-local", N_("UNTIL must be in UTC where DTSTART has a time zone."))
        local = wall.astimezone(start.zone) if aware else wall
        # A time of day before that of the dates does not let its own day in.
        early = isinstance(start.wall, dt.datetime) and local.time() < start.wall.time()
        return local.date() - _DAY if early else local.date()

    def _extra(self, block: Block, name: str, start: _Start) -> dict[str, tuple[_Start, dt.date]]:
        """The dates listed under EXDATE or RDATE, by key in the zone of DTSTART."""
        found: dict[str, tuple[_Start, dt.date]] = {}
        for given in block.properties.get(name, [])[:_MOST_EXTRA]:
            for value in given.value.split(",")[:_MOST_EXTRA]:
                one = self._moment_of(given, value.partition("/")[0])
                if not one:
                    self.findings.add(given.line, say(N_("This is no date.")), excerpt=value)
                    continue
                moved = self._in_zone_of(one, start)
                found[moved.key(moved.day)] = (moved, moved.day)
        return found

    @staticmethod
    def _in_zone_of(one: _Start, start: _Start) -> _Start:
        """`one` as a wall time of the zone that `start` is in."""
        if isinstance(one.wall, dt.datetime) and isinstance(start.wall, dt.datetime):
            local = one.at(one.day).astimezone(start.zone).replace(tzinfo=None)
            return _Start(local, start.zone)
        if not isinstance(one.wall, dt.datetime) and isinstance(start.wall, dt.datetime):
            return _Start(dt.datetime.combine(one.wall, start.wall.time()), start.zone)
        return _Start(one.day, start.zone) if start.all_day else one

    def _override(self, block: Block) -> tuple[str, ReadTime] | None:
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

    def _start(self, block: Block, name: str) -> _Start | None:
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

    def _moment_of(self, given: Property, value: str) -> _Start | None:
        moment = read_moment(value)
        if not moment:
            day = read_date(value)
            if day and given.parameters.get("VALUE", "").upper() != "DATE":
                self._once(given.line, "VALUE", N_("A date without a time needs VALUE=DATE."))
            return _Start(day, self.city) if day else None
        wall, aware = moment
        name = given.parameters.get("TZID", "").strip()
        if aware:
            zone = wall.tzinfo
            return _Start(wall.replace(tzinfo=None), zone if isinstance(zone, dt.timezone) else dt.UTC)
        if not name:
            self._once(given.line, "floating", N_("A time without a zone was taken as the city's own time."))
            return _Start(wall, self.floating)
        zone, exact = find_zone(name)
        if not zone:
            words = N_("Nobody knows the time zone “%(zone)s”: it was taken as the city's own time.")
            self._once(given.line, f"zone {name}", words, zone=name[:60])
        elif not exact:
            words = N_("“%(zone)s” is no name of the IANA database; it was taken as %(meant)s.")
            self._once(given.line, f"zone {name}", words, zone=name[:60], meant=zone.key)
        elif name not in self.zones:
            self._once(
                given.line, f"zone {name}", N_("There is no VTIMEZONE for %(zone)s: Outlook needs one."), zone=name
            )
        return _Start(wall, zone or self.city)

    def _length(self, block: Block, start: _Start) -> dt.timedelta:
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

    def _time(self, start: _Start, day: dt.date, length: dt.timedelta, *, cancelled: bool) -> ReadTime:
        if start.all_day:
            last = day + max(length, _DAY) - _DAY
            opens, closes = self._midnight(day), self._midnight(last + _DAY)
            return ReadTime(start.key(day), opens, closes, day, last, True, cancelled)
        starts_at = start.at(day)
        ends_at = starts_at + length
        first = starts_at.astimezone(self.city).date()
        last = max(starts_at, ends_at - dt.timedelta(microseconds=1)).astimezone(self.city).date()
        return ReadTime(start.key(day), starts_at, ends_at, first, last, False, cancelled)


def _fingerprint(group: list[Block]) -> str:
    """A digest of the components, the moment at which they were written out aside."""
    lines = sorted(
        f"{one.name}{sorted(one.parameters.items())}{one.value}"
        for block in group
        for name, properties in block.properties.items()
        if name != "DTSTAMP"
        for one in properties
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _version(block: Block) -> tuple[int, str]:
    sequence = block.value("SEQUENCE").strip()
    number = int(sequence) if sequence.isdigit() and len(sequence) < 10 else 0
    return number, block.value("LAST-MODIFIED") or block.value("DTSTAMP")
