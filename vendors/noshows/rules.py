"""When somebody may be missed, and when they may be marked; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from festival.kit.errors import Conflict
from festival.kit.words import N_


class NotTheDayYet(Conflict):
    """Nobody can have failed to come to a day that has not begun."""

    code = "not_the_day_yet"
    message = N_("The festival day has not begun: everybody can still come.")


class NobodyTicked(Conflict):
    """Marking was asked for, with nobody ticked."""

    code = "nobody_ticked"
    message = N_("Tick at least one name.")


def require_day(festival_on: dt.date, today: dt.date) -> None:
    """Let the day of the festival and those after it pass; raises NotTheDayYet."""
    if today < festival_on:
        raise NotTheDayYet


def missed_from(
    cleared_at: Sequence[dt.datetime], shows_end: Sequence[dt.datetime], ends_at: dt.datetime
) -> dt.datetime:
    """From when somebody who has not arrived is missed: the last of their load-in windows is over, or without one
    their last set, or without either the festival."""
    return max(cleared_at, default=max(shows_end, default=ends_at))
