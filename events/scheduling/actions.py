"""Writes: versions of a schedule, and every change of one, kept as a step that can be undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tortoise.functions import Max

from events.models import Act, Festival, Performance, ScheduleOverride, SchedulePlan, ScheduleStep
from events.scheduling.placements import Placement, from_json
from events.scheduling.queries import find_last_step, list_placements, placement_of
from events.signals import signal_moved_acts
from festival.database import transaction
from festival.jobs.actions import enqueue_all
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit

# The signal that an act's time changed for the public; the roof names who hears it.
TIME_CHANGED = "schedule.time_changed"
MOST_VERSIONS = 200

Changes = Mapping[int, Placement | None]


class NotADraft(Conflict):
    """A published or superseded version is not arranged any more."""

    code = "not_a_draft"
    message = N_("This version is not a draft. Make a new version to change it.")


class PlanMoved(Conflict):
    """Somebody else was faster."""

    code = "plan_moved"
    message = N_("Somebody changed this schedule in the meantime. Look again, then try once more.")


class NothingToUndo(Conflict):
    """No step is left."""

    code = "nothing_to_undo"
    message = N_("There is nothing to undo.")


class TooManyVersions(Conflict):
    """A festival has its most versions."""

    code = "too_many_versions"
    message = N_("There are too many versions of this schedule.")


@dataclass(frozen=True)
class Cause:
    """What was done, and to what, as the step tells it."""

    kind: str
    subject: str
    minutes: int = 0


async def create_version(festival: Festival, source: SchedulePlan | None, name: str, by: Principal) -> SchedulePlan:
    """A new draft, a copy of `source` where there is one, with what was let be in it."""
    async with transaction():
        await Festival.filter(id=festival.id).select_for_update().only("id")
        numbers = await SchedulePlan.filter(festival_id=festival.id).annotate(most=Max("number")).values("most")
        number = int(numbers[0]["most"] or 0) + 1 if numbers else 1
        if number > MOST_VERSIONS:
            raise TooManyVersions
        plan = await SchedulePlan.create(festival_id=festival.id, number=number, name=name, created_at=now())
        if source:
            await _copy(source, plan)
        await record_audit(
            by, "schedule.version_made", ("schedule_plan", plan.id),
            after={"number": number, "from": source.number if source else None},
        )  # fmt: skip
        return plan


async def _copy(source: SchedulePlan, plan: SchedulePlan) -> None:
    at = now()
    await Performance.bulk_create(
        Performance(
            plan_id=plan.id, act_id=row.act_id, sequence=row.sequence, changed_at=at, **placement_of(row)._asdict()
        )
        for row in await Performance.filter(plan_id=source.id).order_by("id")
    )  # fmt: skip
    await ScheduleOverride.bulk_create(
        ScheduleOverride(
            plan_id=plan.id, act_id=row.act_id, rule=row.rule, reason=row.reason,
            overridden_by=row.overridden_by, at=row.at,
        )
        for row in await ScheduleOverride.filter(plan_id=source.id).order_by("id")
    )  # fmt: skip


async def lock_plan(plan_id: int) -> SchedulePlan:
    """The plan, nobody else's until the commit; raises NotFound."""
    await SchedulePlan.filter(id=plan_id).select_for_update().only("id")
    plan = await SchedulePlan.get_or_none(id=plan_id)
    if plan is None:
        raise NotFound
    return plan


async def arrange(
    plan: SchedulePlan, changes: Changes, cause: Cause, by: Principal, *, revision: int | None = None
) -> None:
    """Place, move, resize, pin or take out acts of a draft, by act id; None takes out.

    Raises NotADraft, and PlanMoved if the row of an act has another `revision` than the one seen; 0 is seen of an
    act without a place.
    """
    async with transaction():
        plan = await lock_plan(plan.id)
        if plan.state != "draft":
            raise NotADraft
        if revision is not None:
            rows = {row.act_id: row.revision for row in await Performance.filter(plan_id=plan.id)}
            if any(rows.get(act_id, 0) != revision for act_id in changes):
                raise PlanMoved
        await write_changes(plan, changes, cause, by)


