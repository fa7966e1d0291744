"""Reads: a plan as the rules of the schedule see it, and as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from events.acts.performers import list_walkers
from events.models import (
    Act,
    ActAvailability,
    ActMember,
    Festival,
    Performance,
    ScheduleOverride,
    SchedulePlan,
    ScheduleStep,
    Stage,
    StageWindow,
)
from events.scheduling.people import person_key
from events.scheduling.placements import Placement
from events.scheduling.rules import Board, Conflict, Slot, Span, StageFacts, Wish, find_conflicts
from festival.accounts.models import Person
from festival.kit.clock import now
from festival.kit.errors import NotFound


@dataclass(frozen=True)
class Desk:
    """A plan with everything that its pages show. Acts are by slug, performances by their act's slug."""

    festival: Festival
    plan: SchedulePlan
    stages: Sequence[Stage]
    board: Board
    performances: Mapping[str, Performance]
    unplaced: Sequence[Act]
    wishes: Mapping[str, Wish]
    overrides: Mapping[tuple[str, str], ScheduleOverride]
    last_step: ScheduleStep | None
    names: Mapping[int, str]

    @property
    def hours(self) -> Span:
        """The festival's own hours, for stages without any."""
        return Span(self.festival.starts_at, self.festival.ends_at)

    def stage_name(self, slug: str) -> str:
        """What a stage is called."""
        return self.board.stages[slug].name

    def override_of(self, conflict: Conflict) -> ScheduleOverride | None:
        """Who let this be, if anybody did."""
        return self.overrides.get((conflict.act, conflict.rule))

    def who_let_be(self, override: ScheduleOverride) -> str:
        """The name of whoever let it be; "" if that person is gone."""
        return self.names.get(override.overridden_by, "")

    def open_conflicts(self) -> list[Conflict]:
        """What still keeps the plan from being published."""
        return [conflict for conflict in self.board.conflicts() if not self.override_of(conflict)]


async def list_conflicts(plan: SchedulePlan) -> list[Conflict]:
    """Every rule that `plan` breaks; cancelled sets break none. Six queries."""
    festival = await Festival.get(id=plan.festival_id)
    slots, stages = await read_plan(plan)
    return find_conflicts(slots, stages, festival.travel_buffer_minutes)


async def read_plan(plan: SchedulePlan) -> tuple[list[Slot], list[StageFacts]]:
    """The slots of a plan and the stages of its festival, as plain values."""
    wishes = await _list_wishes(plan.festival_id)
    placed = await _list_performances(plan)
    slots = [_slot(row, wishes[row.act.slug]) for row in placed if row.state == "scheduled"]
    return slots, _facts(await list_stages(plan.festival_id), await _list_windows(plan.festival_id))


async def read_desk(festival: Festival, plan: SchedulePlan) -> Desk:
    """Everything about `plan`, in ten queries whatever its size."""
    stages = await list_stages(festival.id)
    facts = _facts(stages, await _list_windows(festival.id))
    wishes = await _list_wishes(festival.id)
    placed = await _list_performances(plan)
    slots = [_slot(row, wishes[row.act.slug]) for row in placed if row.state == "scheduled"]
    board = Board(
        {slot.act: slot for slot in slots}, {stage.key: stage for stage in facts}, festival.travel_buffer_minutes
    )
    on = {row.act_id for row in placed}
    acts = await Act.filter(festival_id=festival.id, state="accepted").order_by("title", "id")
    overrides = await ScheduleOverride.filter(plan_id=plan.id).select_related("act")
    return Desk(
        festival, plan, stages, board, {row.act.slug: row for row in placed},
        [act for act in acts if act.id not in on], wishes,
        {(row.act.slug, row.rule): row for row in overrides}, await find_last_step(plan.id),
        await _list_names({row.overridden_by for row in overrides}),
    )  # fmt: skip


def placement_of(performance: Performance) -> Placement:
    """What a row says."""
    return Placement(
        performance.stage_id, performance.starts_at, performance.ends_at, performance.changeover_before,
        performance.pinned, performance.state, performance.reason,
    )  # fmt: skip


async def list_placements(plan_id: int) -> dict[int, Placement]:
    """What a plan says, by act id."""
    return {row.act_id: placement_of(row) for row in await Performance.filter(plan_id=plan_id)}


