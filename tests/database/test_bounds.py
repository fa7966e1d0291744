"""Every declared bound stands in the live catalogue of both databases, and rows that are only added stay."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from festival.accounts.actions import ensure_person
from festival.accounts.models import Person
from festival.database import connected, connection, fetch_rows, on_postgres, transaction
from festival.database.bounds import TableBounds, declared_bounds
from festival.database.schema import applied_migrations, known_migrations, migrate, require_current
from festival.kit.web.access import NOBODY
from festival.organisation.actions import record_audit
from festival.settings import Settings
from tests.conftest import Templates

BOUNDS = {bounds.table: bounds for bounds in declared_bounds()}
ONLY_ADDED = [bounds.table for bounds in BOUNDS.values() if bounds.append_only]


async def _catalogue() -> set[str]:
    """The names of every check, index and trigger of the live database."""
    if on_postgres():
        rows = await fetch_rows(
            "SELECT conname AS name FROM pg_constraint WHERE convalidated UNION SELECT indexname FROM pg_indexes "
            "UNION SELECT tgname FROM pg_trigger"
        )
        return {str(row["name"]) for row in rows}
    rows = await fetch_rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    written = {name for row in rows for name in re.findall(r'CONSTRAINT "(\w+)" CHECK', str(row["sql"]))}
    return written | {str(row["name"]) for row in rows}


async def test_every_declared_bound_is_in_the_catalogue(database: Settings) -> None:
    there = await _catalogue()
    wanted = {name for bounds in BOUNDS.values() for name in (*bounds.checks, *bounds.unique_where)}
    guards = ("_only_added",) if on_postgres() else ("_no_update", "_no_delete")
    wanted |= {table + guard for table in ONLY_ADDED for guard in guards}
    for bounds in BOUNDS.values():
        events = ("",) if on_postgres() else ("_insert", "_update", "_delete")
        wanted |= {f"{bounds.table}_follows_{source}{event}" for source in bounds.follows for event in events}
        wanted |= {f"{bounds.table}_index"} if bounds.searched else set[str]()
    assert len(wanted) > 45
    assert wanted - there == set()


# ---------------------------------------------------------------- rows that are only ever added


async def test_audit_entries_cannot_be_changed_or_removed(database: Settings) -> None:
    await record_audit(NOBODY, "thing.done")
    for statement in ("UPDATE audit_entry SET action = 'nothing'", "DELETE FROM audit_entry"):
        with pytest.raises(Exception, match="only ever added"):
            async with transaction():
                await connection().execute_query(statement)
    assert [row["action"] for row in await fetch_rows("SELECT action FROM audit_entry")] == ["thing.done"]


def test_the_ledger_and_the_audit_log_are_only_added_to() -> None:
    assert {"audit_entry", "ledger_entry", "transition"} <= set(ONLY_ADDED)
    assert isinstance(BOUNDS["ledger_entry"], TableBounds)


# ---------------------------------------------------------------- moving forward


async def test_migrating_twice_at_once_is_safe(engine: str, migrated: Templates, tmp_path: Path) -> None:
    if engine == "sqlite":
        chosen = Settings(database_url=f"sqlite://{tmp_path}/new.sqlite3")
        first, second = await asyncio.gather(_in_process(chosen), _in_process(chosen))
    else:
        if migrated.postgres is None:
            pytest.skip("no PostgreSQL")
        admin = await asyncpg.connect(f"{migrated.postgres}/postgres")
        await admin.execute("CREATE DATABASE twice")
        chosen = Settings(database_url=f"{migrated.postgres}/twice")
        first, second = await asyncio.gather(_in_process(chosen), _in_process(chosen))
        await require_current(chosen)
        await admin.execute("DROP DATABASE twice WITH (FORCE)")
        await admin.close()
    assert (first, second) == (0, 0)
    if engine == "sqlite":
        assert await applied_migrations(chosen) == known_migrations()
        await require_current(chosen)


async def _in_process(chosen: Settings) -> int:
    import os
    import sys

    environment = {**os.environ, "FESTIVAL_DATABASE_URL": chosen.database_url}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "festival", "migrate", env=environment)
    return await process.wait()


async def test_migrating_forward_keeps_every_row(settings: Settings) -> None:
    async with connected(settings):
        person = await ensure_person("rosa@example.org", name="Rosa")
        await record_audit(NOBODY, "thing.done")
    assert await migrate(settings) == []
    async with connected(settings):
        assert (await Person.get(id=person.id)).name == "Rosa"
        assert len(await fetch_rows("SELECT id FROM audit_entry")) == 1
