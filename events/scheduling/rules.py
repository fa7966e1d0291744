"""Pure: what keeps an act from a place in the schedule. Seven rules, each with its own name and sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from festival.kit.words import N_, Message, say, say_n

RULE_NAMES: dict[str, str] = {
    "stage_overlap": N_("Two at once on a stage"),
    "changeover": N_("Changeover too short"),
    "same_people": N_("Somebody in two places"),
    "travel": N_("Too little time to get there"),
    "availability": N_("Not available"),
    "quiet_period": N_("Too loud for a quiet time"),
    "stage_hours": N_("Outside the stage's hours"),
}


# The forms take no more for a stage or an act.
LONGEST_CHANGEOVER = dt.timedelta(minutes=240)


class Rule(StrEnum):
    """The name under which a conflict is shown, overridden and counted."""

    STAGE_OVERLAP = "stage_overlap"
    CHANGEOVER = "changeover"
    SAME_PEOPLE = "same_people"
    TRAVEL = "travel"
    AVAILABILITY = "availability"
    QUIET_PERIOD = "quiet_period"
    STAGE_HOURS = "stage_hours"


@dataclass(frozen=True)
class Span:
    """From one moment to a later one."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    def overlaps(self, other: Span) -> bool:
        """Whether they share a moment; touching is not sharing."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def holds(self, other: Span) -> bool:
        """Whether `other` lies inside."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at


@dataclass(frozen=True)
class StageFacts:
    """What the rules know of a stage. Without an opening it is always open."""

    key: str
    name: str
    changeover_minutes: int = 10
    opening: Sequence[Span] = ()
    quiet: Sequence[Span] = ()
    kind: str = "stage"


@dataclass(frozen=True)
class Slot:
    """An act on a stage. `people` are keys of persons; without `available`, the act always can."""

    act: str
    title: str
    stage: str
    span: Span
    changeover_before: int | None = None
    people: frozenset[str] = frozenset()
    available: Sequence[Span] = ()
    amplified: bool = True


@dataclass(frozen=True)
class Wish:
    """An act that looks for a place: how long it plays, and what it needs. It becomes a Slot by `at`."""

    act: str
    title: str
    minutes: int
    people: frozenset[str] = frozenset()
    available: Sequence[Span] = ()
    amplified: bool = True
    changeover_before: int | None = None

    def at(self, stage: str, starts_at: dt.datetime, minutes: int = 0) -> Slot:
        """The act on that stage from that moment on."""
        span = Span(starts_at, starts_at + dt.timedelta(minutes=minutes or self.minutes))
        return Slot(
            self.act, self.title, stage, span, self.changeover_before, self.people, self.available, self.amplified
        )


@dataclass(frozen=True)
class Board:
    """Everything that is on, by act, and where; what a change is judged against."""

    slots: Mapping[str, Slot]
    stages: Mapping[str, StageFacts]
    travel_minutes: int = 15

    def conflicts(self) -> list[Conflict]:
        """Every rule that is broken."""
        return find_conflicts(self.slots.values(), self.stages.values(), self.travel_minutes)

    def breaks(self, slot: Slot) -> list[Conflict]:
        """What would be broken if `slot` took the place of its act's present one."""
        return conflicts_of(slot, self.slots.values(), self.stages[slot.stage], self.travel_minutes)

    def put(self, *slots: Slot) -> Board:
        """The same with `slots` in the places of their acts."""
        return replace(self, slots={**self.slots, **{slot.act: slot for slot in slots}})

    def about(self, wish: Wish, stage: str) -> Board:
        """Only what can stand in the way of `wish` on a stage: the others on it, and those with the same people."""
        slots = {
            act: slot for act, slot in self.slots.items()
            if act != wish.act and (slot.stage == stage or not slot.people.isdisjoint(wish.people))
        }  # fmt: skip
        return replace(self, slots=slots)


@dataclass(frozen=True)
class Conflict:
    """One rule that one act breaks, with the other act where there is one."""

    rule: Rule
    act: str
    message: Message
    other: str = ""


def find_conflicts(slots: Iterable[Slot], stages: Iterable[StageFacts], travel_minutes: int = 15) -> list[Conflict]:
    """Every rule that a schedule breaks, by the time of the act that comes later."""
    by_key = {stage.key: stage for stage in stages}
    ordered = _in_order(slots)
    found = [conflict for slot in ordered for conflict in _alone(slot, by_key[slot.stage])]
    for stage in by_key.values():
        found += _on_one_stage([slot for slot in ordered if slot.stage == stage.key], stage)
    for first, second in combinations(ordered, 2):
        found += _of_same_people(first, second, travel_minutes)
    moments = {slot.act: slot.span.starts_at for slot in ordered}
    return sorted(found, key=lambda conflict: (moments[conflict.act], conflict.act, conflict.rule, conflict.other))


