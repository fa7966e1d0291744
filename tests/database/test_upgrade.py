"""A populated database goes through every migration on both engines, loses nothing, and ends like a new one.

`rows_at_0001.json` holds rows of every table as the first migration has them, parents before their children.
"""

# ruff: noqa: S608 - the names of tables and columns are our own

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from festival.database.schema import known_migrations, migrate, require_current
from festival.settings import Settings
from tests.conftest import Templates

FIRST = "0001_initial"
ROWS: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "rows_at_0001.json").read_text())
# What a migration changes on purpose, as `table.column`: those values are not compared.
CHANGED: set[str] = set()
Rows = dict[str, dict[int, dict[str, Any]]]


class _Sqlite:
    """Reads and fills an SQLite file beside Tortoise."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.sqlite_path

    async def fill(self) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            for table, rows in ROWS.items():
                for row in rows:
                    names = ", ".join(f'"{name}"' for name in row)
                    marks = ", ".join("?" * len(row))
                    connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(row.values()))
            connection.commit()

    async def rows(self) -> Rows:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            return {
                table: {row["id"]: dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')}
                for table in ROWS
            }

    async def catalogue(self) -> set[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            columns = connection.execute(
                'SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master m, pragma_table_info(m.name) c '
                "WHERE m.type = 'table'"
            ).fetchall()
            indexes = connection.execute(
                'SELECT m.name, i."unique", group_concat(c.name) FROM sqlite_master m, pragma_index_list(m.name) i, '
                "pragma_index_info(i.name) c WHERE m.type = 'table' GROUP BY m.name, i.name"
            ).fetchall()
            triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        return {*columns, *indexes, *triggers}


class _Postgres:
    """Reads and fills a PostgreSQL database beside Tortoise."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.database_url

    async def _ask(self, query: str, *values: Any) -> list[Any]:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetch(query, *values)
        finally:
            await connection.close()

    async def fill(self) -> None:
        documents = {
            (row["table_name"], row["column_name"])
            for row in await self._ask("SELECT * FROM information_schema.columns WHERE data_type = 'jsonb'")
        }
        for table, rows in ROWS.items():
            parsed = [
                {name: json.loads(v) if v and (table, name) in documents else v for name, v in row.items()}
                for row in rows
            ]
            query = f'INSERT INTO "{table}" SELECT * FROM jsonb_populate_recordset(NULL::"{table}", $1::jsonb)'
            await self._ask(query, json.dumps(parsed))

    async def rows(self) -> Rows:
        return {table: {row["id"]: dict(row) for row in await self._ask(f'SELECT * FROM "{table}"')} for table in ROWS}

    async def catalogue(self) -> set[tuple[Any, ...]]:
        columns = await self._ask(
            "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
            "WHERE table_schema = 'public'"
        )
        indexes = await self._ask("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
        bounds = await self._ask(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace"
        )
        triggers = await self._ask("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return {tuple(row) for row in (*columns, *indexes, *bounds, *triggers)}


def _side(settings: Settings) -> _Sqlite | _Postgres:
    return _Sqlite(settings) if settings.on_sqlite else _Postgres(settings)


@pytest.fixture
async def empty(engine: str, migrated: Templates, tmp_path: Path) -> AsyncIterator[Settings]:
    """A database without any table."""
    if engine == "sqlite":
        yield Settings(database_url=f"sqlite://{tmp_path}/old.sqlite3")
        return
    if migrated.postgres is None:
        pytest.skip("no PostgreSQL to be had here: install the dev requirements or Debian's postgresql")
    admin = await asyncpg.connect(f"{migrated.postgres}/postgres")
    try:
        await admin.execute("CREATE DATABASE old_festival")
        yield Settings(database_url=f"{migrated.postgres}/old_festival")
        await admin.execute("DROP DATABASE old_festival WITH (FORCE)")
    finally:
        await admin.close()


def test_every_table_of_the_first_migration_has_rows() -> None:
    assert len(ROWS) > 60
    assert all(ROWS.values())


async def test_a_populated_database_survives_every_migration(empty: Settings, settings: Settings, engine: str) -> None:
    side = _side(empty)
    await migrate(empty, until=FIRST)
    await side.fill()
    before = await side.rows()
    assert {table: len(rows) for table, rows in before.items()} == {table: len(rows) for table, rows in ROWS.items()}

    assert await migrate(empty) == known_migrations()[1:]
    await require_current(empty)

    after = await side.rows()
    lost = [f"{table} {key}" for table, rows in before.items() for key in rows if key not in after[table]]
    changed = [
        f"{table} {key}: {name} was {value!r}, is {after[table][key][name]!r}"
        for table, rows in before.items()
        for key, row in rows.items()
        for name, value in row.items()
        if key in after[table] and after[table][key].get(name, value) != value and f"{table}.{name}" not in CHANGED
    ]
    assert (lost, changed) == ([], [])
    # `settings` is a database that was migrated while it was empty.
    assert await side.catalogue() == await _side(settings).catalogue()
