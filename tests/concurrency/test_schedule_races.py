"""Two organizers at one schedule: a delay counts once, and no version is published with a conflict slipped in."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from events.models import Festival, Performance, SchedulePlan, ScheduleStep, Stage
from events.programme.actions import Loaded, load_programme
from events.programme.reading import read_programme
from events.publishing.actions import StillInConflict, publish_version
from events.running.actions import delay_stage
from events.scheduling.actions import Cause, NotADraft, PlanMoved, arrange, create_version, write_changes
from events.scheduling.queries import find_last_step, list_conflicts, placement_of, read_desk
from festival.database import connected, transaction
from festival.kit.web.access import NOBODY
from festival.settings import Settings
from tests.conftest import Templates, fresh_database
from tests.events.conftest import DOCUMENT

RIVALS = 6


@pytest.fixture
async def crowd(migrated: Templates, tmp_path: Path) -> Any:
    """The demo year on PostgreSQL, with enough connections to collide."""
    async with (
        fresh_database("postgres", migrated, tmp_path) as url,
        connected(Settings(database_url=f"{url}?pool={RIVALS + 2}")),
    ):
        async with transaction():
            loaded = await load_programme(read_programme(DOCUMENT))
        yield loaded


async def _field(loaded: Loaded) -> tuple[Festival, Stage]:
    return await Festival.get(id=loaded.festival_id), await Stage.get(festival_id=loaded.festival_id, slug="field")


async def test_a_button_pressed_by_many_moves_the_stage_once(crowd: Loaded) -> None:
    festival, stage = await _field(crowd)
    before = (await Performance.get(act_id=crowd.acts["s22"])).starts_at
    outcomes = await asyncio.gather(
        *(delay_stage(festival, stage, 10, 0, NOBODY) for _ in range(RIVALS)), return_exceptions=True
    )
    assert sum(isinstance(outcome, PlanMoved) for outcome in outcomes) == RIVALS - 1
    row = await Performance.get(act_id=crowd.acts["s22"])
    assert (row.starts_at, row.sequence) == (before + dt.timedelta(minutes=10), 1)
    assert await ScheduleStep.all().count() == 1


async def test_the_naive_way_moves_it_many_times(crowd: Loaded) -> None:
    festival, stage = await _field(crowd)
    plan = await SchedulePlan.get(festival_id=festival.id)
    together = asyncio.Barrier(RIVALS)

    async def naive() -> None:
        async with transaction():
            last = await find_last_step(plan.id)
            await together.wait()
            if last is None:
                row = await Performance.get(act_id=crowd.acts["s22"])
                later = placement_of(row).moved_by(dt.timedelta(minutes=10))
                await write_changes(plan, {row.act_id: later}, Cause("late", stage.name, 10), NOBODY)

    await asyncio.gather(*(naive() for _ in range(RIVALS)))
    assert await ScheduleStep.all().count() > 1


async def _draft_and_clash(loaded: Loaded) -> tuple[Festival, SchedulePlan, dict[int, Any]]:
    """A draft without conflicts, and a change that would put one into it."""
    festival = await Festival.get(id=loaded.festival_id).select_related("venue")
    draft = await create_version(festival, await SchedulePlan.get(festival_id=festival.id, number=1), "", NOBODY)
    row = await Performance.get(plan_id=draft.id, act_id=loaded.acts["s08"])
    return festival, draft, {row.act_id: placement_of(row).moved_by(dt.timedelta(minutes=-10))}


async def test_no_conflict_slips_into_what_is_being_published(crowd: Loaded) -> None:
    for _ in range(3):
        festival, draft, clash = await _draft_and_clash(crowd)
        public = (await SchedulePlan.get(festival_id=festival.id, state="published")).number
        outcomes = await asyncio.gather(
            publish_version(festival, draft, public, NOBODY),
            *(arrange(draft, clash, Cause("moved", "s08"), NOBODY) for _ in range(2)),
            return_exceptions=True,
        )
        failed = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert all(isinstance(error, StillInConflict | NotADraft) for error in failed), failed
        now_public = await SchedulePlan.get(festival_id=festival.id, state="published")
        assert await list_conflicts(now_public) == []


async def test_the_naive_way_publishes_a_conflict(crowd: Loaded) -> None:
    festival, draft, clash = await _draft_and_clash(crowd)
    together = asyncio.Barrier(2)

    async def naive_publish() -> None:
        async with transaction():
            desk = await read_desk(festival, draft)
            await together.wait()
            await asyncio.sleep(0.1)
            if not desk.open_conflicts():
                await SchedulePlan.filter(festival_id=festival.id, state="published").update(state="superseded")
                await SchedulePlan.filter(id=draft.id).update(state="published")

    async def move() -> None:
        await together.wait()
        await arrange(draft, clash, Cause("moved", "s08"), NOBODY)

    await asyncio.gather(naive_publish(), move())
    assert await list_conflicts(await SchedulePlan.get(festival_id=festival.id, state="published")) != []
