"""Bounds that the database itself keeps: what Tortoise 1.1.9 cannot make, made from the models' Meta.

Tortoise drops check constraints silently when it creates a table, knows no conditional unique index on
SQLite, and adding a check by its own operation rebuilds an SQLite table and loses its unique constraints.
So a model says in its Meta

    checks        name to SQL, true for every row
    unique_where  name to "(columns) WHERE condition"
    append_only   True where rows are never changed or removed
    searched      a text column of words with a full-text index: FTS5, or a GIN index over its lexemes
    follows       table to the query of (kind, object_id) whose rows here go stale with `{row}` of that table

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
    searched: str = ""
    follows: dict[str, str] = field(default_factory=dict[str, str])

    def mark(self, query: str, row: str) -> str:
        """The statement that marks as stale what hangs on `row`, NEW or OLD."""
        return (
            f'INSERT INTO "{self.table}" (kind, object_id, body, wanted, done) '  # noqa: S608 - our own texts
            f"SELECT kind, object_id, '', 1, 0 FROM ({query.format(row=row)}) AS found WHERE true "
            f'ON CONFLICT (kind, object_id) DO UPDATE SET wanted = "{self.table}".wanted + 1;'
        )


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
                    str(getattr(meta, "searched", "")),
                    dict(getattr(meta, "follows", {})),
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
                _make_searchable_on_sqlite(connection, bounds)
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


_ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def _make_searchable_on_sqlite(connection: sqlite3.Connection, bounds: TableBounds) -> None:
    """The FTS5 index of external content with its triggers (fts5 manual, section 4.4.3), and what marks rows stale."""
    table, column, index = bounds.table, bounds.searched, f"{bounds.table}_index"
    if column:
        # The words come folded: only the separating spaces are left to the tokenizer.
        connection.execute(
            f'CREATE VIRTUAL TABLE IF NOT EXISTS "{index}" USING fts5({column}, content="{table}", content_rowid="id", '
            "prefix='2 3', tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co S*'\")"
        )
        gone = f'INSERT INTO "{index}" ("{index}", rowid, {column}) VALUES (\'delete\', OLD.id, OLD.{column});'  # noqa: S608
        come = f'INSERT INTO "{index}" (rowid, {column}) VALUES (NEW.id, NEW.{column});'  # noqa: S608 - our own names
        for event, body in (("INSERT", come), (f"UPDATE OF {column}", gone + come), ("DELETE", gone)):
            _replace_trigger(connection, f"{index}_{event.split()[0].lower()}", f'AFTER {event} ON "{table}"', body)
        connection.execute(f'INSERT INTO "{index}" ("{index}") VALUES (\'rebuild\')')  # noqa: S608 - our own names
    if bounds.follows:
        connection.execute(_stale_index(table))
    for source, query in bounds.follows.items():
        for event, rows in _ROWS.items():
            body = " ".join(bounds.mark(query, row) for row in rows)
            _replace_trigger(
                connection, f"{table}_follows_{source}_{event.lower()}", f'AFTER {event} ON "{source}"', body
            )
        connection.execute(_mark_all(bounds, source, query))


def _stale_index(table: str) -> str:
    return f'CREATE INDEX IF NOT EXISTS "{table}_stale" ON "{table}" (id) WHERE done < wanted'


def _replace_trigger(connection: sqlite3.Connection, name: str, event: str, body: str) -> None:
    connection.execute(f'DROP TRIGGER IF EXISTS "{name}"')
    connection.execute(f'CREATE TRIGGER "{name}" {event} BEGIN {body} END')


def _mark_all(bounds: TableBounds, source: str, query: str) -> str:
    """Marks what hangs on the rows that are there already: they came before the triggers."""
    if source not in {"program", "act", "festival", "venue"}:
        return "SELECT 1"
    kinds = f"SELECT '{source}' AS kind, id AS object_id FROM \"{source}\""  # noqa: S608 - our own names
    return bounds.mark(kinds, "")


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
        await _make_searchable_on_postgres(connection, bounds)


async def _make_searchable_on_postgres(connection: Any, bounds: TableBounds) -> None:
    """The lexemes come folded: PostgreSQL's own parser, which breaks words at Indic vowel signs, is left out."""
    table, column = bounds.table, bounds.searched
    if column:
        await connection.execute(
            f'CREATE INDEX IF NOT EXISTS "{table}_index" ON "{table}" '
            f"USING gin (array_to_tsvector(string_to_array({column}, ' ')))"
        )
    if bounds.follows:
        await connection.execute(_stale_index(table))
    for source, query in bounds.follows.items():
        name = f"{table}_follows_{source}"
        await connection.execute(
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
            f"IF TG_OP <> 'INSERT' THEN {bounds.mark(query, 'OLD')} END IF; "
            f"IF TG_OP <> 'DELETE' THEN {bounds.mark(query, 'NEW')} END IF; RETURN NULL; END $$; "
            f'CREATE OR REPLACE TRIGGER "{name}" AFTER INSERT OR UPDATE OR DELETE ON "{source}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{name}"(); {_mark_all(bounds, source, query)}'
        )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
