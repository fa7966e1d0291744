"""Pure: where acts, changeovers, closed and quiet times stand in a grid of stages side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from events.scheduling.rules import Board, Slot, Span, StageFacts

# As many rows as css/grid-rows.css has.
_MOST_ROWS = 96
_MOST_LANES = 3


@dataclass(frozen=True)
class Box:
    """A place in the grid; rows and columns count from 1. Lanes part what overlaps."""

    column: int
    row: int
    span: int
    lane: int = 1
    lanes: int = 1
    kind: str = ""


@dataclass(frozen=True)
class Grid:
    """One day: from when to when, and how many minutes a row stands for."""

    day: dt.date
    opens_at: dt.datetime
    closes_at: dt.datetime
    step: int
    opens_minute: int

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return _rows(self.closes_at - self.opens_at, self.step)

    def hours(self) -> list[tuple[dt.datetime, int]]:
        """Each full hour and its row."""
        moment = self.opens_at
        offset = (60 - self.opens_minute % 60) % 60
        moment += dt.timedelta(minutes=offset)
        found: list[tuple[dt.datetime, int]] = []
        while moment < self.closes_at:
            found.append((moment, _rows(moment - self.opens_at, self.step) + 1))
            moment += dt.timedelta(hours=1)
        return found

    def box(self, column: int, span: Span, kind: str = "") -> Box | None:
        """Where `span` stands in a column; None where it is outside the day."""
        start, end = max(span.starts_at, self.opens_at), min(span.ends_at, self.closes_at)
        if end <= start:
            return None
        first = _rows(start - self.opens_at, self.step)
        return Box(column, first + 1, max(_rows(end - self.opens_at, self.step) - first, 1), kind=kind)


def _rows(length: dt.timedelta, step: int) -> int:
    return round(length.total_seconds() / 60 / step)


def list_days(spans: Iterable[Span], zone: ZoneInfo) -> list[dt.date]:
    """The days of a festival, by what is on and open."""
    return sorted({span.starts_at.astimezone(zone).date() for span in spans})


def make_grid(spans: Sequence[Span], day: dt.date, zone: ZoneInfo) -> Grid:
    """The grid of one day that holds each of `spans` which begins on it, from a half hour to a half hour."""
    mine = [span for span in spans if span.starts_at.astimezone(zone).date() == day]
    noon = dt.datetime.combine(day, dt.time(12), zone)
    opens = min((span.starts_at for span in mine), default=noon).astimezone(zone)
    closes = max((span.ends_at for span in mine), default=noon + dt.timedelta(hours=1)).astimezone(zone)
    opens = opens.replace(minute=opens.minute // 30 * 30, second=0, microsecond=0)
    minutes = (closes - opens).total_seconds() / 60
    step = next((step for step in (5, 10, 15, 30) if minutes / step <= _MOST_ROWS), 30)
    return Grid(day, opens.astimezone(dt.UTC), closes.astimezone(dt.UTC), step, opens.hour * 60 + opens.minute)


def draw_acts(board: Board, grid: Grid, columns: Mapping[str, int]) -> dict[str, Box]:
    """The box of each act; acts that overlap on a stage stand side by side."""
    found: dict[str, Box] = {}
    for stage, column in columns.items():
        mine = sorted(
            (slot for slot in board.slots.values() if slot.stage == stage),
            key=lambda slot: (slot.span.starts_at, slot.act),
        )
        for group in _groups(mine):
            lanes = min(len(group), _MOST_LANES)
            for number, slot in enumerate(group):
                box = grid.box(column, slot.span)
                if box:
                    found[slot.act] = Box(column, box.row, box.span, number % lanes + 1, lanes)
    return found


def _groups(slots: Sequence[Slot]) -> list[list[Slot]]:
    """Runs of slots that overlap one another, in order."""
    groups: list[list[Slot]] = []
    end: dt.datetime | None = None
    for slot in slots:
        if end is None or slot.span.starts_at >= end:
            groups.append([])
            end = slot.span.ends_at
        groups[-1].append(slot)
        end = max(end, slot.span.ends_at)
    return groups


def draw_around(board: Board, grid: Grid, columns: Mapping[str, int]) -> list[Box]:
    """What stands behind the acts: closed and quiet times, and the changeover that each act needs before it."""
    found: list[Box | None] = []
    for stage in board.stages.values():
        column = columns[stage.key]
        found += [grid.box(column, span, "closed") for span in _closed(stage, grid)]
        found += [grid.box(column, span, "quiet") for span in stage.quiet]
    for slot in board.slots.values():
        stage = board.stages[slot.stage]
        needed = stage.changeover_minutes if slot.changeover_before is None else slot.changeover_before
        start = slot.span.starts_at
        if needed and any(o.span.starts_at < start for o in board.slots.values() if o.stage == slot.stage):
            span = Span(start - dt.timedelta(minutes=needed), start)
            found.append(grid.box(columns[slot.stage], span, "changeover"))
    return [box for box in found if box]


def _closed(stage: StageFacts, grid: Grid) -> list[Span]:
    if not stage.opening:
        return []
    found: list[Span] = []
    moment = grid.opens_at
    for window in stage.opening:
        if window.ends_at <= grid.opens_at or window.starts_at >= grid.closes_at:
            continue
        if window.starts_at > moment:
            found.append(Span(moment, window.starts_at))
        moment = max(moment, window.ends_at)
    return [*found, *([Span(moment, grid.closes_at)] if moment < grid.closes_at else [])]
