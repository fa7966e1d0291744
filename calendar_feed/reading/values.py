"""The values of a calendar's properties: texts, moments, durations, time zones. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d):?(\d\d)?(?:[.,]\d+)?\s*(Z|[+-]\d\d:?\d\d)?")
_DURATION = re.compile(r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?")
# What Outlook calls zones in words, by what stands in the name.
_IN_WORDS = {
    "mountain": "America/Denver", "eastern": "America/New_York", "central": "America/Chicago",
    "pacific": "America/Los_Angeles", "arizona": "America/Phoenix", "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu", "universal": "UTC", "greenwich": "UTC", "utc": "UTC", "gmt": "UTC",
}  # fmt: skip


def plain_text(value: str, longest: int = 8000) -> str:
    """A TEXT value without its escapes (RFC 5545, section 3.3.11)."""
    text = _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value[: 2 * longest])
    return (
        re.sub(r"<[^<>]{0,500}>", " ", text).strip()[:longest]
        if "</" in text or "<br" in text
        else text.strip()[:longest]
    )


@lru_cache(500)
def find_zone(name: str) -> tuple[ZoneInfo | None, bool]:
    """The zone called `name` and whether that is its IANA name; Windows names by CLDR; None for one nobody knows."""
    known = available_timezones()
    if name in known:
        return ZoneInfo(name), True
    windows: Mapping[str, str] = get_global("windows_zone_mapping")
    if name in windows and windows[name] in known:
        return ZoneInfo(windows[name]), False
    parts = name.strip("/").split("/")
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        if tail in known and "/" in tail:
            return ZoneInfo(tail), False
    folded = name.casefold()
    for word, key in _IN_WORDS.items():
        if word in folded:
            return ZoneInfo(key), False
    return None, False


def read_date(value: str) -> dt.date | None:
    """A DATE; None where it is none."""
    found = _DATE.fullmatch(value.strip())
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def read_moment(value: str) -> tuple[dt.datetime, bool] | None:
    """A DATE-TIME: naive wall time, or aware where it says its offset; and whether it does. None where it is none."""
    found = _MOMENT.fullmatch(value.strip())
    if not found:
        return None
    second = min(int(found[6] or 0), 59)
    try:
        wall = dt.datetime(int(found[1]), int(found[2]), int(found[3]), int(found[4]), int(found[5]), second)  # noqa: DTZ001
    except ValueError:
        return None
    if not found[7]:
        return wall, False
    if found[7] == "Z":
        return wall.replace(tzinfo=dt.UTC), True
    sign, hours, minutes = found[7][0], int(found[7][1:3]), int(found[7][-2:])
    if hours > 14 or minutes > 59:
        return None
    offset = dt.timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    return wall.replace(tzinfo=dt.timezone(offset)), True


def read_duration(value: str) -> dt.timedelta | None:
    """A DURATION that is not negative; None where it is none."""
    found = _DURATION.fullmatch(value.strip().upper())
    if not found or found[1] == "-" or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    return dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
