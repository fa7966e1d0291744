"""Writes: the one way in which an application changes its state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import F

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.web.access import NOBODY, Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from vendors.lifecycle.dates import free_dates, leave_out_full_dates, take_dates
from vendors.lifecycle.rules import Actor, NoPlaceLeft, State, WrongStep, is_to_tell, place_change, require_transition
from vendors.models import (
    AddOn,
    Application,
    ApplicationAddOn,
    BoothAssignment,
    Call,
    Category,
    LoadInChoice,
    LoadInWindow,
    Transition,
)

SEND_LETTER = "vendors.letter"
END_OFFER = "vendors.offer_ends"
END_GRACE = "vendors.grace_ends"
OFFER_NEXT = "vendors.offer_next"
TAKE_OFFER = "vendors.take_offer"


class AddOnGone(Conflict):
    """The stock of something that was asked for is used up."""

    code = "add_on_gone"
    message = N_("There is not enough left of: %(name)s. Agree on another amount with the applicant first.")


@dataclass(frozen=True)
class Mover:
    """Who moves an application, and in what capacity."""

    actor: Actor
    principal: Principal = NOBODY


THE_CLOCK = Mover(Actor.CLOCK)
A_PAYMENT = Mover(Actor.PAYMENT)


def as_applicant(principal: Principal) -> Mover:
    """The applicant, or the navigator who helps."""
    return Mover(Actor.APPLICANT, principal)


def as_staff(principal: Principal) -> Mover:
    """A person of the team."""
    return Mover(Actor.STAFF, principal)


async def move_application(
    application: Application, after: State, mover: Mover, reason: str = "", *, quietly: bool = False, **facts: Any
) -> Application:
    """Take `application` from the state it was read in to `after`; returns it as it is then.

    Raises WrongStep where somebody was quicker or there is no such step, NotYourStep, NoPlaceLeft, AddOnGone;
    nothing is changed then. Places and add-ons are taken and given back in the same transaction, the letter
    and the clock's deadlines leave as jobs, unless `quietly`. `facts` are further columns of the row.
    """
    before = State(application.state)
    require_transition(before, after, mover.actor)
    at = now()
    facts |= await _facts_of(application, before, after, at)
    async with transaction():
        if after is State.WAITLISTED:
            facts["waitlist_position"] = await _next_in_line(application.category_id)
        moved = await Application.filter(id=application.id, state=before).update(
            state=after, reason=reason, changed_at=at, revision=F("revision") + 1, **facts
        )
        if not moved:
            raise WrongStep
        await _count_place(application, place_change(before, after), at)
        step = await Transition.create(
            application_id=application.id, before=before, after=after, reason=reason, by_kind=mover.actor.value,
            by_id=mover.principal.id, at=at,
        )  # fmt: skip
        await record_audit(
            mover.principal, "application.moved", ("application", application.id),
            before={"state": before}, after={"state": after, "reason": reason},
        )  # fmt: skip
        if not quietly:
            await _enqueue_consequences(application, step, facts)
    return await Application.get(id=application.id)


async def _facts_of(application: Application, before: State, after: State, at: dt.datetime) -> dict[str, Any]:
    """The columns that belong to the new state."""
    facts: dict[str, Any] = {}
    if before is State.WAITLISTED:
        facts["waitlist_position"] = None
    if before is State.DRAFT and after is State.SUBMITTED:
        facts["submitted_at"] = at
    if after in {State.OFFERED, State.ACCEPTED}:
        call = await Call.get(categories__id=application.category_id)
        if after is State.OFFERED:
            facts["offer_expires_at"] = at + dt.timedelta(hours=call.offer_hours)
        else:
            facts["pay_by"] = at + dt.timedelta(days=call.grace_days)
    return facts


async def _next_in_line(category_id: int) -> int:
    """The next number of a waiting list; a number is never used twice, so nobody overtakes."""
    # Our update locks the row until the commit, so nobody else reads the number that we read.
    await Category.filter(id=category_id).update(waitlist_sequence=F("waitlist_sequence") + 1)
    return (await Category.get(id=category_id)).waitlist_sequence


async def _count_place(application: Application, change: int, at: dt.datetime) -> None:
    """Take or give back the place and the add-ons, never more than there are."""
    if not change:
        return
    category = Category.filter(id=application.category_id)
    wanted = await ApplicationAddOn.filter(application_id=application.id).order_by("add_on_id")
    if change > 0:
        if not await category.filter(taken__lt=F("cap")).update(taken=F("taken") + 1):
            raise NoPlaceLeft
        await take_dates(application.id, at)
        for row in wanted:
            left = AddOn.filter(id=row.add_on_id, taken__lte=F("stock") - row.quantity)
            if not await left.update(taken=F("taken") + row.quantity):
                raise AddOnGone(name=(await AddOn.get(id=row.add_on_id)).name)
        return
    await category.update(taken=F("taken") - 1)
    await free_dates(application.id, at)
    for row in wanted:
        await AddOn.filter(id=row.add_on_id).update(taken=F("taken") - row.quantity)
    await BoothAssignment.filter(application_id=application.id, ended_at=None).update(ended_at=at)
    await free_load_in(application.id)


async def free_load_in(application_id: int) -> None:
    """Give back the load-in window that was chosen for a space; whoever gets another space chooses again."""
    # The lock lets nobody choose for the old space in between.
    await Application.filter(id=application_id).select_for_update().only("id")
    choice = await LoadInChoice.get_or_none(application_id=application_id)
    if choice:
        await LoadInChoice.filter(id=choice.id).delete()
        await LoadInWindow.filter(id=choice.window_id).update(chosen=F("chosen") - 1)


async def _enqueue_consequences(application: Application, step: Transition, facts: dict[str, Any]) -> None:
    payload = {"application_id": application.id, "transition_id": step.id}
    after = State(step.after)
    if is_to_tell(step.before, step.after):
        await enqueue(SEND_LETTER, f"{SEND_LETTER}:{step.id}", payload)
    for state, kind, column in (
        (State.OFFERED, END_OFFER, "offer_expires_at"),
        (State.ACCEPTED, END_GRACE, "pay_by"),
    ):
        if after is state:
            await enqueue(kind, f"{kind}:{step.id}", payload, delay_s=(facts[column] - step.at).total_seconds())
    if after is State.OFFERED:
        await enqueue(TAKE_OFFER, f"{TAKE_OFFER}:{step.id}", {**payload, "before": step.before})
    if place_change(step.before, step.after) < 0:
        await enqueue(OFFER_NEXT, f"{OFFER_NEXT}:{step.id}", {"category_id": application.category_id})


async def expire_offer(application_id: int) -> None:
    """End an offer whose time is over; one that was answered or extended stays."""
    offered = await Application.get_or_none(id=application_id, state=State.OFFERED, offer_expires_at__lte=now())
    if offered:
        await move_application(offered, State.EXPIRED, THE_CLOCK)


async def lapse_unpaid(application_id: int) -> None:
    """Give back a place that was accepted and not paid in time; where nothing is owed, nothing lapses."""
    unpaid = await Application.get_or_none(
        id=application_id, state=State.ACCEPTED, pay_by__lte=now(), obligation_id__not_isnull=True
    )
    if unpaid:
        await move_application(unpaid, State.LAPSED, THE_CLOCK)


async def offer_next(category_id: int) -> Application | None:
    """Offer a free place to the first in line for whom there is one; None without any, or if somebody was quicker."""
    line = Application.filter(category_id=category_id, state=State.WAITLISTED).order_by("waitlist_position")
    for one in await line.limit(200):
        try:
            async with transaction():
                # Where none of their days is free the next in line is asked; they keep their number.
                if await leave_out_full_dates(one, now()):
                    return await move_application(one, State.OFFERED, THE_CLOCK)
        except (NoPlaceLeft, WrongStep):
            return None
    return None