async def list_stages(festival_id: int) -> list[Stage]:
    """A festival's stages, in their order."""
    return await Stage.filter(festival_id=festival_id).order_by("position", "id")


async def _list_names(ids: Iterable[int]) -> dict[int, str]:
    people = await Person.filter(id__in=[0, *ids]).only("id", "name", "email")
    return {person.id: person.name or person.email for person in people}


async def find_last_step(plan_id: int) -> ScheduleStep | None:
    """The latest change of a plan that was not undone."""
    return await ScheduleStep.filter(plan_id=plan_id, undone_at=None).order_by("-id").first()


async def _list_performances(plan: SchedulePlan) -> list[Performance]:
    placed = Performance.filter(plan_id=plan.id).select_related("act", "stage")
    return await placed.order_by("starts_at", "stage__position", "id")


async def _list_windows(festival_id: int) -> dict[tuple[int, str], list[Span]]:
    windows: dict[tuple[int, str], list[Span]] = {}
    for window in await StageWindow.filter(stage__festival_id=festival_id).order_by("starts_at"):
        windows.setdefault((window.stage_id, window.kind), []).append(Span(window.starts_at, window.ends_at))
    return windows


def _facts(stages: Sequence[Stage], windows: Mapping[tuple[int, str], Sequence[Span]]) -> list[StageFacts]:
    return [
        StageFacts(
            stage.slug, stage.name, stage.changeover_minutes,
            windows.get((stage.id, "open"), ()), windows.get((stage.id, "quiet"), ()), stage.kind,
        )
        for stage in stages
    ]  # fmt: skip


async def _list_wishes(festival_id: int) -> dict[str, Wish]:
    """Every act as the rules see it, by slug."""
    people: dict[int, set[str]] = {}
    for member in await ActMember.filter(act__festival_id=festival_id):
        people.setdefault(member.act_id, set()).add(member.person_key)
    for act_id, names in (await list_walkers(festival_id)).items():
        people.setdefault(act_id, set()).update(person_key(name) for name in names)
    available: dict[int, list[Span]] = {}
    for time in await ActAvailability.filter(act__festival_id=festival_id).order_by("starts_at"):
        available.setdefault(time.act_id, []).append(Span(time.starts_at, time.ends_at))
    return {
        act.slug: Wish(
            act.slug, act.title, act.set_minutes, frozenset(people.get(act.id, ())),
            tuple(available.get(act.id, ())), act.amplified,
        )
        for act in await Act.filter(festival_id=festival_id)
    }  # fmt: skip


def _slot(performance: Performance, wish: Wish) -> Slot:
    return Slot(
        wish.act, wish.title, performance.stage.slug, Span(performance.starts_at, performance.ends_at),
        performance.changeover_before, wish.people, wish.available, wish.amplified,
    )  # fmt: skip


# ---------------------------------------------------------------- festivals and plans by their addresses


async def get_festival(slug: str) -> Festival:
    """The festival at `slug` in any state, for staff; raises NotFound."""
    festival = await Festival.get_or_none(slug=slug).select_related("venue")
    if festival is None:
        raise NotFound
    return festival


async def find_next_festival() -> Festival | None:
    """The festival that is on or comes next, drafts too; after the last one, the last."""
    festivals = Festival.exclude(state="archived")
    return await festivals.filter(ends_at__gte=now()).order_by("starts_at").first() or (
        await festivals.order_by("-starts_at").first()
    )


async def list_plans(festival_id: int) -> list[SchedulePlan]:
    """Every version, the latest first."""
    return await SchedulePlan.filter(festival_id=festival_id).order_by("-number")


async def get_plan(festival_id: int, number: str) -> SchedulePlan:
    """The version of that number; raises NotFound."""
    if not number.isdigit() or len(number) > 6:
        raise NotFound
    plan = await SchedulePlan.get_or_none(festival_id=festival_id, number=int(number))
    if plan is None:
        raise NotFound
    return plan


async def find_published_plan(festival_id: int) -> SchedulePlan | None:
    """The version that the public sees."""
    return await SchedulePlan.get_or_none(festival_id=festival_id, state="published")


async def get_act(festival_id: int, slug: str) -> Act:
    """The act at `slug`; raises NotFound."""
    act = await Act.get_or_none(festival_id=festival_id, slug=slug)
    if act is None:
        raise NotFound
    return act
