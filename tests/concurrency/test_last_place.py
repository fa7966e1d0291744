"""Many of the team accept the last place at once: one succeeds. The naive way passes the cap, on both databases.

SQLite lets one transaction write at a time, so there the naive way is the other usual one: look first, then write.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from festival.database import connected, transaction
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from festival.settings import Settings
from tests.conftest import Templates, fresh_database
from tests.vendors.making import make_application, make_category
from vendors.lifecycle.actions import as_staff, move_application
from vendors.lifecycle.dates import DateFull
from vendors.lifecycle.rules import NoPlaceLeft, State
from vendors.models import Application, ApplicationDate, Category, CategoryDate

RIVALS = 8


@pytest.fixture
async def rivals(migrated: Templates, tmp_path: Path) -> Any:
    """Applications under review for one last place, on PostgreSQL with enough connections to collide."""
    async with (
        fresh_database("postgres", migrated, tmp_path) as url,
        connected(Settings(database_url=f"{url}?pool={RIVALS}")),
    ):
        category = await make_category(cap=3, taken=2)
        yield [await make_application(category, state="under_review") for _ in range(RIVALS)]


async def test_the_last_place_is_given_once(rivals: list[Application]) -> None:
    outcomes = await asyncio.gather(
        *(move_application(rival, State.OFFERED, as_staff(NOBODY)) for rival in rivals), return_exceptions=True
    )
    assert sum(isinstance(outcome, Application) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, NoPlaceLeft) for outcome in outcomes) == RIVALS - 1
    assert await Application.filter(state="offered").count() == 1
    assert (await Category.get(id=rivals[0].category_id)).taken == 3


async def test_two_at_one_application_move_it_once(rivals: list[Application]) -> None:
    outcomes = await asyncio.gather(
        *(move_application(rivals[0], State.HOLD_ACCEPT, as_staff(NOBODY)) for _ in range(RIVALS)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Application) for outcome in outcomes) == 1
    assert (await Category.get(id=rivals[0].category_id)).taken == 3


async def test_the_last_place_of_a_day_is_given_once(rivals: list[Application]) -> None:
    """The category has room for all of them, the day for one."""
    category = await Category.get(id=rivals[0].category_id)
    await Category.filter(id=category.id).update(cap=100)
    day = await CategoryDate.create(category=category, held_on=dt.date(2027, 5, 1), cap=1)
    for rival in rivals:
        await ApplicationDate.create(application=rival, date=day, changed_at=now())
    outcomes = await asyncio.gather(
        *(move_application(rival, State.OFFERED, as_staff(NOBODY)) for rival in rivals), return_exceptions=True
    )
    assert sum(isinstance(outcome, Application) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DateFull) for outcome in outcomes) == RIVALS - 1
    assert await ApplicationDate.filter(state="granted").count() == 1
    assert (await CategoryDate.get(id=day.id)).taken == 1
    assert (await Category.get(id=category.id)).taken == 3


async def _naive(rival: Application, together: asyncio.Barrier) -> None:
    async with transaction():
        category = await Category.get(id=rival.category_id)
        await together.wait()
        if category.taken < category.cap:
            await Category.filter(id=category.id).update(taken=category.taken + 1)
            await Application.filter(id=rival.id).update(state=State.OFFERED)


async def test_the_naive_twin_passes_the_cap(rivals: list[Application]) -> None:
    together = asyncio.Barrier(RIVALS)
    await asyncio.gather(*(_naive(rival, together) for rival in rivals))
    assert await Application.filter(state="offered").count() > 1


async def _look_then_write(rival: Application, together: asyncio.Barrier) -> None:
    """What a page does that decides by what it read before its transaction."""
    category = await Category.get(id=rival.category_id)
    await together.wait()
    if category.taken < category.cap:
        async with transaction():
            await Category.filter(id=category.id).update(taken=category.taken + 1)
            await Application.filter(id=rival.id).update(state=State.OFFERED)


@pytest.mark.usefixtures("database")
async def test_two_of_the_team_and_one_place_on_either_database() -> None:
    category = await make_category(cap=3, taken=2)
    rivals = [await make_application(category, state="under_review") for _ in range(2)]
    outcomes = await asyncio.gather(
        *(move_application(rival, State.OFFERED, as_staff(NOBODY)) for rival in rivals), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes].count(NoPlaceLeft) == 1
    assert await Application.filter(state="offered").count() == 1
    assert (await Category.get(id=category.id)).taken == 3


@pytest.mark.usefixtures("database")
async def test_looking_first_passes_the_cap_on_either_database() -> None:
    category = await make_category(cap=3, taken=2)
    rivals = [await make_application(category, state="under_review") for _ in range(2)]
    together = asyncio.Barrier(2)
    await asyncio.gather(*(_look_then_write(rival, together) for rival in rivals))
    assert await Application.filter(state="offered").count() == 2
