"""Pure: the places that break no rule, the nearest of them, and why there are none. Steps of five minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.scheduling.rules import Board, Rule, Slot, Span, StageFacts, Wish
from festival.kit.words import N_, Message, say, say_n

STEP = dt.timedelta(minutes=5)
# How many tries a proposal may make; beyond it the best so far counts.
_MOST_TRIES = 3000
_CLASHES = {Rule.STAGE_OVERLAP, Rule.CHANGEOVER}
_BUSY = {Rule.SAME_PEOPLE, Rule.TRAVEL}


@dataclass(frozen=True)
class Fix:
    """A change after which an act breaks no rule: another time, another stage, or a shorter set."""

    kind: str
    stage: str
    starts_at: dt.datetime
    minutes: int


@dataclass(frozen=True)
class Reason:
    """Why an act finds no place on a stage, or the first place where it does."""

    stage: str
    message: Message
    rule: Rule | None = None
    starts_at: dt.datetime | None = None


def wish_of(slot: Slot) -> Wish:
    """What a placed act needs, wherever it is."""
    minutes = round((slot.span.ends_at - slot.span.starts_at).total_seconds() / 60)
    return Wish(slot.act, slot.title, minutes, slot.people, slot.available, slot.amplified, slot.changeover_before)


def list_starts(stage: StageFacts, minutes: int, hours: Span) -> Iterator[dt.datetime]:
    """Every start at which a set of `minutes` ends before the stage closes; `hours` where it names none."""
    length = dt.timedelta(minutes=minutes)
    for window in stage.opening or [hours]:
        moment = window.starts_at
        while moment + length <= window.ends_at:
            yield moment
            moment += STEP


def list_free(wish: Wish, board: Board, stage: StageFacts, hours: Span) -> list[Slot]:
    """Every place on `stage` in which the act breaks no rule, by time."""
    rest = board.about(wish, stage.key)
    starts = list_starts(stage, wish.minutes, hours)
    return [slot for start in starts if not rest.breaks(slot := wish.at(stage.key, start))]


def stages_for(board: Board, kind: str = "stage") -> list[StageFacts]:
    """The stages of a kind, or all where there are none: nobody is offered the soccer field for a choir."""
    return [stage for stage in board.stages.values() if stage.kind == kind] or list(board.stages.values())


def offer_fixes(slot: Slot, board: Board, hours: Span) -> list[Fix]:
    """At most three changes that mend all that `slot` breaks: the nearest time, the nearest on another stage, a shorter
    set of at least half its length."""
    wish, found = wish_of(slot), list[Fix]()
    here = board.stages[slot.stage]

    def away(other: Slot) -> tuple[dt.timedelta, dt.datetime]:
        return abs(other.span.starts_at - slot.span.starts_at), other.span.starts_at

    same = min(list_free(wish, board, here, hours), key=away, default=None)
    if same:
        found.append(Fix("time", same.stage, same.span.starts_at, wish.minutes))
    alike = [stage for stage in stages_for(board, here.kind) if stage.key != here.key]
    other = _nearest(wish, board, alike, hours, away)
    shorter = _shorten(slot, board)
    if not (same or other or shorter):
        other = _nearest(wish, board, board.stages.values(), hours, away)
    if other:
        found.append(Fix("stage", other.stage, other.span.starts_at, wish.minutes))
    return [*found, *([shorter] if shorter else [])]


def _nearest(
    wish: Wish, board: Board, stages: Iterable[StageFacts], hours: Span, away: Callable[[Slot], Any]
) -> Slot | None:
    free = (place for stage in stages for place in list_free(wish, board, stage, hours))
    return min(free, key=away, default=None)


def _shorten(slot: Slot, board: Board) -> Fix | None:
    wish = wish_of(slot)
    rest = board.about(wish, slot.stage)
    for minutes in range(wish.minutes - 5, max(wish.minutes // 2, 5) - 1, -5):
        if not rest.breaks(wish.at(slot.stage, slot.span.starts_at, minutes)):
            return Fix("shorter", slot.stage, slot.span.starts_at, minutes)
    return None


def explain(wish: Wish, board: Board, hours: Span) -> list[Reason]:
    """For each stage the first place that fits, or the rule that leaves none."""
    return [_explain_one(wish, board, stage, hours) for stage in stages_for(board)]


def _explain_one(wish: Wish, board: Board, stage: StageFacts, hours: Span) -> Reason:
    places = [wish.at(stage.key, start) for start in list_starts(stage, wish.minutes, hours)]
    rest = board.about(wish, stage.key)
    broken = [(place, {conflict.rule for conflict in rest.breaks(place)}) for place in places]
    free = next((place for place, rules in broken if not rules), None)
    if free:
        return Reason(stage.key, say(N_("It fits on %(stage)s."), stage=stage.name), starts_at=free.span.starts_at)
    # What stands in the way is the first rule that, after those before it, leaves no place.
    for rules, make in _REASONS:
        broken = [(place, own) for place, own in broken if not own & rules]
        if not broken:
            return Reason(stage.key, make(wish, stage), min(rules))
    return Reason(stage.key, _too_long(wish, stage), Rule.STAGE_HOURS)


def _too_long(wish: Wish, stage: StageFacts) -> Message:
    return say_n(
        "%(stage)s is not open for %(count)s minute on end.", "%(stage)s is not open for %(count)s minutes on end.",
        wish.minutes, stage=stage.name,
    )  # fmt: skip


def _away(_: Wish, stage: StageFacts) -> Message:
    return say(N_("The act is not available while %(stage)s is open."), stage=stage.name)


def _loud(_: Wish, stage: StageFacts) -> Message:
    return say(N_("%(stage)s must be quiet whenever the act is available."), stage=stage.name)


def _full(wish: Wish, stage: StageFacts) -> Message:
    return say_n(
        "%(stage)s has no gap of %(count)s minute with its changeovers.",
        "%(stage)s has no gap of %(count)s minutes with its changeovers.",
        wish.minutes, stage=stage.name,
    )  # fmt: skip


def _busy(_: Wish, stage: StageFacts) -> Message:
    return say(N_("Somebody of the act is on elsewhere whenever %(stage)s has a gap."), stage=stage.name)


_REASONS: Sequence[tuple[set[Rule], Callable[[Wish, StageFacts], Message]]] = (
    ({Rule.STAGE_HOURS}, _too_long),
    ({Rule.AVAILABILITY}, _away),
    ({Rule.QUIET_PERIOD}, _loud),
    (_CLASHES, _full),
    (_BUSY, _busy),
)


def propose(wishes: Iterable[Wish], board: Board, hours: Span) -> dict[str, Slot]:
    """Places for as many of `wishes` as possible in which nothing is broken; what is placed stays where it is.

    A depth-first search, the act with the fewest places first; it ends with the best found after so many tries.
    """
    places: dict[str, list[Slot]] = {}
    for wish in wishes:
        free = (list_free(wish, board, stage, hours) for stage in stages_for(board))
        places[wish.act] = sorted((slot for one in free for slot in one), key=lambda slot: slot.span.starts_at)
    waiting = sorted((act for act in places if places[act]), key=lambda act: (len(places[act]), act))
    search = _Search(board, places)
    search.go(waiting, {})
    return search.best


class _Search:
    """One run of `propose`."""

    def __init__(self, board: Board, places: Mapping[str, Sequence[Slot]]) -> None:
        self.board, self.places = board, places
        self.best: dict[str, Slot] = {}
        self.tries = 0
        self.whole = sum(bool(found) for found in places.values())

    def go(self, waiting: Sequence[str], chosen: dict[str, Slot]) -> None:
        """Place the first of `waiting` in each of its places in turn, or not at all."""
        if len(chosen) > len(self.best):
            self.best = dict(chosen)
        if not waiting or len(chosen) + len(waiting) <= len(self.best):
            return
        present = self.board.put(*chosen.values())
        act, rest = waiting[0], waiting[1:]
        for slot in self.places[act]:
            if self.tries >= _MOST_TRIES or len(self.best) == self.whole:
                return
            self.tries += 1
            if not chosen or not present.breaks(slot):
                self.go(rest, {**chosen, act: slot})
        self.go(rest, chosen)
