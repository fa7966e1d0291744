"""Writes: a draft becomes the schedule that everybody sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from events.models import Festival, Performance, SchedulePlan
from events.publishing.rules import compare
from events.scheduling.actions import NotADraft, PlanMoved, lock_plan, tell_acts
from events.scheduling.queries import find_published_plan, get_festival, placement_of, read_desk
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.web.access import Principal
from festival.kit.words import say_n
from festival.organisation.actions import record_audit


class StillInConflict(Conflict):
    """A rule is broken that nobody let be."""

    code = "still_in_conflict"


async def publish_version(festival: Festival, plan: SchedulePlan, seen: int, by: Principal) -> int:
    """Make `plan` the public schedule and tell the acts whose time changed; returns how many.

    An act keeps its identity and its `sequence` (RFC 5545, section 3.8.7.4), raised by one where its time, stage
    or state is another; one that is no longer in the plan stays as cancelled, so that calendars take it out.
    `seen` is the number of the version that was public when the page was read, 0 for none. Raises NotADraft,
    PlanMoved, StillInConflict.
    """
    async with transaction():
        await Festival.filter(id=festival.id).select_for_update().only("id")
        old = await find_published_plan(festival.id)
        if (old.number if old else 0) != seen:
            raise PlanMoved
        if old:
            old = await lock_plan(old.id)
        plan = await lock_plan(plan.id)
        if plan.state != "draft":
            raise NotADraft
        _require_peace(len((await read_desk(await get_festival(festival.slug), plan)).open_conflicts()))
        told = await _hand_over(old, plan)
        at = now()
        if old:
            await SchedulePlan.filter(id=old.id).update(state="superseded")
        await SchedulePlan.filter(id=plan.id).update(state="published", published_at=at)
        await record_audit(
            by, "schedule.published", ("schedule_plan", plan.id),
            before={"number": old.number} if old else None, after={"number": plan.number, "told": len(told)},
        )  # fmt: skip
        await tell_acts(f"plan:{plan.id}", told)
        return len(told)


def _require_peace(count: int) -> None:
    if count:
        raise StillInConflict(
            say_n(
                "%(count)s conflict is still open. Fix it, or let it be with a reason.",
                "%(count)s conflicts are still open. Fix them, or let them be with a reason.",
                count,
            )
        )


async def _hand_over(old: SchedulePlan | None, plan: SchedulePlan) -> list[dict[str, Any]]:
    """Give the rows of `plan` the histories of those before them; returns what the acts concerned are told."""
    before = {row.act_id: row for row in await Performance.filter(plan_id=old.id)} if old else {}
    after = {row.act_id: row for row in await Performance.filter(plan_id=plan.id)}
    old_placements = {act_id: placement_of(row) for act_id, row in before.items()}
    new_placements = {act_id: placement_of(row) for act_id, row in after.items()}
    differences = compare(old_placements, new_placements)
    at = now()
    for act_id, row in after.items():
        await _inherit(row, before.get(act_id), changed=act_id in differences, at=at)
    await _keep_missing(plan, before, after, at)
    return [
        {
            "act_id": act_id,
            "before": old_placements[act_id].to_json() if act_id in old_placements else None,
            "after": new_placements[act_id].to_json() if act_id in new_placements else None,
        }
        for act_id in sorted(differences)
    ]


async def _inherit(row: Performance, earlier: Performance | None, *, changed: bool, at: dt.datetime) -> None:
    facts: dict[str, Any] = {"sequence": 0, "revision": 1, "changed_at": at}
    if earlier:
        facts = {
            "sequence": earlier.sequence + changed,
            "revision": earlier.revision + changed,
            "changed_at": at if changed else earlier.changed_at,
        }
    await Performance.filter(id=row.id).update(**facts)


async def _keep_missing(
    plan: SchedulePlan, before: Mapping[int, Performance], after: Mapping[int, Performance], at: dt.datetime
) -> None:
    """What was public and is not in the new version any more: kept as cancelled."""
    for act_id, row in before.items():
        if act_id not in after:
            news = row.state != "cancelled"
            await Performance.create(
                plan_id=plan.id,
                act_id=act_id,
                sequence=row.sequence + news,
                revision=row.revision + news,
                changed_at=at if news else row.changed_at,
                **placement_of(row)._replace(state="cancelled", pinned=False)._asdict(),
            )
