"""Reads: a program as its organizer sees it, what a form offers, what was done to it."""

from __future__ import annotations

from dataclasses import dataclass

from tortoise.expressions import Q

from events.models import Festival, Occurrence, PlanGoal, Program, Series, Venue
from events.whats_on.queries import list_area_names, list_spoken
from festival.kit.errors import NotFound
from festival.organisation.models import AuditEntry

_MOST_TRAIL = 30


async def get_program(slug: str, *, lock: bool = False) -> Program:
    """The program at `slug` in any state, with its place, festival and goal; raises NotFound."""
    if lock:
        await Program.filter(slug=slug).select_for_update().only("id")
    found = await Program.get_or_none(slug=slug).select_related("venue", "festival", "goal")
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class ProgramDesk:
    """A program with all its dates and rules, and who did what to it."""

    program: Program
    spoken: list[str]
    series: list[Series]
    dates: list[Occurrence]
    trail: list[AuditEntry]
    area_name: str


async def get_desk(slug: str) -> ProgramDesk:
    """The program at `slug` as its organizer sees it; raises NotFound. Seven queries, however many dates."""
    program = await get_program(slug)
    dates = await Occurrence.filter(program_id=program.id).select_related("venue", "series").order_by("starts_at", "id")
    series = await Series.filter(program_id=program.id).prefetch_related("exceptions").order_by("starts_local", "id")
    areas = await list_area_names()
    return ProgramDesk(
        program,
        (await list_spoken([program.id])).get(program.id, []),
        list(series),
        list(dates),
        await list_trail([program.id], [date.id for date in dates]),
        areas[program.area],
    )


async def list_trail(programs: list[int], dates: list[int]) -> list[AuditEntry]:
    """What was last done to programs and to dates, the latest first."""
    about = Q(object_kind="program", object_id__in=programs)
    if dates:
        about |= Q(object_kind="occurrence", object_id__in=dates)
    return await AuditEntry.filter(about).order_by("-id").limit(_MOST_TRAIL)


@dataclass(frozen=True)
class Offered:
    """What a program's form offers: (value, label) each."""

    venues: list[tuple[str, str]]
    festivals: list[tuple[str, str]]
    goals: list[tuple[str, str]]
    areas: list[tuple[str, str]]


async def list_offered() -> Offered:
    """The choices of a program's form."""
    venues = await Venue.all().order_by("name", "id")
    festivals = await Festival.exclude(state="archived").order_by("-starts_at")
    goals = await PlanGoal.all().order_by("-year", "position", "id")
    return Offered(
        [(venue.slug, venue.name) for venue in venues],
        [(row.slug, row.name) for row in festivals],
        [(goal.slug, f"{goal.year} · {goal.title}") for goal in goals],
        list((await list_area_names()).items()),
    )
