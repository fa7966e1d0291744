"""Reads: the queue, and what stands behind one application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from events.models import Festival
from festival.kit.errors import NotFound
from vendors.lifecycle.rules import HELD, State
from vendors.models import Application, Booth, Category, Review, Transition
from vendors.review.rules import Filters

PAGE = 50


@dataclass(frozen=True)
class Queue:
    """A page of the queue, the categories to choose from, and how many stand in each state."""

    rows: Sequence[Application]
    categories: Sequence[Category]
    counts: dict[str, int]
    more: bool


def _asked_for(filters: Filters) -> QuerySet[Application]:
    """Applications that were sent, by category and words."""
    found = Application.exclude(state=State.DRAFT)
    if filters.category:
        found = found.filter(category__slug=filters.category)
    if filters.words:
        found = found.filter(Q(name__icontains=filters.words) | Q(receipt__icontains=filters.words))
    return found


def asked_for(filters: Filters) -> QuerySet[Application]:
    """Applications that were sent, by all of `filters`."""
    found = _asked_for(filters)
    return found.filter(state=filters.state) if filters.state else found


async def list_queue(filters: Filters, page: int) -> Queue:
    """Applications that were sent and are asked for, the oldest first."""
    found = _asked_for(filters)
    counted = await found.annotate(count=Count("id")).group_by("state").values_list("state", "count")
    if filters.state:
        found = found.filter(state=filters.state)
    rows = (
        await found.order_by("submitted_at", "id")
        .offset(page * PAGE)
        .limit(PAGE + 1)
        .select_related("category")
        .prefetch_related("reviews")
    )
    categories = await Category.all().order_by("call_id", "position")
    return Queue(rows[:PAGE], categories, {str(name): int(str(count)) for name, count in counted}, len(rows) > PAGE)


async def get_sent_application(receipt: str) -> Application:
    """An application that was sent; drafts are their owners' own. Raises NotFound."""
    application = await Application.filter(receipt=receipt).exclude(state=State.DRAFT).first()
    if application is None:
        raise NotFound
    return application


async def list_reviews(application: Application) -> list[Review]:
    """What the reviewers think."""
    return await Review.filter(application_id=application.id).select_related("reviewer").order_by("id")


async def list_history(application: Application) -> list[Transition]:
    """Every step so far."""
    return await Transition.filter(application_id=application.id).order_by("id")


async def list_free_booths(festival_id: int, prefix: str) -> list[Booth]:
    """Spaces of a category that nobody has."""
    taken = Booth.filter(assignments__ended_at=None, assignments__id__not_isnull=True, festival_id=festival_id)
    ids = await taken.values_list("id", flat=True)
    return (
        await Booth.filter(festival_id=festival_id, prefix=prefix, blocked_reason="")
        .exclude(id__in=list(ids) or [0])
        .order_by("code")
    )


async def list_held(festival: Festival) -> list[Application]:
    """The decisions that wait for their release."""
    held = Application.filter(state__in=list(HELD), category__call__festival_id=festival.id)
    return await held.select_related("category").order_by("category__position", "state", "id")
