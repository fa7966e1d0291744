"""iCalendar (RFC 5545 and 7986): one event to its bytes, and bytes joined to a calendar. Alone knows icalendar.

The same values give the same bytes at any time, so that what is written can be kept and compared.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Component, vDuration, vRecur, vText, vUri
from icalendar import Event as Written
from icalendar.parser import Contentline

from calendar_feed.time_zones import write_time_zone

PRODUCT = "-//Global Fest//Calendar//EN"
REFRESH = dt.timedelta(hours=1)
_COLOR = "orangered"
# Line breaks may stay: they are escaped. NEL and the Unicode separators break lines in some readers.
_UNWELCOME = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")

# A moment in the city's zone, or a day where something lasts all day.
When = dt.datetime | dt.date


class Words(NamedTuple):
    """A text and the language it is in (BCP 47)."""

    text: str
    language: str


NO_WORDS = Words("", "")


@dataclass(frozen=True)
class Instance:
    """One time of an event, `end` exclusive. `replaces` is the time that the rule gave, where this one differs."""

    start: When
    end: When
    title: Words
    location: str = ""
    position: tuple[float, float] | None = None
    status: str = "CONFIRMED"
    sequence: int = 0
    changed_at: dt.datetime = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    replaces: When | None = None


@dataclass(frozen=True)
class Event:
    """What a calendar shows: a first time, the rule it repeats by, the dates left out and those that differ."""

    uid: str
    first: Instance
    description: Words = NO_WORDS
    url: str = ""
    categories: tuple[str, ...] = ()
    image: str = ""
    conference: str = ""
    rule: str = ""
    skipped: tuple[When, ...] = ()
    overrides: tuple[Instance, ...] = ()

    @property
    def zone(self) -> str:
        """The IANA zone of its times; "" all day."""
        start = self.first.start
        return start.tzinfo.key if isinstance(start, dt.datetime) and isinstance(start.tzinfo, ZoneInfo) else ""


@dataclass(frozen=True)
class About:
    """What is said of a whole calendar. `source` is its own address, `url` its page."""

    name: str
    description: str
    language: str
    source: str
    url: str


def write_event(event: Event, *, structured: bool = False) -> bytes:
    """Its VEVENTs, the times that differ after the one that repeats.

    `structured` adds the place as a component of its own (RFC 9073, section 7.2), over which several calendars stumble.
    """
    instances = (event.first, *event.overrides)
    return b"".join(_write_instance(event, instance, structured=structured) for instance in instances)


def write_calendar(about: About, events: Iterable[bytes], zones: Iterable[str]) -> bytes:
    """A whole calendar of events that were written before, with a VTIMEZONE for each of `zones`."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        _put_text(calendar, name, Words(about.name, about.language))
    for name in ("description", "x-wr-caldesc"):
        _put_text(calendar, name, Words(about.description, about.language))
    _put_text(calendar, "color", Words(_COLOR, ""))
    calendar.add("source", vUri(about.source), parameters={"VALUE": "URI"})
    calendar.add("url", vUri(about.url))
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    end = b"END:VCALENDAR\r\n"
    head = calendar.to_ical().removesuffix(end)
    return b"".join((head, *(write_time_zone(zone) for zone in sorted(set(zones))), *events, end))


_SUMMARY = re.compile(rb"\r\nSUMMARY([;:].*?)(?=\r\n[^ \t])", re.DOTALL)
_VEVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)
_FOLD = b"\r\n "
_ALL_DAY = b"\r\nDTSTART;VALUE=DATE:"
_DAY_MINUTES = 1440


def add_reminders(written: bytes, minutes: int) -> bytes:
    """VEVENTs written before, each with an alarm `minutes` before its start (RFC 5545, section 3.6.6).

    What is cancelled has none; what lasts all day has one only if it is to ring a day ahead, not at midnight.
    """
    return _VEVENT.sub(lambda found: _with_alarm(found[0], minutes), written)


def _with_alarm(written: bytes, minutes: int) -> bytes:
    summary = _SUMMARY.search(written)
    quiet = b"\r\nSTATUS:CANCELLED\r\n" in written or (_ALL_DAY in written and minutes < _DAY_MINUTES)
    if quiet or not summary:
        return written
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", dt.timedelta(minutes=-minutes))
    # Calendars that show the alarm's own words are to show the title, which is written already.
    said = Contentline(f"DESCRIPTION{summary[1].replace(_FOLD, b'').decode()}").to_ical() + b"\r\n"
    lines = alarm.to_ical().replace(b"END:VALARM", said + b"END:VALARM")
    return written.replace(b"END:VEVENT", lines + b"END:VEVENT")


def to_jcal(calendar: bytes) -> bytes:
    """A calendar as jCal (RFC 7265)."""
    document = cast(list[Any], Calendar.from_ical(calendar).to_jcal())
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _write_instance(event: Event, instance: Instance, *, structured: bool) -> bytes:
    written = Written()
    written.add("uid", event.uid)
    written.add("dtstamp", instance.changed_at.astimezone(dt.UTC))
    written.add("last-modified", instance.changed_at.astimezone(dt.UTC))
    written.add("sequence", instance.sequence)
    written.add("status", instance.status)
    written.add("dtstart", instance.start)
    written.add("dtend", instance.end)
    _put_text(written, "summary", instance.title)
    _put_text(written, "description", event.description)
    _put_text(written, "location", Words(instance.location, instance.title.language))
    if instance.position:
        written.add("geo", instance.position)
    if event.categories:
        written.add("categories", [clean(category) for category in event.categories])
    if event.url:
        written.add("url", vUri(event.url))
    if event.image:
        # RFC 7986, section 5.10.
        parameters = {"VALUE": "URI", "DISPLAY": "BADGE", "FMTTYPE": "image/jpeg"}
        written.add("image", vUri(event.image), parameters=parameters)
    if event.conference:
        # RFC 7986, section 5.11.
        written.add("conference", vUri(event.conference), parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
    if instance.replaces is not None:
        written.add("recurrence-id", instance.replaces)
    elif event.rule:
        written.add("rrule", vRecur.from_ical(event.rule))
        for skipped in event.skipped:
            written.add("exdate", skipped)
    if structured and instance.location:
        written.add_component(_place_of(instance))
    return written.to_ical()


class _Location(Component):
    name = "VLOCATION"


def _place_of(instance: Instance) -> Component:
    """The place as a VLOCATION; the same place has the same identity everywhere."""
    place = _Location()
    place.add("uid", f"place-{hashlib.sha256(instance.location.encode()).hexdigest()[:24]}")
    _put_text(place, "name", Words(instance.location, ""))
    if instance.position:
        place.add("geo", instance.position)
    return place


def _put_text(component: Component, name: str, words: Words) -> None:
    text = clean(words.text)
    if text:
        parameters: dict[str, Any] = {"LANGUAGE": words.language} if words.language else {}
        component.add(name, vText(text), parameters=parameters)


def clean(text: str) -> str:
    """`text` without the characters that no calendar can hold, its line breaks as \\n."""
    return _UNWELCOME.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
