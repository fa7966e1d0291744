"""Writes: a delay, a cancellation and its undoing, in the schedule that everybody sees."""

from __future__ import annotations

import datetime as dt

from events.models import Act, Festival, Performance, Stage
from events.running.rules import Delay, run_late
from events.scheduling.actions import Cause, PlanMoved, lock_plan, write_changes
from events.scheduling.placements import Placement
from events.scheduling.queries import Desk, find_last_step, find_published_plan, placement_of, read_desk
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.kit.words import N_


class BreaksRules(Conflict):
    """A delay costs somebody something; it is done only when that was seen."""

    code = "breaks_rules"
    message = N_("This breaks something. Look at it first.")


class AlreadyOver(Conflict):
    """The set is over."""

    code = "already_over"
    message = N_("This set is over.")


def plan_delay(desk: Desk, stage: Stage, minutes: int, at: dt.datetime) -> Delay:
    """What a delay of `stage` would do to the plan of `desk`."""
    pinned = [slug for slug, row in desk.performances.items() if row.pinned]
    return run_late(desk.board, desk.board.stages[stage.slug], pinned, minutes, at)


async def delay_stage(
    festival: Festival, stage: Stage, minutes: int, seen: int, by: Principal, *, anyway: bool = False
) -> Delay:
    """Move the rest of `stage` by `minutes`, in the public schedule, at once.

    `seen` is the id of the latest step when the page was read (0 for none): a second press of the same button is
    refused with PlanMoved. Raises BreaksRules unless `anyway`, NotFound where nothing is published.
    """
    async with transaction():
        public = await find_published_plan(festival.id)
        if public is None:
            raise NotFound
        plan = await lock_plan(public.id)
        last = await find_last_step(plan.id)
        if plan.state != "published" or (last.id if last else 0) != seen:
            raise PlanMoved
        desk = await read_desk(festival, plan)
        delay = plan_delay(desk, stage, minutes, now())
        if not delay.is_harmless and not anyway:
            raise BreaksRules
        changes: dict[int, Placement | None] = {}
        for slug, span in delay.moved.items():
            row = desk.performances[slug]
            changes[row.act_id] = placement_of(row)._replace(starts_at=span.starts_at, ends_at=span.ends_at)
        await write_changes(plan, changes, Cause("late", stage.name, minutes), by)
        return delay


async def cancel_act(festival: Festival, act: Act, reason: str, by: Principal) -> None:
    """Say in the public schedule that `act` does not perform; raises NotFound, AlreadyOver."""
    await _set_state(festival, act, "cancelled", reason, by)


async def restore_act(festival: Festival, act: Act, by: Principal) -> None:
    """It performs after all; raises NotFound, AlreadyOver."""
    await _set_state(festival, act, "scheduled", "", by)


async def _set_state(festival: Festival, act: Act, state: str, reason: str, by: Principal) -> None:
    async with transaction():
        public = await find_published_plan(festival.id)
        if public is None:
            raise NotFound
        plan = await lock_plan(public.id)
        if plan.state != "published":
            raise PlanMoved
        row = await Performance.get_or_none(plan_id=plan.id, act_id=act.id)
        if row is None:
            raise NotFound
        if row.ends_at <= now():
            raise AlreadyOver
        kind = "cancelled" if state == "cancelled" else "restored"
        placement = placement_of(row)._replace(state=state, reason=reason)
        await write_changes(plan, {act.id: placement}, Cause(kind, act.title), by)
