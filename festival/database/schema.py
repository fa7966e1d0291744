"""Moving the schema forward, one migration at a time, under a lock, without losing data.

Tortoise 1.1.9 alters an SQLite table by rebuilding it: with foreign keys on, the rows that hang on it are
deleted, and its secondary indexes and table-wide unique constraints are lost. So on SQLite we back up, switch
foreign keys off, remember the indexes, make again those that vanished, check every foreign key and every
uniqueness, and put the backup back if anything fails. Bounds that Tortoise cannot make follow (`bounds.py`).
"""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, cast

import asyncpg
from tortoise import Tortoise, connections
from tortoise.cli.cli import tortoise_cli_context
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_generator.state import State
from tortoise.transactions import in_transaction

from festival.database import APP, configuration
from festival.database.bounds import apply_on_postgres, apply_on_sqlite, bounds_digest
from festival.settings import Settings

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_340_001  # our advisory lock's number on PostgreSQL
_BOUNDS = "bounds"  # under this name Tortoise's table of migrations also keeps the digest of the bounds
_RECORD = "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('{}', '{}', CURRENT_TIMESTAMP)"
_ANY_TABLE = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
Note = Callable[[str], None]


class SchemaWrong(Exception):
    """The database cannot be used as it is; the text says what to do."""


def known_migrations() -> list[str]:
    """The names of the migrations in this release, oldest first."""
    return sorted(path.stem for path in _MIGRATIONS.glob("[0-9]*.py"))


async def applied_migrations(settings: Settings, app: str = APP) -> list[str]:
    """The names of the migrations that the database has, oldest first; empty for a new one.

    Raises SchemaWrong when the database cannot be reached.
    """
    query = f"SELECT name FROM tortoise_migrations WHERE app = '{app}' ORDER BY name"  # noqa: S608 - our own word
    if settings.on_sqlite:
        if not settings.sqlite_path.exists():
            return []
        try:
            with closing(sqlite3.connect(settings.sqlite_path)) as connection:
                return [row[0] for row in connection.execute(query)]
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise SchemaWrong(f"The database file {settings.sqlite_path} cannot be opened: {error}.") from None
    connection = await connect_postgres(settings)
    try:
        return [str(row["name"]) for row in await connection.fetch(query)]
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()


async def connect_postgres(settings: Settings) -> Any:
    """A plain connection; raises SchemaWrong where the server cannot be reached."""
    try:
        return cast(Any, await asyncpg.connect(settings.database_url.partition("?pool=")[0], timeout=5))
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise SchemaWrong(
            f"The database that FESTIVAL_DATABASE_URL names cannot be reached: {error or type(error).__name__}."
        ) from None


async def require_current(settings: Settings) -> None:
    """Raise SchemaWrong unless the database has exactly this release's migrations."""
    applied, known = await applied_migrations(settings), known_migrations()
    if set(applied) - set(known):
        raise SchemaWrong("The database is newer than this release: start the newer release, or restore a backup.")
    bounds = await applied_migrations(settings, _BOUNDS) if applied else []
    if set(known) - set(applied) or bounds != [bounds_digest()]:
        raise SchemaWrong("The database is not up to date: run `festival migrate`.")


async def migrate(settings: Settings, note: Note = lambda _: None, *, until: str | None = None) -> list[str]:
    """Apply what is missing, up to and with `until`, then the bounds; returns the names applied.

    Safe to run twice at once. With `until` the bounds are left alone: their tables may not be there yet.
    """
    if settings.on_sqlite:
        return await _migrate_sqlite(settings, note, until)
    return await _migrate_postgres(settings, note, until)


async def _missing(settings: Settings, until: str | None) -> list[str]:
    applied = await applied_migrations(settings)
    if set(applied) - set(known_migrations()):
        raise SchemaWrong("The database is newer than this release: start the newer release, or restore a backup.")
    return [name for name in known_migrations() if name not in applied and (until is None or name <= until)]


class _Mover(MigrationExecutor):
    """Tortoise's executor, keeping the models as they are after the last migration.

    Its own renders them anew from the first migration on for each one that it applies.
    """

    _state: State | None = None

    async def _project_state(self, applied: set[MigrationKey], *, upto: MigrationKey | None = None) -> State:
        if upto is not None:
            return await super()._project_state(applied, upto=upto)
        if self._state is None:
            self._state = await super()._project_state(applied)
        return self._state

    async def apply(self, name: str) -> None:
        """Apply one migration, the next after those that are applied."""
        await self.migrate([MigrationTarget(APP, name)], direction="forward")


@asynccontextmanager
async def _mover(config: dict[str, Any]) -> AsyncGenerator[_Mover, None]:
    try:
        await Tortoise.init(config=config)
        yield _Mover(connections.get("default"), config["apps"])
    finally:
        await Tortoise.close_connections()


