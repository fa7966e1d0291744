"""Foreign calendars: odd ones are read, wrong ones are named by line, hostile ones cost nothing."""

from __future__ import annotations

import datetime as dt
import random
import time
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule

from calendar_feed.reading.events import MOST_TIMES, Reading, read_calendar
from calendar_feed.reading.lines import MOST_BYTES, Finding
from calendar_feed.reading.recurrence import Budget, RuleWrong, Span, list_days, parse_rule

DENVER = ZoneInfo("America/Denver")
FIRST, LAST = dt.date(2027, 1, 1), dt.date(2028, 2, 5)


def calendar(*events: str, head: str = "VERSION:2.0\r\nPRODID:-//x//y//EN\r\n") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\n{head}{inside}END:VCALENDAR\r\n".replace("\r\n", "\n").replace("\n", "\r\n").encode()


def event(uid: str = "a@x", *more: str, start: str = "DTSTART:20270612T170000Z", title: str = "Picnic") -> str:
    return "\n".join([f"UID:{uid}", "DTSTAMP:20270101T000000Z", start, f"SUMMARY:{title}", *more])


def read(raw: bytes) -> Reading:
    return read_calendar(raw, DENVER, FIRST, LAST)


def sentence_of(finding: Finding) -> str:
    return finding.words.text % finding.words.params if finding.words.params else finding.words.text


def words(reading: Reading) -> str:
    return " | ".join(f"{finding.line}:{sentence_of(finding)}" for finding in reading.findings)


def days(reading: Reading, uid: str = "a@x") -> list[str]:
    return [time.starts_on.isoformat() for one in reading.events if one.uid == uid for time in one.times]


# ---------------------------------------------------------------- rules


def test_rules_mean_what_dateutil_says() -> None:
    chance = random.Random(7)
    days_of = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    compared = 0
    for _ in range(400):
        frequency = chance.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
        parts = [f"FREQ={frequency}", f"INTERVAL={chance.randint(1, 4)}"]
        if chance.random() < 0.5:
            numbered = frequency in {"MONTHLY", "YEARLY"} and chance.random() < 0.6
            picked = chance.sample(days_of, chance.randint(1, 3))
            parts.append(
                "BYDAY=" + ",".join(f"{chance.choice([1, 2, 3, -1, -2]) if numbered else ''}{d}" for d in picked)
            )
        elif frequency in {"MONTHLY", "YEARLY", "DAILY"} and chance.random() < 0.6:
            parts.append("BYMONTHDAY=" + ",".join(str(chance.choice([1, 13, 29, 31, -1, -3])) for _ in range(2)))
        if chance.random() < 0.4:
            parts.append("BYMONTH=" + ",".join(str(chance.randint(1, 12)) for _ in range(chance.randint(1, 3))))
        if frequency in {"MONTHLY", "YEARLY"} and "BYDAY" in parts[-1] and chance.random() < 0.4:
            parts.append(f"BYSETPOS={chance.choice([1, -1, 2])}")
        if chance.random() < 0.4:
            parts.append(f"COUNT={chance.randint(1, 30)}")
        if frequency == "WEEKLY":
            parts.append(f"WKST={chance.choice(days_of)}")
        start = dt.date(2026, 1, 1) + dt.timedelta(days=chance.randint(0, 700))
        text = ";".join(parts)
        end = dt.datetime(2030, 12, 31)  # noqa: DTZ001 - wall time
        expected = []
        for day in rrule.rrulestr(text, dtstart=dt.datetime.combine(start, dt.time())):  # pyright: ignore
            if day > end or len(expected) >= 500:
                break
            expected.append(day.date())
        whole = Span(start, start, end.date())
        assert list(list_days(parse_rule(text), whole, None, Budget()))[:500] == expected, (text, start)
        late = dt.date(2029, 1, 1)
        found = list(list_days(parse_rule(text), Span(start, late, end.date()), None, Budget()))
        if len(expected) < 500:
            assert [day for day in found if day >= late] == [day for day in expected if day >= late], (text, start)
        compared += bool(expected)
    assert compared > 200


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=10", "FREQ=HOURLY", "", "FREQ", "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=99999999999", "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=YEARLY;BYWEEKNO=53", "FREQ=DAILY;WKST=NO",
        "FREQ=MONTHLY;BYDAY=" + ",".join(["1MO"] * 500),
    ],
)  # fmt: skip
def test_rules_that_are_not_taken(rule: str) -> None:
    with pytest.raises(RuleWrong):
        parse_rule(rule)
    reading = read(calendar(event("a@x", f"RRULE:{rule}")))
    assert days(reading) == ["2027-06-12"]
    assert "cannot be taken" in words(reading)


