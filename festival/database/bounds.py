"""Bounds that the database itself keeps: what Tortoise 1.1.9 cannot make, made from the models' Meta.

Tortoise drops check constraints silently when it creates a table, knows no conditional unique index on
SQLite, and adding a check by its own operation rebuilds an SQLite table and loses its unique constraints.
So a model says in its Meta

    checks        name to SQL, true for every row
    unique_where  name to "(columns) WHERE condition"
    append_only   True where rows are never changed or removed

and `apply_bounds`, run after every migration, makes the database agree. It may run again at any time.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tortoise.models import Model

from festival.database import MODEL_MODULES


@dataclass(frozen=True)
class TableBounds:
    """The bounds of one table."""

    table: str
    checks: dict[str, str] = field(default_factory=dict[str, str])
    unique_where: dict[str, str] = field(default_factory=dict[str, str])
    append_only: bool = False


class BoundBroken(Exception):
    """Rows that are there already break a bound; the text names it."""


def declared_bounds() -> list[TableBounds]:
    """The bounds of every model that has any."""
    found: dict[str, TableBounds] = {}
    for name in MODEL_MODULES:
        for _, model in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(model, Model) and model is not Model:
                meta: Any = model.Meta
                table = str(meta.table)
                found[table] = TableBounds(
                    table,
                    dict(getattr(meta, "checks", {})),
                    dict(getattr(meta, "unique_where", {})),
                    bool(getattr(meta, "append_only", False)),
                )
    return [bounds for _, bounds in sorted(found.items())]


def bounds_digest() -> str:
    """Changes whenever a declared bound does."""
    return hashlib.sha256(repr(declared_bounds()).encode()).hexdigest()[:16]


# ---------------------------------------------------------------- SQLite


def apply_on_sqlite(path: Path) -> None:
    """Make the file's schema keep the declared bounds; raises BoundBroken and changes nothing otherwise.

    A check is written into the stored CREATE TABLE, as SQLite's own manual has it for changes that do not
    touch the rows (lang_altertable, "Making Other Kinds Of Table Schema Changes").
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for bounds in declared_bounds():
                _check_table_on_sqlite(connection, bounds)
                _index_and_guard_on_sqlite(connection, bounds)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _check_table_on_sqlite(connection: sqlite3.Connection, bounds: TableBounds) -> None:
    row = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", [bounds.table]
    ).fetchone()
    if row is None or not bounds.checks:
        return
    bare = _without_checks(str(row[0]))
    clauses = "".join(f', CONSTRAINT "{name}" CHECK ({check})' for name, check in sorted(bounds.checks.items()))
    head, close, tail = bare.rpartition(")")
    wanted = f"{head}{clauses}{close}{tail}"
    if wanted == row[0]:
        return
    for name, check in bounds.checks.items():
        if connection.execute(f'SELECT 1 FROM "{bounds.table}" WHERE NOT ({check}) LIMIT 1').fetchone():  # noqa: S608
            raise BoundBroken(f"Rows of {bounds.table} break {name}: {check}.")
    version = connection.execute("PRAGMA schema_version").fetchone()[0]
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", [wanted, bounds.table])
    connection.execute(f"PRAGMA schema_version = {version + 1}")
    connection.execute("PRAGMA writable_schema = OFF")


def _without_checks(sql: str) -> str:
    """The CREATE TABLE without the checks that we wrote, each of which ends with its own parenthesis."""
    marker = ', CONSTRAINT "ck_'
    while (start := sql.find(marker)) >= 0:
        depth, position = 0, sql.index("(", start)
        while True:
            depth += {"(": 1, ")": -1}.get(sql[position], 0)
            position += 1
            if depth == 0:
                break
        sql = sql[:start] + sql[position:]
    return sql


def _index_and_guard_on_sqlite(connection: sqlite3.Connection, bounds: TableBounds) -> None:
    there = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    for name, rest in bounds.unique_where.items():
        wanted = f'CREATE UNIQUE INDEX "{name}" ON "{bounds.table}" {rest}'
        if there.get(name) != wanted:
            connection.execute(f'DROP INDEX IF EXISTS "{name}"')
            connection.execute(wanted)
    if bounds.append_only:
        for event in ("UPDATE", "DELETE"):
            connection.execute(
                f'CREATE TRIGGER IF NOT EXISTS "{bounds.table}_no_{event.lower()}" BEFORE {event} '
                f"ON \"{bounds.table}\" BEGIN SELECT RAISE(ABORT, 'rows of {bounds.table} are only ever added'); END"
            )


# ---------------------------------------------------------------- PostgreSQL


async def apply_on_postgres(connection: Any) -> None:
    """The same for PostgreSQL, through an asyncpg connection. Our own text is kept as a comment to compare."""
    await connection.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    texts = {
        row["name"]: row["text"]
        for row in await connection.fetch(
            "SELECT conname AS name, obj_description(oid, 'pg_constraint') AS text FROM pg_constraint "
            "UNION ALL SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c WHERE relkind = 'i'"
        )
    }
    for bounds in declared_bounds():
        for name, check in bounds.checks.items():
            if texts.get(name) != check:
                await connection.execute(
                    f'ALTER TABLE "{bounds.table}" DROP CONSTRAINT IF EXISTS "{name}"; '
                    f'ALTER TABLE "{bounds.table}" ADD CONSTRAINT "{name}" CHECK ({check}); '
                    f'COMMENT ON CONSTRAINT "{name}" ON "{bounds.table}" IS {_quoted(check)}'
                )
        for name, rest in bounds.unique_where.items():
            if texts.get(name) != rest:
                await connection.execute(
                    f'DROP INDEX IF EXISTS "{name}"; CREATE UNIQUE INDEX "{name}" ON "{bounds.table}" {rest}; '
                    f'COMMENT ON INDEX "{name}" IS {_quoted(rest)}'
                )
        if bounds.append_only:
            await connection.execute(
                f'CREATE OR REPLACE TRIGGER "{bounds.table}_only_added" BEFORE UPDATE OR DELETE '
                f'ON "{bounds.table}" FOR EACH ROW EXECUTE FUNCTION refuse_change()'
            )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
