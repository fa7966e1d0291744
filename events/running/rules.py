"""Pure: what a delay does to the rest of a stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from events.scheduling.rules import Board, Conflict, Slot, Span, StageFacts
from festival.kit.words import Message, say_n

# No festival day is longer, no night between two days is shorter than what is left of 24 hours.
_DAY = dt.timedelta(hours=16)


@dataclass(frozen=True)
class Delay:
    """The stage's acts as they will be, and what that costs."""

    moved: dict[str, Span]
    cut: dict[str, int]
    broken: list[Conflict]

    @property
    def is_harmless(self) -> bool:
        """Whether nobody loses anything."""
        return not self.cut and not self.broken


def run_late(board: Board, stage: StageFacts, pinned: Sequence[str], minutes: int, at: dt.datetime) -> Delay:
    """What happens if `stage` runs `minutes` late at the moment `at`.

    What is on now ends later; what comes later begins and ends later; a pinned act keeps its time. No act runs on
    after the stage closes: it is cut short there, down to half its length, and beyond that it keeps its time.
    `broken` are the rules that were kept before.
    """
    shift = dt.timedelta(minutes=minutes)
    moved: dict[str, Span] = {}
    cut: dict[str, int] = {}
    slots: list[Slot] = []
    for slot in _rest_of_day(board, stage, at):
        if slot.act in pinned:
            continue
        span = _shift(slot.span, shift, at)
        length = span.ends_at - span.starts_at
        closes = _closing(stage, slot.span)
        if closes and span.ends_at > closes:
            lost = span.ends_at - closes
            if lost > length / 2:
                continue
            span = Span(span.starts_at, closes)
            # Measured against the act's own length: a set that began on time and is let run on loses nothing.
            if span.ends_at - span.starts_at < slot.span.ends_at - slot.span.starts_at:
                cut[slot.act] = round(lost.total_seconds() / 60)
        if span != slot.span:
            moved[slot.act] = span
            slots.append(Slot(
                slot.act, slot.title, slot.stage, span, slot.changeover_before, slot.people, slot.available,
                slot.amplified,
            ))  # fmt: skip
    before = {(c.rule, c.act, c.other) for c in board.conflicts()}
    broken = [c for c in board.put(*slots).conflicts() if (c.rule, c.act, c.other) not in before]
    return Delay(moved, cut, broken)


def _rest_of_day(board: Board, stage: StageFacts, at: dt.datetime) -> list[Slot]:
    """What is on now on a stage, or comes next, and what follows until the night."""
    rest = [slot for slot in board.slots.values() if slot.stage == stage.key and slot.span.ends_at > at]
    first = min((slot.span.starts_at for slot in rest), default=at)
    return [slot for slot in rest if slot.span.starts_at < first + _DAY]


def _shift(span: Span, shift: dt.timedelta, at: dt.datetime) -> Span:
    if span.starts_at <= at < span.ends_at:
        return Span(span.starts_at, span.ends_at + shift)
    return Span(span.starts_at + shift, span.ends_at + shift)


def _closing(stage: StageFacts, span: Span) -> dt.datetime | None:
    """When the stage closes that evening; None if it has no hours, or the act is outside them anyway."""
    return next((window.ends_at for window in stage.opening if window.holds(span)), None)


def cut_words(title: str, minutes: int) -> Message:
    """What is said of an act that is cut short."""
    return say_n("%(act)s is cut short by %(count)s minute.", "%(act)s is cut short by %(count)s minutes.", minutes,
                 act=title)  # fmt: skip
