"""Reads: an edition for a change of its state, and its page as it will look."""

from __future__ import annotations

from dataclasses import dataclass

from events.fest_day.queries import FestivalDay, get_festival_day
from events.models import Festival, Performance, Program, SchedulePlan
from festival.kit.errors import NotFound
from festival.kit.words import Message, say_n

EVERY_STATE = ("draft", "published", "postponed", "cancelled", "archived")


@dataclass(frozen=True)
class Reach:
    """What hangs on an edition: acts in its public schedule, and its programs that visitors see."""

    acts: int
    programs: int

    @property
    def sentences(self) -> list[Message]:
        """The same in words."""
        acts = say_n("%(count)s act stands in its schedule.", "%(count)s acts stand in its schedule.", self.acts)
        programs = say_n("%(count)s program belongs to it.", "%(count)s programs belong to it.", self.programs)
        return [acts, programs]


async def get_edition(slug: str, *, lock: bool = False) -> Festival:
    """The festival at `slug` in any state; raises NotFound."""
    if lock:
        await Festival.filter(slug=slug).select_for_update().only("id")
    found = await Festival.get_or_none(slug=slug)
    if found is None:
        raise NotFound
    return found


async def get_reach(festival: Festival) -> Reach:
    """What a change of state will be felt by."""
    return Reach(
        await Performance.filter(plan__festival_id=festival.id, plan__state="published").count(),
        await Program.filter(festival_id=festival.id, state="published").count(),
    )


async def get_preview_day(slug: str) -> FestivalDay:
    """The festival in any state, with its public schedule, or else with its newest draft; raises NotFound."""
    festival = await get_edition(slug)
    plan = await SchedulePlan.get_or_none(festival_id=festival.id, state="published")
    plan = plan or await SchedulePlan.filter(festival_id=festival.id, state="draft").order_by("-number").first()
    return await get_festival_day(slug, states=EVERY_STATE, plan_id=plan.id if plan else 0)
