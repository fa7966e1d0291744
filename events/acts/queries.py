"""Reads: the acts of a festival, and one of them with its people and times."""

from __future__ import annotations

from dataclasses import dataclass

from events.acts.performers import Performer, list_performers
from events.models import Act, ActAvailability, ActMember, Performance


@dataclass(frozen=True)
class ActRow:
    """An act in the list, and its place in the schedule that everybody sees."""

    act: Act
    performance: Performance | None

    @property
    def confirmed(self) -> bool:
        """Whether the group said yes to this place."""
        return is_confirmed(self.act, self.performance)


def is_confirmed(act: Act, performance: Performance | None) -> bool:
    """Whether a group said yes to exactly this stage and beginning; another time is another question."""
    return (
        performance is not None
        and performance.state == "scheduled"
        and act.confirmed_at is not None
        and (act.confirmed_stage_id, act.confirmed_starts_at) == (performance.stage_id, performance.starts_at)
    )


async def list_acts(festival_id: int) -> list[ActRow]:
    """A festival's acts by title. Two queries."""
    placed = Performance.filter(plan__festival_id=festival_id, plan__state="published").select_related("stage")
    rows = {row.act_id: row for row in await placed}
    acts = await Act.filter(festival_id=festival_id).order_by("title", "id").limit(500)
    return [ActRow(act, rows.get(act.id)) for act in acts]


async def list_without_act(festival_id: int) -> list[Performer]:
    """The accepted performers of whom no act was made yet."""
    performers = await list_performers(festival_id)
    ids = [performer.application_id for performer in performers]
    rows = await Act.filter(festival_id=festival_id, application_id__in=[0, *ids]).only("id", "application_id")
    made = {act.application_id for act in rows}
    return [performer for performer in performers if performer.application_id not in made]


async def list_members(act_id: int) -> list[str]:
    """The people of an act, as they were written."""
    return [member.name for member in await ActMember.filter(act_id=act_id).order_by("id")]


async def list_availability(act_id: int) -> list[ActAvailability]:
    """When an act can be on stage; none means always."""
    return await ActAvailability.filter(act_id=act_id).order_by("starts_at")