# ---------------------------------------------------------------- oddities


def test_google_and_outlook_and_apple_oddities() -> None:
    outlook = event("o@x", start='DTSTART;TZID="Mountain Standard Time":20270612T110000')
    wordy = event("w@x", start='DTSTART;TZID="(UTC-07:00) Mountain Time (US & Canada)":20270612T110000')
    olson = event("f@x", start="DTSTART;TZID=/freeassociation.sourceforge.net/America/Denver:20270612T110000")
    floating = event("l@x", start="DTSTART:20270612T110000")
    google = event("g@google.com", "DTEND;VALUE=DATE:20270614", start="DTSTART;VALUE=DATE:20270612")
    bare = event("b@x", start="DTSTART:20270612")
    html = event("h@x", r"DESCRIPTION:<p>Bring <b>food</b>\, please</p>\nCome")
    reading = read(calendar(outlook, wordy, olson, floating, google, bare, html))
    found = {one.uid: one for one in reading.events}
    eleven = dt.datetime(2027, 6, 12, 17, tzinfo=dt.UTC)
    for uid in ("o@x", "w@x", "f@x", "l@x", "h@x"):
        assert found[uid].times[0].starts_at == eleven, uid
    assert (found["g@google.com"].times[0].ends_on, found["b@x"].times[0].all_day) == (dt.date(2027, 6, 13), True)
    assert "<" not in found["h@x"].description
    assert "food" in found["h@x"].description
    for part in ("no name of the IANA database", "taken as the city's own time", "needs VALUE=DATE"):
        assert part in words(reading)


def test_lines_in_every_bad_shape() -> None:
    raw = calendar(event("a@x", "DESCRIPTION:" + "x" * 200), head="")
    for odd in (
        raw.replace(b"\r\n", b"\n"), b"\xef\xbb\xbf" + raw, raw.replace(b"Picnic", b"Caf\xe9"),
        raw.replace(b"\r\n", b"\r"), raw.decode().encode("utf-16"),
        raw.replace(b"SUMMARY:Pic", b"SUMM\r\n ARY:Pic").replace(b"Picnic", b"Pic\r\n\tnic"),
    ):  # fmt: skip
        reading = read(odd)
        assert len(reading.events) == 1, odd[:20]
        assert reading.findings
    missing = words(read(raw))
    assert "VERSION is missing" in missing
    assert "PRODID is missing" in missing


def test_a_file_that_was_cut_off_keeps_what_is_whole() -> None:
    raw = calendar(event("a@x"), event("b@x"))
    for length in range(0, len(raw), 7):
        reading = read(raw[:length])
        assert {one.uid for one in reading.events} <= {"a@x", "b@x"}
        assert reading.findings
    cut = read(raw[: raw.index(b"UID:b@x") + 4])
    assert [one.uid for one in cut.events] == ["a@x"]
    assert "cut off" in words(cut)


def test_each_wrong_event_is_named_by_its_line_and_the_good_are_kept() -> None:
    wrong = [
        ("UID:1\nSUMMARY:No start", "DTSTART is missing"),
        ("UID:2\nDTSTART:2027-99-99\nSUMMARY:No date", "no date"),
        ("UID:3\nDTSTART:20270612T170000Z", "SUMMARY is missing"),
        ("UID:4\nDTSTART:00010101T000000Z\nSUMMARY:Old", "year cannot be meant"),
        ("UID:5\nDTSTART:20270612T170000Z\nDTEND:20270611T170000Z\nSUMMARY:Backwards", "ends before it begins"),
        ("UID:6\nDTSTART:20270612T170000Z\nDURATION:later\nSUMMARY:Odd", "no duration"),
        ("UID:7\nDTSTART:20270612T170000Z\nthis is nonsense\nSUMMARY:Odd", "not a line of a calendar"),
        ("SUMMARY:Nameless\nDTSTART:20270612T170000Z", "UID is missing"),
        ("UID:8\nDTSTART:20270612T170000Z\nSUMMARY:x\nSTATUS:PERHAPS", "STATUS can be"),
        ("UID:9\nDTSTART;TZID=Mars/Base:20270612T170000\nSUMMARY:x", "Nobody knows the time zone"),
    ]
    reading = read(calendar(event("good@x"), *(text for text, _ in wrong)))
    assert "good@x" in {one.uid for one in reading.events}
    lines = calendar(event("good@x"), *(text for text, _ in wrong)).decode().split("\r\n")
    for text, sentence in wrong:
        begins = next(number for number, line in enumerate(lines, 1) if line == text.split("\n")[0])
        near = [finding for finding in reading.findings if sentence in sentence_of(finding)]
        assert any(begins - 1 <= finding.line <= begins + 6 for finding in near), sentence


