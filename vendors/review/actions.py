"""Writes: scores, decisions, their release, spaces."""

from __future__ import annotations

from typing import Any, Literal

from tortoise.exceptions import IntegrityError

from events.models import Festival
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from vendors.judging.queries import has_conflict, list_conflicts
from vendors.judging.rules import ConflictDeclared
from vendors.lifecycle.actions import as_staff, free_load_in, move_application
from vendors.lifecycle.rules import HAS_SPACE, HELD, VERDICTS, State, WrongStep
from vendors.models import Application, Booth, BoothAssignment, Decision, Review
from vendors.review.queries import list_held

Verdict = Literal["accept", "waitlist", "decline"]


class BoothTaken(Conflict):
    """Somebody has the space, or it cannot be used."""

    code = "booth_taken"
    message = N_("This space is taken. Choose another one.")


async def score_application(application: Application, by: Principal, score: int, note: str) -> None:
    """Keep what one reviewer thinks, 1 to 5; a second time replaces the first. It takes a new one under review."""
    facts: dict[str, Any] = {"score": score, "note": note, "at": now(), "total": score * 100, "in_at": now()}
    async with transaction():
        await Application.filter(id=application.id).select_for_update().only("id")
        if await has_conflict(application.id, by.id):
            raise ConflictDeclared
        if application.state == State.SUBMITTED:
            application = await move_application(application, State.UNDER_REVIEW, as_staff(by))
        if not await Review.filter(application_id=application.id, reviewer_id=by.id).update(**facts):
            await Review.create(application_id=application.id, reviewer_id=by.id, **facts)


async def decide(
    application: Application, verdict: Verdict, reason: str, by: Principal, *, at_once: bool
) -> Application:
    """Hold a decision for the common release, or tell it at once; raises NoPlaceLeft, ConflictDeclared."""
    hold = VERDICTS[verdict]
    async with transaction():
        if await has_conflict(application.id, by.id):
            raise ConflictDeclared
        if application.state == State.SUBMITTED:
            application = await move_application(application, State.UNDER_REVIEW, as_staff(by))
        await Decision.create(
            application_id=application.id, verdict=verdict, reason=reason, decided_by=by.id, decided_at=now(),
            released_at=now() if at_once else None,
        )  # fmt: skip
        return await move_application(application, HELD[hold] if at_once else hold, as_staff(by), reason)


async def release_decisions(festival: Festival, by: Principal) -> int:
    """Tell everybody whose decision is held, all in one transaction; returns how many.

    Where `by` declared a conflict of interest the decision stays held, for another organizer to release.
    """
    async with transaction():
        held = await list_held(festival)
        kept_back = await list_conflicts([one.id for one in held], by.id)
        told = [one for one in held if one.id not in kept_back]
        for application in told:
            after = HELD[State(application.state)]
            await move_application(application, after, as_staff(by), application.reason)
            await Decision.filter(application_id=application.id, released_at=None).update(released_at=now())
    return len(told)


async def assign_booth(application: Application, code: str, by: Principal) -> None:
    """Give a space, in place of an earlier one; raises BoothTaken. The database lets nobody else have it too."""
    if application.state not in HAS_SPACE | {State.OFFERED}:
        raise WrongStep
    call = Booth.filter(code=code, blocked_reason="", festival__call__categories__id=application.category_id)
    booth = await call.first()
    if booth is None:
        raise BoothTaken
    try:
        async with transaction():
            await free_load_in(application.id)
            mine = BoothAssignment.filter(application_id=application.id, ended_at=None)
            await mine.update(ended_at=now())
            await BoothAssignment.create(
                booth_id=booth.id, application_id=application.id, assigned_at=now(), assigned_by=by.id
            )
            await record_audit(by, "booth.assigned", ("application", application.id), after={"booth": code})
    except IntegrityError:
        raise BoothTaken from None
