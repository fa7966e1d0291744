"""A foreign calendar as events with their times in the window, good ones kept and each bad one named.

Nothing here is unbounded: bytes, lines, events and times have caps, and rules are followed up to the window's end.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from calendar_feed.reading.lines import Block, Finding, Findings, decode, read_blocks
from calendar_feed.reading.times import MOST_EXTRA, ReadTime, TimesReader
from calendar_feed.reading.values import find_zone, plain_text
from festival.kit.words import N_, say

MOST_TIMES = 750
_STATES = {"CONFIRMED", "TENTATIVE", "CANCELLED", ""}


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
    reader.times.zones = {block.value("TZID") for block in calendar.blocks if block.name == "VTIMEZONE"}
    own = find_zone(calendar.value("X-WR-TIMEZONE"))[0] if calendar.value("X-WR-TIMEZONE") else None
    reader.times.floating = own or reader.times.city
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
        self.findings, self.first, self.last = findings, first, last
        self.times = TimesReader(findings, city, first, last)

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
            times = self.times.master_times(master)
        newest: dict[str, Block] = {}
        for block in overrides[:MOST_EXTRA]:
            found = self.times.override(block)
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
            self.times.note_once(
                block.line, "DTSTAMP", N_("%(name)s is missing; the standard asks for it."), name="DTSTAMP"
            )
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