def conflicts_of(slot: Slot, others: Iterable[Slot], stage: StageFacts, travel_minutes: int = 15) -> list[Conflict]:
    """What `slot` breaks or makes others break; the same as `find_conflicts` says of it, without asking of the rest."""
    found = _alone(slot, stage)
    rest = [other for other in others if other.act != slot.act]
    near = _in_order([slot, *(other for other in rest if other.stage == slot.stage)])
    for other in near:
        if other is not slot and other.span.overlaps(slot.span):
            first, second = _in_order([slot, other])
            found.append(_overlap(first, second, stage))
    # No changeover is longer than LONGEST_CHANGEOVER: what begins later than that has time enough.
    last = slot.span.ends_at + LONGEST_CHANGEOVER
    for position, later in enumerate(near):
        if later is slot or slot.span.ends_at <= later.span.starts_at < last:
            short = _changeover(later, near[:position], stage)
            found += [short] if short and slot.act in (short.act, short.other) else []
    for other in rest:
        first, second = _in_order([slot, other])
        found += _of_same_people(first, second, travel_minutes)
    return found


def _in_order(slots: Iterable[Slot]) -> list[Slot]:
    return sorted(slots, key=lambda slot: (slot.span.starts_at, slot.act))


def _alone(slot: Slot, stage: StageFacts) -> list[Conflict]:
    """What a slot breaks whatever else is on."""
    found: list[Conflict] = []
    if stage.opening and not any(window.holds(slot.span) for window in stage.opening):
        sentence = N_("%(act)s is outside the hours of %(stage)s.")
        found.append(Conflict(Rule.STAGE_HOURS, slot.act, say(sentence, act=slot.title, stage=stage.name)))
    if slot.amplified and any(window.overlaps(slot.span) for window in stage.quiet):
        sentence = N_("%(act)s is amplified, and %(stage)s must be quiet then.")
        found.append(Conflict(Rule.QUIET_PERIOD, slot.act, say(sentence, act=slot.title, stage=stage.name)))
    if slot.available and not any(window.holds(slot.span) for window in slot.available):
        sentence = N_("%(act)s is not available then.")
        found.append(Conflict(Rule.AVAILABILITY, slot.act, say(sentence, act=slot.title)))
    return found


def _on_one_stage(slots: Sequence[Slot], stage: StageFacts) -> list[Conflict]:
    """Overlaps of any two acts of a stage, and changeovers too short for what comes next."""
    pairs = combinations(slots, 2)
    found = [_overlap(first, second, stage) for first, second in pairs if first.span.overlaps(second.span)]
    short = (_changeover(slot, slots[:position], stage) for position, slot in enumerate(slots))
    return found + [conflict for conflict in short if conflict]


def _overlap(first: Slot, second: Slot, stage: StageFacts) -> Conflict:
    sentence = N_("%(act)s and %(other)s are on %(stage)s at the same time.")
    message = say(sentence, act=second.title, other=first.title, stage=stage.name)
    return Conflict(Rule.STAGE_OVERLAP, second.act, message, first.act)


def _changeover(slot: Slot, before: Sequence[Slot], stage: StageFacts) -> Conflict | None:
    """The changeover before `slot` if it is too short; it counts from the last of those `before` it to leave."""
    earlier = [other for other in before if other.span.ends_at <= slot.span.starts_at]
    last = max(earlier, key=lambda other: other.span.ends_at, default=None)
    needed = stage.changeover_minutes if slot.changeover_before is None else slot.changeover_before
    if last is None or (gap := _minutes(slot.span.starts_at - last.span.ends_at)) >= needed:
        return None
    message = say_n(
        "Only %(count)s minute of %(needed)s to change over from %(other)s to %(act)s.",
        "Only %(count)s minutes of %(needed)s to change over from %(other)s to %(act)s.",
        gap, needed=needed, other=last.title, act=slot.title,
    )  # fmt: skip
    return Conflict(Rule.CHANGEOVER, slot.act, message, last.act)


def _of_same_people(first: Slot, second: Slot, travel_minutes: int) -> list[Conflict]:
    """Somebody in two places at once, or too soon after on another stage."""
    if first.people.isdisjoint(second.people):
        return []
    if first.span.overlaps(second.span):
        sentence = N_("Somebody is in both %(other)s and %(act)s, which are on at the same time.")
        message = say(sentence, other=first.title, act=second.title)
        return [Conflict(Rule.SAME_PEOPLE, second.act, message, first.act)]
    gap = _minutes(second.span.starts_at - first.span.ends_at)
    if first.stage != second.stage and gap < travel_minutes:
        message = say_n(
            "Somebody has only %(count)s minute of %(needed)s to get from %(other)s to %(act)s.",
            "Somebody has only %(count)s minutes of %(needed)s to get from %(other)s to %(act)s.",
            gap, needed=travel_minutes, other=first.title, act=second.title,
        )  # fmt: skip
        return [Conflict(Rule.TRAVEL, second.act, message, first.act)]
    return []


def _minutes(length: dt.timedelta) -> int:
    return int(length.total_seconds()) // 60
