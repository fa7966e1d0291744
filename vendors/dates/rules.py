"""What several dates cost, and which days a series has; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from festival.kit.errors import Conflict
from festival.kit.words import N_

MOST_DATES = 120


@dataclass(frozen=True)
class SeasonPrice:
    """A price from `from_dates` dates on (0: for all of them), of each date, or of all `together`."""

    cents: int
    from_dates: int
    together: bool = False


class LastDate(Conflict):
    """Without this date nothing of the application would be left."""

    code = "last_date"
    message = N_("This is the only date left. Withdraw the application instead.")


class DateOver(Conflict):
    """The day has begun or is over."""

    code = "date_over"
    message = N_("This day is over or has begun, so it cannot be given up any more.")


class NoSuchDate(Conflict):
    """The date was not granted, or somebody was quicker."""

    code = "no_such_date"
    message = N_("This date has changed meanwhile. Look at the dates again.")


def date_prices(each_cents: int, seasons: Sequence[SeasonPrice], asked: int, offered: int) -> list[int]:
    """The price of each of `asked` dates, of `offered` in all: the lowest sum that applies, in nearly equal parts."""
    if not asked:
        return []
    sums = [each_cents * asked]
    for season in seasons:
        if asked >= (season.from_dates or offered):
            sums.append(season.cents if season.together else season.cents * asked)
    each, left = divmod(min(sums), asked)
    return [each + (number < left) for number in range(asked)]


def share_cents(line_cents: int, gross_cents: int, net_cents: int) -> int:
    """What was really asked for a line of `line_cents`, where discounts brought the sum from gross to net."""
    return min(line_cents, line_cents * net_cents // gross_cents) if gross_cents > 0 else 0


def weekly(first: dt.date, last: dt.date) -> list[dt.date]:
    """`first` and the same weekday of every week until `last`, at most MOST_DATES."""
    weeks = max(0, (last - first).days // 7)
    return [first + dt.timedelta(weeks=number) for number in range(min(weeks + 1, MOST_DATES))]
