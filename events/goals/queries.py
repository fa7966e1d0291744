"""Reads: every goal with what is planned for it; four queries, however many programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.functions import Count

from events.goals.rules import Reach
from events.models import Occurrence, PlanGoal, Program

_PLANNED = ("draft", "published", "postponed")


@dataclass(frozen=True)
class GoalRow:
    """A goal, what its programs plan for its year, and the programs with their dates in that year."""

    goal: PlanGoal
    reach: Reach
    programs: Sequence[tuple[Program, int]]


@dataclass(frozen=True)
class AreaRow:
    """An area, and what is planned for it in a year."""

    area: str
    reach: Reach


async def list_goals() -> list[GoalRow]:
    """The goals by year, the latest first."""
    goals = await PlanGoal.all().order_by("-year", "position", "id")
    programs = await Program.filter(goal_id__not_isnull=True, state__in=_PLANNED).order_by("title", "id")
    counted: dict[tuple[int, int], int] = {}
    for year in {goal.year for goal in goals}:
        for program_id, dates in (await count_dates(year)).items():
            counted[program_id, year] = dates
    rows: list[GoalRow] = []
    for goal in goals:
        mine = [
            (program, counted.get((program.id, goal.year), 0)) for program in programs if program.goal_id == goal.id
        ]
        reach = Reach()
        for program, dates in mine:
            reach = reach.add(dates, program.goal_attendance)
        rows.append(GoalRow(goal, reach, mine))
    return rows


async def count_dates(year: int) -> dict[int, int]:
    """How many dates each program has in a year that were not cancelled."""
    rows = await (
        Occurrence.filter(
            starts_on__gte=dt.date(year, 1, 1), starts_on__lte=dt.date(year, 12, 31), program__state__in=_PLANNED
        )
        .exclude(state="cancelled")
        .annotate(dates=Count("id")).group_by("program_id").values("program_id", "dates")
    )  # fmt: skip
    return {int(row["program_id"]): int(row["dates"]) for row in rows}


async def list_areas(year: int) -> list[AreaRow]:
    """What is planned in each area in a year."""
    dates = await count_dates(year)
    found: dict[str, Reach] = {area: Reach() for area in ("cultural", "arts", "sports")}
    for program in await Program.filter(id__in=list(dates)).only("id", "area", "goal_attendance"):
        found[program.area] = found[program.area].add(dates[program.id], program.goal_attendance)
    return [AreaRow(area, reach) for area, reach in found.items()]
