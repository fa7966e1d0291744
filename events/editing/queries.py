"""Reads: what is about to be changed, and the staff's list of programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.expressions import Q

from events.models import Occurrence, Program, Venue
from festival.kit.clock import now
from festival.kit.errors import Invalid, NotFound
from festival.kit.words import N_, say

_MOST_ID = 2**63 - 1


def _by_id_or_slug(text: str) -> Q:
    return Q(id=int(text)) if text.isdigit() and int(text) <= _MOST_ID else Q(slug=text)


async def find_venue(text: str) -> Venue:
    """The venue with this id or slug; raises Invalid at the field `venue`."""
    venue = await Venue.filter(_by_id_or_slug(text)).first()
    if venue is None:
        raise Invalid({"venue": say(N_("There is no such venue."))})
    return venue


async def find_program(text: str) -> Program:
    """The program with this id or slug; raises Invalid at the field `program`."""
    program = await Program.filter(_by_id_or_slug(text)).first()
    if program is None:
        raise Invalid({"program": say(N_("There is no such program."))})
    return program


async def get_occurrence(occurrence_id: str, *, lock: bool = False) -> Occurrence:
    """The occurrence with this id, with its program, series and venues; raises NotFound."""
    if not occurrence_id.isdigit() or int(occurrence_id) > _MOST_ID:
        raise NotFound
    if lock:
        await Occurrence.filter(id=int(occurrence_id)).select_for_update().only("id")
    found = await Occurrence.get_or_none(id=int(occurrence_id)).select_related("program__venue", "venue", "series")
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class ProgramRow:
    """A program in the staff's list, with its next date."""

    program: Program
    next: Occurrence | None


async def list_programs(q: str = "", state: str = "", offset: int = 0, most: int = 100) -> tuple[list[ProgramRow], int]:
    """Programs by title with their next dates, and how many there are. Three queries."""
    query = Program.all()
    if q:
        query = query.filter(Q(title__icontains=q) | Q(venue__name__icontains=q))
    if state:
        query = query.filter(state=state)
    programs = await query.select_related("venue").order_by("title", "id").offset(offset).limit(most)
    nearest = await _nearest_dates([program.id for program in programs])
    return [ProgramRow(program, nearest.get(program.id)) for program in programs], await query.count()


async def _nearest_dates(ids: Sequence[int]) -> dict[int, Occurrence]:
    rows = await Occurrence.filter(program_id__in=list(ids), ends_at__gte=now()).order_by("-starts_at", "-id")
    return {row.program_id: row for row in rows}


async def list_venues() -> list[Venue]:
    """Every place, by name."""
    return await Venue.all().order_by("name", "id")


async def count_following(occurrence: Occurrence) -> int:
    """How many dates the same rule gives after this one."""
    later = occurrence.original_local
    return await Occurrence.filter(series_id=occurrence.series_id, original_local__gt=later).count()
