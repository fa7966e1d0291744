"""Reads: a plan as the rules of the schedule see it."""

from __future__ import annotations

from events.models import Act, ActAvailability, ActMember, Festival, Performance, SchedulePlan, Stage, StageWindow
from events.scheduling.rules import Conflict, Slot, Span, StageFacts, find_conflicts


async def list_conflicts(plan: SchedulePlan) -> list[Conflict]:
    """Every rule that `plan` breaks; cancelled sets break none. Six queries."""
    festival = await Festival.get(id=plan.festival_id)
    slots, stages = await read_plan(plan)
    return find_conflicts(slots, stages, festival.travel_buffer_minutes)


async def read_plan(plan: SchedulePlan) -> tuple[list[Slot], list[StageFacts]]:
    """The slots of a plan and the stages of its festival, as plain values."""
    windows: dict[tuple[int, str], list[Span]] = {}
    for window in await StageWindow.filter(stage__festival_id=plan.festival_id).order_by("starts_at"):
        windows.setdefault((window.stage_id, window.kind), []).append(Span(window.starts_at, window.ends_at))
    stages = [
        StageFacts(
            stage.slug, stage.name, stage.changeover_minutes,
            windows.get((stage.id, "open"), ()), windows.get((stage.id, "quiet"), ()),
        )
        for stage in await Stage.filter(festival_id=plan.festival_id).order_by("position")
    ]  # fmt: skip
    people: dict[int, set[str]] = {}
    for member in await ActMember.filter(act__festival_id=plan.festival_id):
        people.setdefault(member.act_id, set()).add(member.person_key)
    available: dict[int, list[Span]] = {}
    for time in await ActAvailability.filter(act__festival_id=plan.festival_id).order_by("starts_at"):
        available.setdefault(time.act_id, []).append(Span(time.starts_at, time.ends_at))
    placed = await Performance.filter(plan_id=plan.id, state="scheduled").select_related("act", "stage")
    slots = [_slot(performance, performance.act, people, available) for performance in placed]
    return slots, stages


def _slot(
    performance: Performance, act: Act, people: dict[int, set[str]], available: dict[int, list[Span]]
) -> Slot:  # fmt: skip
    return Slot(
        act.slug, act.title, performance.stage.slug, Span(performance.starts_at, performance.ends_at),
        performance.changeover_before, frozenset(people.get(act.id, ())), available.get(act.id, ()), act.amplified,
    )  # fmt: skip
