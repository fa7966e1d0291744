"""Reads: criteria, what jurors gave, and what of it the asker may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tortoise.expressions import Q

from festival.kit.web.access import Principal, Role
from vendors.judging.rules import NamesHidden, Summary, hides_names
from vendors.models import Application, Category, Criterion, CriterionScore, Review


@dataclass(frozen=True)
class Judging:
    """The scores of one application as the asker may see them."""

    criteria: Sequence[Criterion]
    mine: Review | None
    given: Mapping[int, CriterionScore]
    others: Sequence[Review]
    conflicts: Sequence[Review]
    visible: bool
    summary: Summary

    @property
    def has_conflict(self) -> bool:
        """Whether the asker declared a conflict of interest."""
        return self.mine is not None and self.mine.conflict_of_interest


async def list_criteria(call_id: int, category_id: int | None = None) -> list[Criterion]:
    """What is scored now in a call, or in one category of it, in order."""
    found = Criterion.filter(call_id=call_id, ended_at=None)
    if category_id is not None:
        found = found.filter(Q(category_id=None) | Q(category_id=category_id))
    return await found.order_by("position", "id").select_related("category")


async def has_conflict(application_id: int, person_id: int) -> bool:
    """Whether this person declared a conflict of interest."""
    return await Review.exists(application_id=application_id, reviewer_id=person_id, conflict_of_interest=True)


async def names_are_hidden(application: Application, who: Principal) -> bool:
    """Whether `who` is to see neither name nor address nor file of this application."""
    return application.id in await list_hidden([application.id], who)


async def list_hidden(application_ids: Collection[int], who: Principal) -> set[int]:
    """Those of the applications whose names `who` is not to see. No query for those who decide, else two."""
    if who.has_role(Role.ORGANIZER):
        return set()
    blind = Application.filter(id__in=[0, *application_ids], category__call__blind=True)
    scored = await list_scored(who)
    return {
        id_ for id_ in map(int, map(str, await blind.values_list("id", flat=True)))
        if hides_names(blind=True, decides=False, scored=id_ in scored)
    }  # fmt: skip


async def list_scored(who: Principal) -> set[int]:
    """The applications to which `who` gave every score, with no conflict of interest."""
    mine = Review.filter(reviewer_id=who.id, in_at__not_isnull=True, conflict_of_interest=False)
    return {int(str(id_)) for id_ in await mine.values_list("application_id", flat=True)}


async def require_names(application: Application, who: Principal) -> None:
    """Raises NamesHidden where `who` is not to see who applies."""
    if await names_are_hidden(application, who):
        raise NamesHidden


async def list_conflicts(application_ids: Collection[int], person_id: int) -> set[int]:
    """Those of the applications about which this person declared a conflict of interest."""
    found = Review.filter(application_id__in=[0, *application_ids], reviewer_id=person_id, conflict_of_interest=True)
    return {int(str(id_)) for id_ in await found.values_list("application_id", flat=True)}


async def summarize(application_ids: Collection[int], who: Principal) -> dict[int, Summary]:
    """What jurors think of each application, only where `who` may know it: see `get_judging`."""
    own = {row.application_id: row for row in await Review.filter(reviewer_id=who.id)}
    totals: dict[int, list[int]] = {}
    counted = Review.filter(
        application_id__in=[0, *application_ids], conflict_of_interest=False, in_at__not_isnull=True
    )
    for review in await counted.order_by("id"):
        if review.total is not None and _may_see(own.get(review.application_id), who):
            totals.setdefault(review.application_id, []).append(review.total)
    return {key: Summary(values) for key, values in totals.items()}


async def list_notes(application_ids: Collection[int], who: Principal) -> dict[int, list[Review]]:
    """What jurors whose scores count wrote of each application, where `who` may see them, and what `who` wrote."""
    own = {row.application_id: row for row in await Review.filter(reviewer_id=who.id)}
    counted = Review.filter(
        application_id__in=[0, *application_ids], conflict_of_interest=False, in_at__not_isnull=True
    ).exclude(note="")
    found: dict[int, list[Review]] = {}
    for review in await counted.order_by("id").select_related("reviewer"):
        if _may_see(own.get(review.application_id), who) or review.reviewer_id == who.id:
            found.setdefault(review.application_id, []).append(review)
    return found


def _may_see(mine: Review | None, who: Principal) -> bool:
    """Organizers always, jurors once their own scores are in; nobody who has a conflict of interest."""
    if mine is not None and mine.conflict_of_interest:
        return False
    return who.has_role(Role.ORGANIZER) or (mine is not None and mine.in_at is not None)


async def get_judging(application: Application, category: Category, who: Principal) -> Judging:
    """The criteria, the asker's own scores, and the others' where the asker may see them."""
    rows = Review.filter(application_id=application.id).select_related("reviewer")
    reviews = await rows.prefetch_related("by_criterion__criterion").order_by("id")
    mine = next((row for row in reviews if row.reviewer_id == who.id), None)
    visible = _may_see(mine, who)
    counted = [row for row in reviews if row.in_at and row.total is not None and not row.conflict_of_interest]
    return Judging(
        await list_criteria(category.call_id, category.id), mine,
        {row.criterion_id: row for row in mine.by_criterion} if mine else {},
        [row for row in counted if row.reviewer_id != who.id] if visible else [],
        [row for row in reviews if row.conflict_of_interest] if who.has_role(Role.ORGANIZER) else [],
        visible, Summary([row.total or 0 for row in counted] if visible else []),
    )  # fmt: skip
