"""Two organizers at one series: it splits once, and a date that one of them moves stays where it was put."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from events.editing.actions import change_occurrence
from events.editing.forms import ChangedOccurrence
from events.models import Occurrence, Series
from events.programme.actions import Loaded, load_programme
from events.programme.reading import read_programme
from events.series.actions import add_series, change_series, plan_form
from events.series.forms import SeriesForm, form_of
from events.series.queries import get_series, list_held
from events.series.rules import cut_rule
from festival.database import connected, transaction
from festival.kit.errors import Conflict
from festival.kit.web.access import NOBODY
from festival.settings import Settings, settings
from tests.conftest import Templates, fresh_database
from tests.events.conftest import DOCUMENT

RIVALS = 4
LATER = dt.timedelta(days=1)


@pytest.fixture
async def salsa(migrated: Templates, tmp_path: Path) -> Any:
    """The eight salsa evenings on PostgreSQL, with enough connections to collide."""
    async with (
        fresh_database("postgres", migrated, tmp_path) as url,
        connected(Settings(database_url=f"{url}?pool={RIVALS + 2}")),
    ):
        async with transaction():
            loaded: Loaded = await load_programme(read_programme(DOCUMENT))
        yield loaded.occurrences[loaded.programs["p33"]]


async def _from_third(dates: list[Occurrence], hour: int) -> tuple[int, SeriesForm]:
    """The series, and "this and following" from its third evening on, at another hour."""
    series = await get_series(dates[0].series_id)
    shown = form_of(series, dates[2].original_local)
    return series.id, SeriesForm.model_validate({**shown, "starts": f"{hour}:00", "ends": f"{hour + 1}:00"})


async def test_a_series_splits_once_however_many_change_it(salsa: list[Occurrence]) -> None:
    asked = [await _from_third(salsa, 14 + rival) for rival in range(RIVALS)]
    outcomes = await asyncio.gather(
        *(change_series(series, form, NOBODY) for series, form in asked), return_exceptions=True
    )
    assert sum(isinstance(outcome, Series) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == RIVALS - 1
    assert await Series.filter(program_id=salsa[0].program_id).count() == 2
    dates = await Occurrence.filter(program_id=salsa[0].program_id).order_by("starts_at")
    assert [row.id for row in dates] == [row.id for row in salsa]
    assert len({row.starts_at.astimezone(settings().zone).hour for row in dates[2:]}) == 1


async def test_the_naive_way_splits_it_many_times(salsa: list[Occurrence]) -> None:
    together = asyncio.Barrier(RIVALS)

    async def naive(number: int, form: SeriesForm) -> None:
        timing, planned = plan_form(form)
        async with transaction():
            series = await get_series(number)
            await together.wait()
            if series.revision == form.revision:
                cut = cut_rule(
                    series.rrule, dt.date.fromisoformat(salsa[1].original_local[:10]), timing.zone, all_day=False
                )
                await Occurrence.filter(series_id=number, original_local__gte=form.since).delete()
                await Series.filter(id=number).update(rrule=cut, revision=series.revision + 1)
                await add_series(series.program, timing, planned)

    asked = [await _from_third(salsa, 14 + rival) for rival in range(RIVALS)]
    await asyncio.gather(*(naive(number, form) for number, form in asked))
    assert await Occurrence.filter(program_id=salsa[0].program_id).count() > len(salsa)


async def _move(date: Occurrence) -> Occurrence:
    changes = ChangedOccurrence(
        starts_at=date.starts_at + LATER, ends_at=date.ends_at + LATER, revision=date.revision
    )  # fmt: skip
    return await change_occurrence(str(date.id), changes, NOBODY)


async def test_a_date_moved_meanwhile_stays_where_it_was_put(salsa: list[Occurrence]) -> None:
    for date in salsa[5:8]:
        row = await Occurrence.get(id=date.id)
        number = row.series_id
        form = SeriesForm.model_validate({**form_of(await get_series(number)), "starts": "15:00", "ends": "16:00"})
        changed, moved = await asyncio.gather(
            change_series(number, form, NOBODY), _move(row), return_exceptions=True
        )  # fmt: skip
        assert isinstance(changed, Series)
        after = await Occurrence.get(id=date.id)
        if isinstance(moved, Occurrence):
            assert (after.moved, after.starts_at) == (True, row.starts_at + LATER)
        else:
            assert isinstance(moved, Conflict)
            assert not after.moved


async def test_the_naive_way_puts_it_back(salsa: list[Occurrence]) -> None:
    date = await Occurrence.get(id=salsa[5].id)
    read, done = asyncio.Event(), asyncio.Event()

    async def naive() -> None:
        async with transaction():
            await Series.filter(id=date.series_id).select_for_update().only("id")
            held = await list_held(date.series_id)
            read.set()
            await done.wait()
            await Occurrence.bulk_update(held, fields=["starts_at", "ends_at", "moved"])

    async def mover() -> None:
        await read.wait()
        await _move(date)
        done.set()

    await asyncio.gather(naive(), mover())
    assert (await Occurrence.get(id=date.id)).starts_at == date.starts_at