async def write_changes(plan: SchedulePlan, changes: Changes, cause: Cause, by: Principal) -> ScheduleStep | None:
    """Carry out `changes` on the locked `plan` and keep them as a step; None if nothing becomes different.

    In the published version each change that people can see raises `revision` and `sequence`, and tells the act.
    """
    before = {row.act_id: row for row in await Performance.filter(plan_id=plan.id, act_id__in=list(changes))}
    told: list[dict[str, Any]] = []
    old, new = dict[str, Any](), dict[str, Any]()
    for act_id, placement in changes.items():
        row = before.get(act_id)
        present = placement_of(row) if row else None
        if placement == present:
            continue
        old[str(act_id)] = present.to_json() if present else None
        new[str(act_id)] = placement.to_json() if placement else None
        seen = plan.state == "published" and not (placement and present and placement.is_seen_as(present))
        await _write(plan, act_id, row, placement, seen=seen)
        if seen:
            told.append({"act_id": act_id, "before": old[str(act_id)], "after": new[str(act_id)]})
    if not new:
        return None
    step = await ScheduleStep.create(
        plan_id=plan.id, kind=cause.kind, subject=cause.subject[:200], minutes=cause.minutes, before=old, after=new,
        by_label=by.label, at=now(),
    )  # fmt: skip
    await record_audit(by, f"schedule.{cause.kind}", ("schedule_plan", plan.id), before=old, after=new)
    await tell_acts(f"step:{step.id}", told)
    return step


async def _write(
    plan: SchedulePlan, act_id: int, row: Performance | None, placement: Placement | None, *, seen: bool
) -> None:
    if row is None and placement:
        await Performance.create(plan_id=plan.id, act_id=act_id, changed_at=now(), **placement._asdict())
    elif row and placement:
        await Performance.filter(id=row.id).update(
            **placement._asdict(), revision=row.revision + 1, sequence=row.sequence + seen,
            changed_at=now() if seen or plan.state == "draft" else row.changed_at,
        )  # fmt: skip
    elif row:
        await row.delete()


async def tell_acts(cause: str, told: list[dict[str, Any]]) -> None:
    """Bring along what hangs on every act whose time changed, and leave a job for it; `cause` names the change once
    for ever."""
    await signal_moved_acts(_sets(told, "before"), _sets(told, "after"))
    jobs = [(TIME_CHANGED, f"{TIME_CHANGED}:{cause}:{one['act_id']}", {**one, "cause": cause}) for one in told]
    if jobs:
        await enqueue_all(jobs)


def _sets(told: list[dict[str, Any]], which: str) -> dict[int, tuple[dt.datetime, dt.datetime]]:
    placed = {one["act_id"]: from_json(one[which]) for one in told if one[which]}
    return {act_id: (placement.starts_at, placement.ends_at) for act_id, placement in placed.items()}


async def undo_last_step(plan: SchedulePlan, seen: int, by: Principal) -> ScheduleStep:
    """Take back the latest step `seen` (its id); raises NothingToUndo, PlanMoved if there is a later one."""
    async with transaction():
        plan = await lock_plan(plan.id)
        if plan.state == "superseded":
            raise NotADraft
        step = await find_last_step(plan.id)
        if step is None:
            raise NothingToUndo
        if step.id != seen:
            raise PlanMoved
        await _require_as_left(plan, step)
        changes = {int(act_id): from_json(kept) if kept else None for act_id, kept in step.before.items()}
        undone = await write_changes(plan, changes, Cause(step.kind, step.subject, step.minutes), by)
        at = now()
        ids = [step.id, *([undone.id] if undone else [])]
        await ScheduleStep.filter(id__in=ids).update(undone_at=at)
        return step


async def _require_as_left(plan: SchedulePlan, step: ScheduleStep) -> None:
    """What the step left is still there: nothing that came later is taken back with it."""
    rows = await list_placements(plan.id)
    for act_id, kept in step.after.items():
        if rows.get(int(act_id)) != (from_json(kept) if kept else None):
            raise PlanMoved


async def allow_conflict(plan: SchedulePlan, act: Act, rule: str, reason: str, by: Principal) -> None:
    """Let `act` break `rule` in this version, by name; raises NotADraft."""
    async with transaction():
        plan = await lock_plan(plan.id)
        if plan.state != "draft":
            raise NotADraft
        await ScheduleOverride.filter(plan_id=plan.id, act_id=act.id, rule=rule).delete()
        await ScheduleOverride.create(
            plan_id=plan.id, act_id=act.id, rule=rule, reason=reason, overridden_by=by.id, at=now()
        )
        await record_audit(by, "schedule.allowed", ("act", act.id), after={"rule": rule, "reason": reason})


async def forbid_again(plan: SchedulePlan, act: Act, rule: str, by: Principal) -> None:
    """Take back `allow_conflict`; raises NotADraft."""
    async with transaction():
        plan = await lock_plan(plan.id)
        if plan.state != "draft":
            raise NotADraft
        if await ScheduleOverride.filter(plan_id=plan.id, act_id=act.id, rule=rule).delete():
            await record_audit(by, "schedule.forbidden", ("act", act.id), before={"rule": rule})
