"""Reads: the queue, and what stands behind one application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from events.models import Festival
from festival.kit.errors import NotFound
from festival.kit.web.access import Principal, Role
from vendors.judging.queries import list_hidden, list_scored, summarize
from vendors.judging.rules import Summary
from vendors.jury.queries import list_judged, require_judged
from vendors.lifecycle.rules import HELD, State
from vendors.models import Application, Booth, Category, Transition
from vendors.review.rules import Filters

PAGE = 50


@dataclass(frozen=True)
class Queue:
    """A page of the queue, the categories to choose from, and how many stand in each state."""

    rows: Sequence[Application]
    categories: Sequence[Category]
    counts: dict[str, int]
    more: bool
    scores: dict[int, Summary]
    hidden: frozenset[int]


async def _asked_for(filters: Filters, who: Principal) -> QuerySet[Application]:
    """Applications that were sent, by category and words; where names are hidden from `who`, by receipt only."""
    found = Application.exclude(state=State.DRAFT)
    if filters.category:
        found = found.filter(category__slug=filters.category)
    if filters.words:
        named = Q(name__icontains=filters.words)
        if not who.has_role(Role.ORGANIZER):
            named &= Q(category__call__blind=False) | Q(id__in=[0, *await list_scored(who)])
        found = found.filter(named | Q(receipt__icontains=filters.words))
    return found


async def asked_for(filters: Filters, who: Principal) -> QuerySet[Application]:
    """Applications that were sent, by all of `filters`."""
    found = await _asked_for(filters, who)
    return found.filter(state=filters.state) if filters.state else found


async def list_queue(filters: Filters, page: int, who: Principal) -> Queue:
    """Applications that were sent and are asked for, the oldest first or as their scores that `who` may see."""
    found = await _asked_for(filters, who)
    judged = await list_judged(who)
    if judged is not None:
        found = found.filter(category_id__in=[0, *judged])
    counted = await found.annotate(count=Count("id")).group_by("state").values_list("state", "count")
    if filters.state:
        found = found.filter(state=filters.state)
    ids = [int(str(key)) for key in await found.order_by("submitted_at", "id").values_list("id", flat=True)]
    scores: dict[int, Summary] = {}
    if filters.sort:
        # A few hundred at most: the database cannot order by what the asker may not see.
        scores = await summarize(ids, who)
        ids.sort(key=lambda key: float(getattr(scores[key], filters.sort)) if key in scores else -1.0, reverse=True)
    shown = ids[page * PAGE : (page + 1) * PAGE]
    by_id = {row.id: row for row in await Application.filter(id__in=[0, *shown]).select_related("category")}
    return Queue(
        [by_id[key] for key in shown if key in by_id],
        [row for row in await Category.all().order_by("call_id", "position") if judged is None or row.id in judged],
        {str(name): int(str(count)) for name, count in counted},
        len(ids) > (page + 1) * PAGE,
        scores or await summarize(shown, who),
        frozenset(await list_hidden(shown, who)),
    )


async def get_sent_application(receipt: str, who: Principal) -> Application:
    """An application that was sent, of a category that `who` judges; drafts are their owners' own. Raises NotFound."""
    application = await Application.filter(receipt=receipt).exclude(state=State.DRAFT).first()
    if application is None:
        raise NotFound
    await require_judged(application, who)
    return application


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
