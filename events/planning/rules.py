"""Pure: from which state a program or a festival may go to which, and what a state asks for."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from festival.kit.errors import Conflict
from festival.kit.words import N_

# Wherever a program may go from each state. Nothing is ever removed: an archived one can come back.
WAYS: dict[str, tuple[str, ...]] = {
    "draft": ("published", "archived"),
    "published": ("postponed", "cancelled", "archived", "draft"),
    "postponed": ("published", "cancelled", "archived"),
    "cancelled": ("published", "archived"),
    "archived": ("draft", "published"),
}
# What the public must be told why.
NEED_REASON = frozenset({"postponed", "cancelled"})
# What calendars show differently, and so raise SEQUENCE for (RFC 5545, section 3.8.7.4).
_TOLD = frozenset({"published", "postponed", "cancelled"})


class NoSuchWay(Conflict):
    """A state that cannot follow the present one."""

    code = "no_such_way"
    message = N_("That cannot follow the present state. Look at the page again; somebody may have been faster.")


def require_way(before: str, after: str) -> None:
    """Raise NoSuchWay where `after` cannot follow `before`."""
    if after not in WAYS.get(before, ()):
        raise NoSuchWay


def is_told(before: str, after: str) -> bool:
    """Whether calendars that hold it must take notice."""
    return before != after and before in _TOLD and after in _TOLD


def next_year(day: dt.date) -> dt.date:
    """The same weekday 52 weeks later: "the second Saturday of June" stays a Saturday of about that week."""
    return day + dt.timedelta(weeks=52)


def next_year_moment(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The same wall time 52 weeks later, whatever the clocks did in between."""
    wall = moment.astimezone(zone).replace(tzinfo=None) + dt.timedelta(weeks=52)
    return wall.replace(tzinfo=zone).astimezone(dt.UTC)
