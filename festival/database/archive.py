"""A consistent copy of everything, made while the service runs, and its way back into an empty house.

One gzipped tar: `manifest.json`, the database, `media/`. The database comes first: the bytes of an upload are
written before its row, so every row of the copy finds its file. SQLite is copied by its own backup API; of
PostgreSQL every table is written as JSON lines from one repeatable-read transaction, since pg_dump may be absent.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import asyncpg

from festival.database.schema import applied_migrations, connect_postgres, known_migrations, require_current
from festival.kit.clock import now
from festival.settings import Settings

_FORMAT = 1
_SQLITE = "festival.sqlite3"
_BATCH = 500
# The documents of the search are left out: bringing back what they are made of marks them to be made again.
_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
    "AND tablename NOT IN ('tortoise_migrations', 'search_document')"
)
_REFERENCES = (
    "SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
)


class ArchiveWrong(Exception):
    """The copy cannot be made or brought back; the text says why."""


def media_folder(settings: Settings) -> Path | None:
    """Where uploads lie on this machine; None where a store elsewhere keeps them."""
    return Path(settings.media_url.removeprefix("file://")) if settings.media_url.startswith("file://") else None


async def back_up(settings: Settings, file: Path) -> int:
    """Write everything to `file`, which appears only when it is whole; returns its size in bytes."""
    await require_current(settings)
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".backup-") as name:  # noqa: ASYNC240
        folder = Path(name)
        if settings.on_sqlite:
            await asyncio.to_thread(_copy_sqlite, settings.sqlite_path, folder / _SQLITE)
        else:
            await _dump_postgres(settings, folder)
        manifest = {
            "format": _FORMAT,
            "engine": "sqlite" if settings.on_sqlite else "postgres",
            "migrations": await applied_migrations(settings),
            "made_at": now().isoformat(),
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        await asyncio.to_thread(_pack, folder, media_folder(settings), file)
    return file.stat().st_size  # noqa: ASYNC240


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as first, closing(sqlite3.connect(target)) as second:
        first.backup(second)


def _pack(folder: Path, media: Path | None, file: Path) -> None:
    whole = folder / "whole.tar.gz"
    with tarfile.open(whole, "w:gz", compresslevel=6) as archive:
        for path in sorted(folder.iterdir()):
            if path != whole:
                archive.add(path, path.name)
        for path in sorted(media.iterdir()) if media and media.is_dir() else []:
            if path.is_file():
                archive.add(path, f"media/{path.name}")
    whole.chmod(0o600)
    whole.replace(file)


async def _dump_postgres(settings: Settings, folder: Path) -> None:
    connection = await connect_postgres(settings)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            for row in await connection.fetch(_TABLES):
                with (folder / f"{row['tablename']}.jsonl").open("w", encoding="utf-8") as lines:
                    query = f'SELECT row_to_json(t)::text AS line FROM "{row["tablename"]}" t'  # noqa: S608 - catalogue
                    async for kept in connection.cursor(query, prefetch=_BATCH):
                        lines.write(kept["line"].replace("\n", " ") + "\n")
    finally:
        await connection.close()


async def restore(settings: Settings, file: Path) -> None:
    """Bring `file` back into an empty database and an empty folder of uploads; raises ArchiveWrong otherwise."""
    with tempfile.TemporaryDirectory(prefix="restore-") as name:
        folder = Path(name)
        try:
            with tarfile.open(file, "r:gz") as archive:
                await asyncio.to_thread(archive.extractall, folder, filter="data")
            manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        except (OSError, tarfile.TarError, EOFError, ValueError) as error:
            raise ArchiveWrong(f"{file} is no backup of this service: {error}.") from None
        engine = "sqlite" if settings.on_sqlite else "postgres"
        if manifest.get("engine") != engine:
            raise ArchiveWrong(f"This backup is of a {manifest.get('engine')} database; this one is {engine}.")
        if manifest.get("format") != _FORMAT or manifest.get("migrations") != known_migrations():
            raise ArchiveWrong("This backup was made by another release: restore it with that one, then upgrade.")
        media = media_folder(settings)
        if media and media.is_dir() and any(media.iterdir()):
            raise ArchiveWrong(f"The folder of uploads, {media}, is not empty: move it away first.")
        if settings.on_sqlite:
            _require_empty_sqlite(settings.sqlite_path)
            settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(_copy_sqlite, folder / _SQLITE, settings.sqlite_path)
        else:
            await _fill_postgres(settings, folder)
        if media and (folder / "media").is_dir():
            await asyncio.to_thread(shutil.copytree, folder / "media", media, dirs_exist_ok=True)


_NOT_EMPTY = "The database is not empty: restore into a new one."


def _require_empty_sqlite(path: Path) -> None:
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "AND name <> 'tortoise_migrations' AND name NOT LIKE 'search_document%'"
        ).fetchall()
        if any(connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() for (table,) in tables):  # noqa: S608
            raise ArchiveWrong(_NOT_EMPTY)


async def _fill_postgres(settings: Settings, folder: Path) -> None:
    """Every table in the order of its foreign keys, in one transaction; sequences go on after the highest number."""
    await require_current(settings)
    connection = await connect_postgres(settings)
    try:
        async with connection.transaction():
            order = await _tables_in_order(connection)
            for table in order:
                if await connection.fetchval(f'SELECT 1 FROM "{table}" LIMIT 1'):  # noqa: S608 - catalogue
                    raise ArchiveWrong(_NOT_EMPTY)
            for table in order:
                await _fill_table(connection, table, folder / f"{table}.jsonl")
    except asyncpg.PostgresError as error:
        raise ArchiveWrong(f"The backup does not fit this database, and nothing was restored: {error}.") from None
    finally:
        await connection.close()


async def _tables_in_order(connection: Any) -> list[str]:
    parents: dict[str, set[str]] = {row["tablename"]: set() for row in await connection.fetch(_TABLES)}
    for row in await connection.fetch(_REFERENCES):
        child, parent = row["child"].strip('"'), row["parent"].strip('"')
        if child != parent:
            parents[child].add(parent)
    return list(TopologicalSorter(parents).static_order())


async def _fill_table(connection: Any, table: str, file: Path) -> None:
    insert = f'INSERT INTO "{table}" SELECT * FROM json_populate_record(NULL::"{table}", $1::json)'  # noqa: S608
    batch: list[tuple[str]] = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            batch.append((line,))
            if len(batch) == _BATCH:
                await connection.executemany(insert, batch)
                batch.clear()
    await connection.executemany(insert, batch)
    sequence = await connection.fetchval("SELECT pg_get_serial_sequence($1, 'id')", f'"{table}"')
    if sequence:
        highest = await connection.fetchval(f'SELECT max(id) FROM "{table}"')  # noqa: S608 - catalogue
        await connection.fetchval("SELECT setval($1::regclass, $2, $3)", sequence, highest or 1, highest is not None)
