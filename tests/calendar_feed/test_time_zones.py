"""VTIMEZONE: its two rules give exactly the changes that the zone's data have."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import Timezone

from calendar_feed.time_zones import list_changes, write_time_zone

DENVER = """BEGIN:VTIMEZONE
TZID:America/Denver
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0600
TZOFFSETTO:-0700
TZNAME:MST
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0700
TZOFFSETTO:-0600
TZNAME:MDT
END:DAYLIGHT
END:VTIMEZONE
"""


def test_the_citys_zone_is_two_short_rules() -> None:
    assert write_time_zone("America/Denver").decode() == DENVER.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "key",
    ["America/Denver", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Auckland"],
)
def test_the_rules_give_every_change_for_sixty_years(key: str) -> None:
    zone = ZoneInfo(key)
    written = Timezone.from_ical(write_time_zone(key))
    assert len(written.subcomponents) == 2
    given: dict[dt.datetime, dt.timedelta] = {}
    since = max(part["DTSTART"].dt for part in written.subcomponents)
    for part in written.subcomponents:
        start = part["DTSTART"].dt
        offset = part["TZOFFSETFROM"].td
        for wall in rrulestr(part["RRULE"].to_ical().decode(), dtstart=start).between(
            start, start.replace(year=2069, month=12, day=31), inc=True
        ):
            given[(wall - offset).replace(tzinfo=dt.UTC)] = part["TZOFFSETTO"].td
    first = since.year + 1
    expected = {change.at: change.after for change in list_changes(zone, first, 2069)}
    assert {at: offset for at, offset in given.items() if at.year >= first} == expected
    assert len(expected) > 60


@pytest.mark.parametrize("key", ["America/Phoenix", "Asia/Kathmandu", "UTC", "Africa/Casablanca", "America/Denver"])
def test_every_hour_of_a_year_has_the_right_offset(key: str) -> None:
    """Zones without summer time, and those whose changes follow no rule, are understood as well."""
    tz = Timezone.from_ical(write_time_zone(key)).to_tz(lookup_tzid=False)
    moment = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    for _ in range(0, 365 * 24, 7):
        moment += dt.timedelta(hours=7)
        there = moment.astimezone(ZoneInfo(key))
        naive = there.replace(tzinfo=None)
        assert naive.replace(tzinfo=tz, fold=there.fold).utcoffset() == there.utcoffset(), (key, moment)
