"""When a group of a parade or a show gathers and walks, and how the order changes; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from festival.kit.errors import Conflict
from festival.kit.words import N_


class TimeMoved(Conflict):
    """The schedule changed between the page and the tap."""

    code = "time_moved"
    message = N_("Your time has changed meanwhile. Look at the new one, then confirm it.")


class NotOfThisFestival(Conflict):
    """The act is not of the festival of the call."""

    code = "not_of_this_festival"
    message = N_("Choose an act of this festival's schedule.")


def walks_at(starts_at: dt.datetime, position: int, seconds_each: int) -> dt.datetime:
    """When the group at `position` (from 1) sets out."""
    return starts_at + dt.timedelta(seconds=(position - 1) * seconds_each)


def gathers_at(starts_at: dt.datetime, minutes_before: int) -> dt.datetime:
    """When everybody has to be there: the parade forms at once, whatever one's place in it."""
    return starts_at - dt.timedelta(minutes=minutes_before)


def put_at(order: Sequence[int], moved: int, position: int) -> list[int]:
    """`order` with `moved` at `position` (from 1), as far as there is room; one that is not in it yet comes in."""
    rest = [one for one in order if one != moved]
    rest.insert(min(max(position - 1, 0), len(rest)), moved)
    return rest
