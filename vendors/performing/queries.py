"""Reads: when and where a group of an application is on stage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from events.acts.performers import CALL_BEFORE
from events.acts.queries import is_confirmed
from events.models import Act, Performance


@dataclass(frozen=True)
class SetTime:
    """An act of an application in the schedule that everybody sees; without a performance it has no place yet."""

    act: Act
    performance: Performance | None

    @property
    def call_at(self) -> dt.datetime | None:
        """When the group has to be at the stage."""
        return self.performance.starts_at - CALL_BEFORE if self.performance else None

    @property
    def confirmed(self) -> bool:
        """Whether the group said yes to exactly this time and stage."""
        return is_confirmed(self.act, self.performance)

    @property
    def token(self) -> str:
        """What the page shows, so that nobody confirms a time that changed meanwhile."""
        shown = self.performance
        return f"{shown.stage_id}@{shown.starts_at.isoformat()}" if shown else ""


async def list_set_times(application_id: int) -> list[SetTime]:
    """The acts made of an application. Two queries."""
    acts = await Act.filter(application_id=application_id).order_by("id")
    ids = [0, *(act.id for act in acts)]
    placed = Performance.filter(act_id__in=ids, plan__state="published").select_related("stage")
    by_act = {row.act_id: row for row in await placed}
    return [SetTime(act, by_act.get(act.id)) for act in acts]
