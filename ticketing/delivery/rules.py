"""When letters are due, and what may stand in one that an organizer writes; decided over plain values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from festival.kit.words import N_

_HOUR = dt.timedelta(hours=1)
# Reminders go out in the morning of the day before, in the city's time, and not so late that they help nobody.
_REMINDER_AT = dt.time(9)
_REMINDER_LATEST = 3 * _HOUR
_THANKS_AFTER = 2 * _HOUR
_THANKS_LATEST = 48 * _HOUR

# All that a letter to many may name. There is no other way into it: a name is looked up here, never on an object.
PLACEHOLDERS: Mapping[str, str] = {
    "name": N_("the holder's name"),
    "event": N_("what the ticket is for"),
    "day": N_("the day"),
    "time": N_("the time it begins"),
    "place": N_("the place"),
    "people": N_("how many people the ticket is for"),
    "ticket": N_("the link to the ticket"),
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def remind_from(starts_at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The moment from which a reminder is due."""
    day_before = starts_at.astimezone(zone).date() - dt.timedelta(days=1)
    return dt.datetime.combine(day_before, _REMINDER_AT, zone).astimezone(dt.UTC)


def is_reminder_due(starts_at: dt.datetime, at: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether holders are to be reminded at the moment `at`."""
    return remind_from(starts_at, zone) <= at <= starts_at - _REMINDER_LATEST


def is_thanks_due(ends_at: dt.datetime, at: dt.datetime) -> bool:
    """Whether guests are to be thanked at the moment `at`."""
    return ends_at + _THANKS_AFTER <= at <= ends_at + _THANKS_LATEST


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and is not in the list, in the order of the text."""
    return [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders filled, once: what a value holds is never read again. Unknown ones stay as typed."""
    return _PLACEHOLDER.sub(lambda found: values.get(found.group(1), found.group(0)), text)
