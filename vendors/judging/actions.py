"""Writes: criteria, scores by criterion, conflicts of interest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from vendors.judging.queries import has_conflict
from vendors.judging.rules import ConflictDeclared, OwnConflict, weighted_total
from vendors.lifecycle.actions import as_staff, move_application
from vendors.lifecycle.rules import State
from vendors.models import (
    Application,
    Call,
    Category,
    Criterion,
    CriterionScore,
    DocumentKind,
    Question,
    Review,
)


async def add_criterion(call: Call, facts: dict[str, Any], by: Principal) -> Criterion:
    """One more thing to score, at the end; raises NotFound where its category is another call's."""
    if facts["category_id"] and not await Category.exists(id=facts["category_id"], call_id=call.id):
        raise NotFound
    async with transaction():
        position = await Criterion.filter(call_id=call.id).count()
        criterion = await Criterion.create(call_id=call.id, position=position, **facts)
        await record_audit(by, "criterion.added", ("criterion", criterion.id), after=facts)
    return criterion


async def end_criterion(call: Call, criterion_id: int, by: Principal) -> None:
    """Score it no longer; means no longer count it, what was scored is kept. Raises NotFound."""
    async with transaction():
        if not await Criterion.filter(id=criterion_id, call_id=call.id, ended_at=None).update(ended_at=now()):
            raise NotFound
        touched = CriterionScore.filter(criterion_id=criterion_id)
        for review_id in await touched.values_list("review_id", flat=True):
            await _count(int(str(review_id)))
        await record_audit(by, "criterion.ended", ("criterion", criterion_id))


async def set_blind(call: Call, *, blind: bool, hide: set[int], show: set[int], by: Principal) -> None:
    """Whether jurors see names, the questions (`hide`) whose answers tell them, the papers (`show`) that do not."""
    async with transaction():
        before = call.blind
        await Call.filter(id=call.id).update(blind=blind)
        for question in await Question.filter(category__call_id=call.id):
            await Question.filter(id=question.id).update(hidden_blind=question.id in hide)
        for kind in await DocumentKind.filter(call_id=call.id):
            await DocumentKind.filter(id=kind.id).update(shown_blind=kind.id in show)
        await record_audit(
            by, "call.blind", ("call", call.id), before={"blind": before},
            after={"blind": blind, "hidden questions": sorted(hide), "shown papers": sorted(show)},
        )  # fmt: skip


async def save_scores(
    application: Application, given: Mapping[int, tuple[int | None, str]], by: Principal
) -> Application:
    """Keep one juror's scores and notes by criterion, whole or in part; they count once every one is there.

    It takes a new application under review. Raises ConflictDeclared.
    """
    async with transaction():
        # The lock makes a second tab of the same juror wait, and a conflict declared at the same moment hold.
        await Application.filter(id=application.id).select_for_update().only("id")
        if await has_conflict(application.id, by.id):
            raise ConflictDeclared
        if application.state == State.SUBMITTED:
            application = await move_application(application, State.UNDER_REVIEW, as_staff(by))
        review = await _review_of(application, by)
        for criterion_id, (score, note) in given.items():
            facts: dict[str, Any] = {"score": score, "note": note}
            row = CriterionScore.filter(review_id=review.id, criterion_id=criterion_id)
            if not await row.update(**facts) and (score or note):
                await CriterionScore.create(review_id=review.id, criterion_id=criterion_id, **facts)
        await _count(review.id)
        if given and all(score for score, _ in given.values()):
            await Review.filter(id=review.id, in_at=None).update(in_at=now())
        await Review.filter(id=review.id).update(at=now())
    return application


async def _review_of(application: Application, by: Principal) -> Review:
    found = await Review.get_or_none(application_id=application.id, reviewer_id=by.id)
    return found or await Review.create(application_id=application.id, reviewer_id=by.id, at=now())


async def _count(review_id: int) -> None:
    """Work the one number of a review out anew, from what is still scored."""
    rows = await CriterionScore.filter(
        review_id=review_id, score__not_isnull=True, criterion__ended_at=None
    ).select_related("criterion")
    total = weighted_total((row.score or 1, row.criterion.points, row.criterion.weight) for row in rows)
    await Review.filter(id=review_id).update(total=total)


async def declare_conflict(application: Application, reason: str, by: Principal) -> None:
    """From now on `by` neither sees nor gives scores here, and what they gave does not count."""
    async with transaction():
        await Application.filter(id=application.id).select_for_update().only("id")
        review = await _review_of(application, by)
        await Review.filter(id=review.id).update(conflict_of_interest=True, conflict_reason=reason, conflict_at=now())
        await record_audit(by, "conflict.declared", ("application", application.id), after={"reason": reason})


async def end_conflict(application: Application, review_id: int, by: Principal) -> None:
    """Take a conflict of interest back, never one's own; raises NotFound, OwnConflict."""
    async with transaction():
        review = await Review.get_or_none(id=review_id, application_id=application.id, conflict_of_interest=True)
        if review is None:
            raise NotFound
        if review.reviewer_id == by.id:
            raise OwnConflict
        await Review.filter(id=review.id).update(conflict_of_interest=False)
        await record_audit(
            by, "conflict.ended", ("application", application.id),
            before={"reviewer": review.reviewer_id, "reason": review.conflict_reason},
        )  # fmt: skip
