"""Many notice one change of the calendar at once: it is numbered once. Without the lock, each numbers it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tortoise.expressions import F

from calendar_feed.changes.actions import bring_up_to
from calendar_feed.changes.queries import list_digests
from calendar_feed.changes.rules import compare
from calendar_feed.feed.queries import Catalogue, read_catalogue
from calendar_feed.models import SyncEntry, SyncState
from events.models import Program
from events.programme.actions import load_programme
from events.programme.reading import read_programme
from festival.database import connected, transaction
from festival.kit.clock import frozen_at, now
from festival.kit.documents import read_document
from festival.seeding.actions import DEMO_PROGRAMME
from festival.settings import Settings
from tests.calendar_feed.conftest import NEW_YEAR
from tests.conftest import Templates, fresh_database

READERS = 6


@pytest.fixture
async def changed(migrated: Templates, tmp_path: Path) -> Any:
    """A calendar that tokens exist for, and changed since, on PostgreSQL with a connection for each reader."""
    async with (
        fresh_database("postgres", migrated, tmp_path) as url,
        connected(Settings(database_url=f"{url}?pool={READERS}")),
    ):
        async with transaction():
            await load_programme(read_programme(read_document(DEMO_PROGRAMME.read_text(encoding="utf-8"))))
        with frozen_at(NEW_YEAR):
            await bring_up_to(await read_catalogue(now()))
            await Program.filter(slug="salsa-for-beginners").update(title="Salsa", revision=2)
            yield await read_catalogue(now())


async def test_readers_who_notice_together_number_the_change_once(changed: Catalogue) -> None:
    states = await asyncio.gather(*(bring_up_to(changed) for _ in range(READERS)))
    assert {state.sequence for state in states} == {2}
    assert (await SyncState.get(id=1)).sequence == 2


async def _naive(catalogue: Catalogue, together: asyncio.Barrier) -> None:
    async with transaction():
        digests = await list_digests(catalogue)
        before = {row.uid: row.digest for row in await SyncEntry.filter(gone_at=None)}
        changed, _ = compare(before, digests)
        await together.wait()
        if changed:
            await SyncState.filter(id=1).update(sequence=F("sequence") + 1)
            number = (await SyncState.get(id=1)).sequence
            for uid in changed:
                await SyncEntry.filter(uid=uid).update(digest=digests[uid], sequence=number)


async def test_the_naive_twin_numbers_it_more_than_once(changed: Catalogue) -> None:
    together = asyncio.Barrier(READERS)
    await asyncio.gather(*(_naive(changed, together) for _ in range(READERS)))
    assert (await SyncState.get(id=1)).sequence > 2
