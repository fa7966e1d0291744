"""Pure arithmetic of a live view: arrivals by five minutes and gate, and the bars that show them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEP = dt.timedelta(minutes=5)
WIDTH, HEIGHT = 720, 200
# The plot's classes in the stylesheet, one for each of the busiest gates; further gates share the last.
_SERIES = 5


@dataclass(frozen=True)
class Arrivals:
    """How many people came in through a gate within the five minutes from `at`."""

    at: dt.datetime
    gate_id: int
    people: int


@dataclass(frozen=True)
class Bar:
    """A rectangle of the plot; `series` counts from 1."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True)
class Chart:
    """Stacked bars over time, `most` people high."""

    bars: Sequence[Bar]
    most: int
    starts_at: dt.datetime
    ends_at: dt.datetime


# The part of all who come that has come by each tenth of the day, as free festivals see it.
_CURVE = (0.0, 0.1, 0.24, 0.4, 0.55, 0.68, 0.79, 0.88, 0.94, 0.98, 1.0)
_USUAL_NO_SHOW = 50


def share_come(part: float) -> float:
    """The part of all who come that usually has come when `part` (0 to 1) of the event is over."""
    place = min(1.0, max(0.0, part)) * (len(_CURVE) - 1)
    below = min(int(place), len(_CURVE) - 2)
    return _CURVE[below] + (place - below) * (_CURVE[below + 1] - _CURVE[below])


def forecast_arrivals(claimed: int, arrived: int, part: float, no_show_percent: int | None) -> int:
    """How many of `claimed` people will have come in the end.

    At first what is known of no-shows (half, where nothing is), then more and more what the gates see: the nearer the
    end, the more they weigh. Never fewer than came, never more than have tickets.
    """
    usual = claimed * (100 - (_USUAL_NO_SHOW if no_show_percent is None else no_show_percent)) / 100
    share = share_come(part)
    seen = arrived / share if share > 0 else usual
    return round(min(claimed, max(arrived, share * seen + (1 - share) * usual)))


def step_of(moment: dt.datetime) -> dt.datetime:
    """The beginning of the five minutes that `moment` lies in."""
    seconds = int(STEP.total_seconds())
    return dt.datetime.fromtimestamp(moment.timestamp() // seconds * seconds, dt.UTC)


def group_arrivals(entries: Iterable[tuple[dt.datetime, int, int]]) -> list[Arrivals]:
    """Entries of (moment, gate id, people) by five minutes and gate, in order of time."""
    sums: Counter[tuple[dt.datetime, int]] = Counter()
    for moment, gate_id, people in entries:
        sums[step_of(moment), gate_id] += people
    return [Arrivals(at, gate_id, people) for (at, gate_id), people in sorted(sums.items())]


def series_of(position: int) -> int:
    """Which series of the plot the gate at `position` of the list belongs to."""
    return min(position + 1, _SERIES)


def draw(arrivals: Sequence[Arrivals], gate_ids: Sequence[int]) -> Chart | None:
    """The bars of `arrivals`, the gates stacked in the order of `gate_ids`; None where nobody came."""
    if not arrivals:
        return None
    starts_at, ends_at = arrivals[0].at, arrivals[-1].at + STEP
    steps = max(12, round((ends_at - starts_at) / STEP))
    wide = WIDTH / steps
    totals: Counter[dt.datetime] = Counter()
    for one in arrivals:
        totals[one.at] += one.people
    most = max(totals.values())
    places = {gate_id: place for place, gate_id in enumerate(gate_ids)}
    bars: list[Bar] = []
    under: Counter[dt.datetime] = Counter()
    for one in sorted(arrivals, key=lambda a: (a.at, places[a.gate_id])):
        tall = one.people / most * HEIGHT
        under[one.at] += one.people
        top = HEIGHT - under[one.at] / most * HEIGHT
        left = round((one.at - starts_at) / STEP) * wide
        bars.append(
            Bar(round(left, 1), round(top, 1), round(wide * 0.86, 1), round(tall, 1), series_of(places[one.gate_id]))
        )
    return Chart(bars, most, starts_at, starts_at + steps * STEP)