def test_overrides_exceptions_and_versions() -> None:
    rule = "RRULE:FREQ=WEEKLY;COUNT=5"
    master = event(
        "a@x", rule, "EXDATE;TZID=America/Denver:20270619T110000", "SEQUENCE:1", start="DTSTART:20270612T170000Z"
    )
    moved = event("a@x", "RECURRENCE-ID:20270626T170000Z", start="DTSTART:20270627T170000Z", title="Picnic, moved")
    off = event("a@x", "RECURRENCE-ID:20270703T170000Z", "STATUS:CANCELLED", start="DTSTART:20270703T170000Z")
    old = event("a@x", "SEQUENCE:0", start="DTSTART:20250101T170000Z")
    reading = read(calendar(old, master, moved, off))
    assert days(reading) == ["2027-06-12", "2027-06-27", "2027-07-03", "2027-07-10"]
    assert [time.cancelled for time in reading.events[0].times] == [False, False, True, False]
    assert "stands here more than once" in words(reading)
    cyclic = event("c@x", rule, "RECURRENCE-ID:20270612T170000Z", start="DTSTART:20270612T170000Z")
    alone = read(calendar(cyclic, cyclic, event("c@x", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270612T170000Z")))
    assert days(alone, "c@x") == ["2027-06-12"]
    assert "repeats nothing" in words(alone)


def test_wall_times_stay_across_the_change_of_clocks() -> None:
    weekly = event(
        "a@x", "RRULE:FREQ=WEEKLY;UNTIL=20271215T000000Z", start="DTSTART;TZID=America/Denver:20270301T180000"
    )
    reading = read(calendar(weekly))
    local = {time.starts_at.astimezone(DENVER).hour for time in reading.events[0].times}
    assert local == {18}
    assert {time.starts_at.hour for time in reading.events[0].times} == {0, 1}


# ---------------------------------------------------------------- hostile


def hostile() -> dict[str, bytes]:
    deep = "BEGIN:X\r\n" * 20_000
    return {
        "rule bomb": calendar(event("a@x", "RRULE:FREQ=DAILY;COUNT=100000", start="DTSTART:19700101T000000Z")),
        "never matches": calendar(event("a@x", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")),
        "never matches either": calendar(event("a@x", "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300")),
        "many rules": calendar(
            *(event(f"{n}@x", "RRULE:FREQ=DAILY", start="DTSTART:19700101T000000Z") for n in range(300))
        ),
        "one line": b"BEGIN:VCALENDAR\r\nSUMMARY:" + b"x" * MOST_BYTES,
        "endless fold": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n" + b" y\r\n" * 100_000,
        "deep": deep.encode(),
        "deep inside": calendar(deep),
        "many overrides": calendar(*(event("a@x", f"RECURRENCE-ID:2027061{n % 10}T170000Z") for n in range(1500))),
        "many properties": calendar(event("a@x", *["COMMENT:x"] * 20_000)),
        "many dates": calendar(event("a@x", "RDATE:" + ",".join(["20270613T170000Z"] * 3000))),
        "ends only": b"END:VEVENT\r\n" * 100_000,
        "binary": bytes(random.Random(1).randrange(256) for _ in range(50_000)),
        "html": b"<!doctype html><title>Not found</title>" * 1000,
        "parameters": b"BEGIN:VCALENDAR\r\nX" + b";A=" * 20_000 + b":x\r\nEND:VCALENDAR",
        "quotes": b"BEGIN:VCALENDAR\r\nX;A=" + b'"' * 60_000 + b":x\r\nEND:VCALENDAR",
        "tags": calendar(event("a@x", "DESCRIPTION:</" + "<" * 60_000)),
        "empty": b"",
        "nul": b"\x00" * 1000,
    }


HOSTILE = hostile()


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_calendars_neither_crash_nor_hang(name: str) -> None:
    raw = HOSTILE[name]
    began = time.process_time()
    reading = read(raw)
    # A bound against hanging, a hundred times what it takes; nothing is measured here.
    assert time.process_time() - began < 60
    assert all(len(one.times) <= MOST_TIMES for one in reading.events)
    assert len(reading.findings) <= 200
