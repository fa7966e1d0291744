"""Reads: two versions beside each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from events.models import Act, SchedulePlan
from events.publishing.rules import Difference, compare
from events.scheduling.placements import Placement
from events.scheduling.queries import list_placements, list_stages


@dataclass(frozen=True)
class Changed:
    """An act that is different in the later version."""

    act: Act
    kind: Difference
    before: Placement | None
    after: Placement | None

    @property
    def at(self) -> dt.datetime:
        """When it is, or was."""
        placement = self.after or self.before
        assert placement is not None  # one of them differs from nothing  # noqa: S101
        return placement.starts_at


async def list_changes(before: SchedulePlan | None, after: SchedulePlan) -> list[Changed]:
    """What is different in `after`, by time; everything where there is no version before. Three queries."""
    old = await list_placements(before.id) if before else {}
    new = await list_placements(after.id)
    kinds = compare(old, new)
    acts = await Act.filter(festival_id=after.festival_id, id__in=list(kinds))
    changed = [Changed(act, kinds[act.id], old.get(act.id), new.get(act.id)) for act in acts]
    return sorted(changed, key=lambda one: (one.at, one.act.id))


async def list_stage_names(festival_id: int) -> dict[int, str]:
    """What each stage is called."""
    return {stage.id: stage.name for stage in await list_stages(festival_id)}
