"""Writes: in which act the groups of a category walk, in which order, and a group's yes to its time."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Act
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from vendors.models import Application, Category, WalkPlace
from vendors.walking.queries import TAKES_PART, Walk, find_walk, list_walks
from vendors.walking.rules import NotOfThisFestival, TimeMoved, put_at


async def set_walk(category: Category, act_id: int | None, minutes: int, seconds: int, by: Principal) -> None:
    """Say in which act the groups walk, how long before they gather, how long each takes; raises NotOfThisFestival."""
    async with transaction():
        if act_id and not await Act.exists(id=act_id, festival_id=category.call.festival_id):
            raise NotOfThisFestival
        facts = {"part": "walk", "act_id": act_id, "walk_call_minutes": minutes, "walk_seconds": seconds}
        await Category.filter(id=category.id).update(**facts)
        await record_audit(by, "walk.set", ("category", category.id), after=facts)


async def place_group(category: Category, application_id: int, position: int, by: Principal) -> None:
    """Put a group at a place of the order, the others close up; raises NotFound for one that does not take part."""
    async with transaction():
        await Category.filter(id=category.id).select_for_update().only("id")
        if not await Application.exists(id=application_id, category_id=category.id, state__in=TAKES_PART):
            raise NotFound
        order = [walk.application.id for walk in await list_walks(category) if walk.place]
        await _write(category, put_at(order, application_id, position), by)


async def place_all(category: Category, by: Principal) -> int:
    """Give everybody without a place the next ones, by name; returns how many."""
    async with transaction():
        await Category.filter(id=category.id).select_for_update().only("id")
        walks = await list_walks(category)
        waiting = [walk.application.id for walk in walks if not walk.place]
        if waiting:
            await _write(category, [walk.application.id for walk in walks if walk.place] + waiting, by)
    return len(waiting)


async def _write(category: Category, order: Sequence[int], by: Principal) -> None:
    # Who does not take part any more leaves the order, and the others close up.
    await WalkPlace.filter(category_id=category.id).exclude(application_id__in=[0, *order]).delete()
    for position, application_id in enumerate(order, 1):
        if not await WalkPlace.filter(application_id=application_id).update(position=position):
            await WalkPlace.create(application_id=application_id, category_id=category.id, position=position)
    await record_audit(by, "walk.ordered", ("category", category.id), after={"order": list(order)})


async def confirm_walk(application: Application, token: str, by: Principal) -> Walk:
    """Keep that the group comes at the time it saw; raises NotFound, and TimeMoved where that is no longer its time."""
    async with transaction():
        await WalkPlace.filter(application_id=application.id).select_for_update().only("id")
        walk = await find_walk(application)
        if walk is None or walk.place is None or walk.performance is None:
            raise NotFound
        if walk.token != token or walk.performance.state != "scheduled":
            raise TimeMoved
        await WalkPlace.filter(id=walk.place.id).update(
            confirmed_at=now(), confirmed_starts_at=walk.performance.starts_at,
            confirmed_stage_id=walk.performance.stage_id,
        )  # fmt: skip
        after = {"starts_at": walk.performance.starts_at.isoformat()}
        await record_audit(by, "walk.confirmed", ("application", application.id), after=after)
    return walk
