"""Pure: what keeps an act from a place in the schedule. Seven rules, each with its own name and sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from festival.kit.words import N_, Message, say, say_n


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
class Conflict:
    """One rule that one act breaks, with the other act where there is one."""

    rule: Rule
    act: str
    message: Message
    other: str = ""


def find_conflicts(slots: Iterable[Slot], stages: Iterable[StageFacts], travel_minutes: int = 15) -> list[Conflict]:
    """Every rule that a schedule breaks, by the time of the act that comes later."""
    by_key = {stage.key: stage for stage in stages}
    ordered = sorted(slots, key=lambda slot: (slot.span.starts_at, slot.act))
    found = [conflict for slot in ordered for conflict in _alone(slot, by_key[slot.stage])]
    for stage in by_key.values():
        found += _on_one_stage([slot for slot in ordered if slot.stage == stage.key], stage)
    for first, second in combinations(ordered, 2):
        found += _of_same_people(first, second, travel_minutes)
    moments = {slot.act: slot.span.starts_at for slot in ordered}
    return sorted(found, key=lambda conflict: (moments[conflict.act], conflict.act, conflict.rule, conflict.other))


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
    found: list[Conflict] = []
    for first, second in combinations(slots, 2):
        if first.span.overlaps(second.span):
            sentence = N_("%(act)s and %(other)s are on %(stage)s at the same time.")
            message = say(sentence, act=second.title, other=first.title, stage=stage.name)
            found.append(Conflict(Rule.STAGE_OVERLAP, second.act, message, first.act))
    for position, slot in enumerate(slots):
        earlier = [other for other in slots[:position] if other.span.ends_at <= slot.span.starts_at]
        before = max(earlier, key=lambda other: other.span.ends_at, default=None)
        needed = stage.changeover_minutes if slot.changeover_before is None else slot.changeover_before
        if before and (gap := _minutes(slot.span.starts_at - before.span.ends_at)) < needed:
            message = say_n(
                "Only %(count)s minute of %(needed)s to change over from %(other)s to %(act)s.",
                "Only %(count)s minutes of %(needed)s to change over from %(other)s to %(act)s.",
                gap, needed=needed, other=before.title, act=slot.title,
            )  # fmt: skip
            found.append(Conflict(Rule.CHANGEOVER, slot.act, message, before.act))
    return found


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
