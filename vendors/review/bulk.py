"""Writes over many applications at once, each for itself: what cannot be done is told and holds up nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from festival.database import transaction
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from vendors.judging.queries import has_conflict
from vendors.judging.rules import ConflictDeclared
from vendors.lifecycle.actions import as_staff, move_application
from vendors.lifecycle.rules import HELD, State, WrongStep
from vendors.models import Application, Decision
from vendors.review.actions import Verdict, decide


class NothingTicked(Conflict):
    """A step over many was asked for, with none of them."""

    code = "nothing_ticked"
    message = N_("Tick at least one application.")


@dataclass
class Outcome:
    """What became of a step over many: those it was done to, and the others, each with its refusal."""

    done: list[Application] = field(default_factory=list[Application])
    refused: list[tuple[Application, Conflict]] = field(default_factory=list[tuple[Application, Conflict]])


async def hold_many(receipts: Sequence[str], verdict: Verdict, reason: str, by: Principal) -> Outcome:
    """Hold one decision for several applications, whoever sent first coming first where places are few.

    Raises NothingTicked, NotFound where one of them is no sent application; nothing is changed then.
    """
    return await _each(receipts, lambda one: decide(one, verdict, reason, by, at_once=False))


async def undo_many(receipts: Sequence[str], by: Principal) -> Outcome:
    """Take back held decisions of several applications; raises as `hold_many`."""
    return await _each(receipts, lambda one: undo_decision(one, by))


async def undo_decision(application: Application, by: Principal) -> Application:
    """Take back a decision that nobody was told; raises WrongStep where it was, or where there is none;
    ConflictDeclared where `by` is not to decide.

    A place that was held comes free. It is offered to nobody by itself: the team is still deciding.
    """
    if State(application.state) not in HELD:
        raise WrongStep
    async with transaction():
        if await has_conflict(application.id, by.id):
            raise ConflictDeclared
        moved = await move_application(application, State.UNDER_REVIEW, as_staff(by), quietly=True)
        held = await Decision.filter(application_id=application.id, released_at=None).order_by("id")
        await Decision.filter(id__in=[0, *(one.id for one in held)]).delete()
        await record_audit(
            by, "decision.undone", ("application", application.id),
            before={"decisions": [{"verdict": one.verdict, "reason": one.reason} for one in held]},
        )  # fmt: skip
        return moved


async def _each(receipts: Sequence[str], step: Callable[[Application], Awaitable[Application]]) -> Outcome:
    wanted = set(receipts)
    if not wanted:
        raise NothingTicked
    found = await Application.filter(receipt__in=list(wanted)).exclude(state=State.DRAFT).order_by("submitted_at", "id")
    if len(found) != len(wanted):
        raise NotFound
    outcome = Outcome()
    for application in found:
        try:
            outcome.done.append(await step(application))
        except Conflict as refusal:
            outcome.refused.append((application, refusal))
    return outcome
