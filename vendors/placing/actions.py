"""Writes: places given together, all or none; and taken back."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Festival
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from vendors.lifecycle.actions import free_load_in
from vendors.lifecycle.rules import HAS_SPACE, State
from vendors.models import Application, BoothAssignment
from vendors.placing.queries import PLACED, find_last_placing
from vendors.review.actions import assign_booth


async def give_places(festival: Festival, pairs: Sequence[tuple[int, str]], by: Principal) -> int:
    """Give each application of `pairs` the space of that number, all or none; returns how many.

    Raises NotFound, BoothTaken or WrongStep; then nobody got a place.
    """
    async with transaction():
        for number, code in pairs:
            application = await Application.get_or_none(
                id=number, category__call__festival_id=festival.id
            ).select_related("category")  # fmt: skip
            if application is None:
                raise NotFound
            await assign_booth(application, code, by)
        if pairs:
            after = {"pairs": [list(pair) for pair in pairs]}
            await record_audit(by, PLACED, ("festival", festival.id), after=after)
    return len(pairs)


async def take_places_back(festival: Festival, by: Principal) -> int:
    """End what the latest giving gave, where it still stands; returns how many. What came before is not restored."""
    async with transaction():
        last = await find_last_placing(festival.id)
        if last is None or not last.after:
            return 0
        ended = 0
        for number, code in last.after["pairs"]:
            # Whoever is on the site stays there, and what was given anew since then is another giving.
            live = BoothAssignment.filter(
                application_id=number, booth__code=code, booth__festival_id=festival.id, ended_at=None,
                assigned_at__lte=last.at, application__state__in=list(HAS_SPACE - {State.CHECKED_IN}),
            )  # fmt: skip
            ids = [row.id for row in await live]
            if ids:
                await free_load_in(number)
            ended += await BoothAssignment.filter(id__in=ids).update(ended_at=now())
        await record_audit(by, f"{PLACED}.undone", ("festival", festival.id), after={"ended": ended})
        return ended