async def _create(config: dict[str, Any]) -> None:
    """Make every table of a database that has none, straight from the models, and note the migrations as applied.

    Tortoise renders all models anew for each operation of a migration, so going through them all takes many seconds;
    a test holds the two ways to the same catalogue.
    """
    async with _mover(config), in_transaction("default") as client:
        await Tortoise.generate_schemas(safe=False)
        mover = _Mover(client, config["apps"])
        await mover.recorder.ensure_schema(mover._schema_editor(atomic=False))  # pyright: ignore[reportPrivateUsage]
        for name in known_migrations():
            await mover.recorder.record_applied(APP, name)


async def _migrate_postgres(settings: Settings, note: Note, until: str | None) -> list[str]:
    lock = await connect_postgres(settings)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _LOCK)
        missing = await _missing(settings, until)
        if missing == known_migrations() and not await lock.fetchval(_ANY_TABLE):
            await _create(configuration(settings))
            note("made every table")
        else:
            async with _mover(configuration(settings)) as mover:
                for name in missing:
                    await mover.apply(name)
                    note(f"applied {name}")
        if until is None and await applied_migrations(settings, _BOUNDS) != [bounds_digest()]:
            async with lock.transaction():
                await apply_on_postgres(lock)
                await lock.execute("DELETE FROM tortoise_migrations WHERE app = $1", _BOUNDS)
                await lock.execute(_RECORD.format(_BOUNDS, bounds_digest()))
        return missing
    finally:
        await lock.close()


async def _migrate_sqlite(settings: Settings, note: Note, until: str | None) -> list[str]:
    path = settings.sqlite_path
    path.parent.mkdir(parents=True, exist_ok=True)
    config = configuration(settings)
    config["connections"]["default"]["credentials"]["foreign_keys"] = "OFF"
    with path.with_name(path.name + ".migrate-lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        missing = await _missing(settings, until)
        bounded = until is not None or await applied_migrations(settings, _BOUNDS) == [bounds_digest()]
        if not missing and bounded:
            return []
        backup = path.with_name(path.name + ".before-migrate")
        _copy(path, backup)
        try:
            if missing == known_migrations() and not _uniqueness(path):
                await _create(config)
                note("made every table")
            else:
                await _apply_guarded(path, config, missing, note)
            if not bounded:
                apply_on_sqlite(path)
                _record_bounds(path)
            _require_whole(path)
        except BaseException:
            _copy(backup, path)
            raise
        return missing


async def _apply_guarded(path: Path, config: dict[str, Any], missing: list[str], note: Note) -> None:
    async with _mover(config) as mover:
        for name in missing:
            before, unique = _indexes(path), _uniqueness(path)
            await mover.apply(name)
            _restore_indexes(path, before)
            _require_unique(path, unique)
            note(f"applied {name}")


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as first, closing(sqlite3.connect(target)) as second:
        first.backup(second)


def _indexes(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(
            connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
            )
        )


def _restore_indexes(path: Path, before: dict[str, str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        columns_gone = "no such column"
        for name in before.keys() - _indexes(path).keys():
            try:
                connection.execute(before[name])
            except sqlite3.OperationalError as error:
                if columns_gone not in str(error):
                    raise
        connection.commit()


def _uniqueness(path: Path) -> set[tuple[str, tuple[str, ...]]]:
    """Every (table, columns) that the file keeps unique."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT m.name, i.name, c.name FROM sqlite_master m, pragma_index_list(m.name) i, "
            "pragma_index_info(i.name) c WHERE m.type = 'table' AND i.\"unique\" ORDER BY 1, 2, c.seqno"
        ).fetchall()
    columns: dict[tuple[str, str], list[str]] = {}
    for table, index, column in rows:
        columns.setdefault((table, index), []).append(str(column))
    return {(table, tuple(names)) for (table, _), names in columns.items()}


def _require_unique(path: Path, before: set[tuple[str, tuple[str, ...]]]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        there: dict[str, set[str]] = {}
        for table, column in connection.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        ):
            there.setdefault(table, set()).add(column)
    lost = [
        f"{table} ({', '.join(columns)})"
        for table, columns in sorted(before - _uniqueness(path))
        if set(columns) <= there.get(table, set())
    ]
    if lost:
        raise SchemaWrong(f"The migration would lose the uniqueness of {'; '.join(lost)}; it was undone.")


def _record_bounds(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM tortoise_migrations WHERE app = ?", [_BOUNDS])
        connection.execute(_RECORD.format(_BOUNDS, bounds_digest()))
        connection.commit()


def _require_whole(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if broken or verdict != "ok":
        raise SchemaWrong(f"The migration left broken rows and was undone: {broken[:3] or verdict}.")


async def find_drift() -> list[str]:
    """What the models say and the migrations do not, one line per operation; empty when equal."""
    config = configuration(Settings(database_url="sqlite://:memory:"))
    async with tortoise_cli_context(config) as context:
        writers = await MigrationAutodetector(cast(Any, context).apps, config["apps"]).changes()
    return [f"{type(o).__name__} {getattr(o, 'name', '')}" for writer in writers for o in writer.operations]
