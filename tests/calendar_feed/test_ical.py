"""The writer: exact bytes, and texts that try to break out of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from calendar_feed.ical import About, Event, Instance, Words, add_reminders, clean, write_calendar, write_event

DENVER = ZoneInfo("America/Denver")
CHANGED = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
ABOUT = About(
    "Fest; all, of it", "What is on", "en", "https://fest.example/calendar.ics?area=arts", "https://fest.example"
)
FIRST = Instance(
    dt.datetime(2027, 1, 18, 18, tzinfo=DENVER), dt.datetime(2027, 1, 18, 19, 30, tzinfo=DENVER),
    Words("Meeting", "en"), "Hall, 1 Main St", (39.7, -104.8), sequence=1, changed_at=CHANGED,
)  # fmt: skip
SERIES = Event(
    "meeting@fest.example", FIRST, Words("Come\nall", "es"), "https://fest.example/events/meeting", ("Arts, crafts",),
    image="https://fest.example/pictures/a/1200.jpeg",
    rule="FREQ=MONTHLY;BYDAY=3MO;UNTIL=20271231T235959Z",
    skipped=(dt.datetime(2027, 12, 20, 18, tzinfo=DENVER),),
    overrides=(
        replace(
            FIRST, start=dt.datetime(2027, 7, 21, 18, tzinfo=DENVER),
            end=dt.datetime(2027, 7, 21, 19, 30, tzinfo=DENVER),
            status="CANCELLED", sequence=2, replaces=dt.datetime(2027, 7, 19, 18, tzinfo=DENVER),
        ),
    ),
)  # fmt: skip
SCRIPTS = [
    "Fiesta, español; ñandú", "የኢትዮጵያ አዲስ ዓመት", "عيد الأمم", "नेपाली नयाँ वर्ष", "Tết Nguyên Đán", "한가위 큰잔치",
    "中秋灯笼游园", "Праздник народов", "Fête à l'été", "Soomaali: ciid", "သင်္ကြန်ပွဲတော်", "🎉👩🏽‍🍳🇪🇹",
]  # fmt: skip


def unfold(raw: bytes) -> list[str]:
    return raw.replace(b"\r\n ", b"").decode().split("\r\n")


def require_lines(raw: bytes) -> None:
    """RFC 5545, section 3.1: CRLF ends, at most 75 octets, whole characters."""
    assert raw.endswith(b"\r\n")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
        assert b"\n" not in line
        assert b"\r" not in line


def test_a_series_is_written_in_full() -> None:
    lines = unfold(write_event(SERIES))
    master, override = lines[: lines.index("END:VEVENT")], lines[lines.index("END:VEVENT") + 2 :]
    for expected in (
        "UID:meeting@fest.example", "DTSTAMP:20261101T120000Z", "LAST-MODIFIED:20261101T120000Z", "SEQUENCE:1",
        "DTSTART;TZID=America/Denver:20270118T180000", "DTEND;TZID=America/Denver:20270118T193000",
        "RRULE:FREQ=MONTHLY;UNTIL=20271231T235959Z;BYDAY=3MO", "EXDATE;TZID=America/Denver:20271220T180000",
        "SUMMARY;LANGUAGE=en:Meeting", r"DESCRIPTION;LANGUAGE=es:Come\nall", r"LOCATION;LANGUAGE=en:Hall\, 1 Main St",
        "GEO:39.7;-104.8", r"CATEGORIES:Arts\, crafts", "URL:https://fest.example/events/meeting", "STATUS:CONFIRMED",
    ):  # fmt: skip
        assert expected in master
    for expected in (
        "UID:meeting@fest.example", "RECURRENCE-ID;TZID=America/Denver:20270719T180000", "STATUS:CANCELLED",
        "DTSTART;TZID=America/Denver:20270721T180000", "SEQUENCE:2",
    ):  # fmt: skip
        assert expected in override
    assert not [line for line in override if line.startswith(("RRULE", "EXDATE"))]
    assert not [line for line in lines if "RDATE" in line]


def test_a_whole_day_is_a_date_with_an_exclusive_end() -> None:
    first = replace(FIRST, start=dt.date(2027, 10, 30), end=dt.date(2027, 11, 3))
    event = Event("altar@fest.example", first)
    lines = unfold(write_event(event))
    assert "DTSTART;VALUE=DATE:20271030" in lines
    assert "DTEND;VALUE=DATE:20271103" in lines
    assert event.zone == ""


def test_places_are_components_on_request_only() -> None:
    assert b"VLOCATION" not in write_event(SERIES)
    lines = unfold(write_event(SERIES, structured=True))
    inside = lines[lines.index("BEGIN:VLOCATION") : lines.index("END:VLOCATION")]
    assert r"NAME:Hall\, 1 Main St" in inside
    assert "GEO:39.7;-104.8" in inside
    assert lines.count("BEGIN:VLOCATION") == 2


def test_alarms_ring_only_where_they_are_asked_for() -> None:
    written = write_event(SERIES)
    assert b"VALARM" not in written
    reminded = add_reminders(written, 30)
    require_lines(b"BEGIN:VCALENDAR\r\n" + reminded + b"END:VCALENDAR\r\n")
    lines = unfold(reminded)
    inside = lines[lines.index("BEGIN:VALARM") : lines.index("END:VALARM")]
    assert {"ACTION:DISPLAY", "TRIGGER:-PT30M", "DESCRIPTION;LANGUAGE=en:Meeting"} <= set(inside)
    assert lines.count("BEGIN:VALARM") == 1, "the date that is cancelled rings for nobody"
    assert [line for line in lines if line not in inside and line != "END:VALARM"] == unfold(written)


def test_a_long_title_in_any_script_is_folded_for_its_alarm_too() -> None:
    title = Words("ድምፅ ያለው የምሽት ዝግጅት ከብዙ ሀገራት " * 5, "am")
    reminded = add_reminders(write_event(replace(SERIES, first=replace(FIRST, title=title))), 60)
    require_lines(b"BEGIN:VCALENDAR\r\n" + reminded + b"END:VCALENDAR\r\n")
    assert f"DESCRIPTION;LANGUAGE=am:{title.text}" in unfold(reminded)


def test_what_lasts_all_day_rings_a_day_ahead_or_not_at_all() -> None:
    event = Event("altar@fest.example", replace(FIRST, start=dt.date(2027, 10, 30), end=dt.date(2027, 11, 3)))
    assert add_reminders(write_event(event), 60) == write_event(event)
    assert "TRIGGER:-P1D" in unfold(add_reminders(write_event(event), 1440))


def test_a_calendar_says_what_it_is() -> None:
    raw = write_calendar(ABOUT, [write_event(SERIES)], ["America/Denver"])
    require_lines(raw)
    lines = unfold(raw)
    for expected in (
        "VERSION:2.0", "METHOD:PUBLISH", r"NAME;LANGUAGE=en:Fest\; all\, of it",
        r"X-WR-CALNAME;LANGUAGE=en:Fest\; all\, of it", "DESCRIPTION;LANGUAGE=en:What is on", "COLOR:orangered",
        "SOURCE;VALUE=URI:https://fest.example/calendar.ics?area=arts", "URL:https://fest.example",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
    ):  # fmt: skip
        assert expected in lines
    assert raw.count(b"BEGIN:VTIMEZONE") == 1
    assert write_calendar(ABOUT, [write_event(SERIES)], ["America/Denver"]) == raw


@pytest.mark.parametrize("text", [*SCRIPTS, " ".join(SCRIPTS) * 3])
def test_every_script_comes_back_whole(text: str) -> None:
    raw = write_calendar(replace(ABOUT, name=text), [write_event(_titled(text))], ["America/Denver"])
    require_lines(raw)
    read = Calendar.from_ical(raw)
    # icalendar does not know what type these are, so what it reads is escaped still.
    for name in ("NAME", "X-WR-CALNAME"):
        assert str(read[name]).replace("\\,", ",").replace("\\;", ";") == text
    event = read.walk("VEVENT")[0]
    assert [str(event["SUMMARY"]), str(event["DESCRIPTION"]), str(event["LOCATION"])] == [text, text, text]


HOSTILE = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\rUID:evil\nATTACH:file:///etc/passwd;\\,\\n\x00\x07\u2028\x85\ufeff\x1b[31m"


def test_a_text_cannot_leave_its_line() -> None:
    raw = write_calendar(replace(ABOUT, name=HOSTILE, description=HOSTILE), [write_event(_titled(HOSTILE))], ["UTC"])
    require_lines(raw)
    read = Calendar.from_ical(raw)
    assert len(read.walk("VEVENT")) == 1
    event = read.walk("VEVENT")[0]
    assert event["UID"] == "x@fest.example"
    assert "ATTACH" not in event
    assert str(event["SUMMARY"]) == clean(HOSTILE)
    assert not {"\x00", "\x07", "\u2028", "\x85", "\ufeff", "\x1b"} & set(raw.decode())


@given(st.text(max_size=200))
def test_any_text_comes_back_as_it_was_cleaned(text: str) -> None:
    raw = write_event(_titled("t" + text))
    require_lines(raw)
    event = Calendar.from_ical(b"BEGIN:VCALENDAR\r\n" + raw + b"END:VCALENDAR\r\n").walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == clean("t" + text)


def _titled(text: str) -> Event:
    return Event(
        "x@fest.example", replace(FIRST, title=Words(text, "en"), location=text), Words(text, "en"), "", (text,)
    )
