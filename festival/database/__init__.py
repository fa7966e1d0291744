"""The database: which models there are, how each engine is opened, and how the schema moves forward."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from tortoise import Tortoise, connections
from tortoise.backends.base import executor
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from festival.settings import Settings

__all__ = [
    "APP",
    "MODEL_MODULES",
    "configuration",
    "connected",
    "connection",
    "fetch_rows",
    "on_postgres",
    "placeholders",
    "transaction",
]

APP = "app"
# One label for all: with several, Tortoise 1.1.9 writes no dependencies between their migrations.
MODEL_MODULES = [
    "festival.organisation.models",
    "festival.storage.models",
    "festival.jobs.models",
    "festival.mail.models",
    "festival.accounts.models",
    "festival.payments.models",
    "festival.payments.records",
    "events.models",
    "ticketing.models",
    "vendors.models",
    "calendar_feed.models",
]
# Four connections a process: twelve made the hot row slower by a third.
_POOL = 4


def _credentials(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    found: dict[str, Any] = {
        "host": options.get("host") or unquote(parts.hostname or "localhost"),
        "port": parts.port or 5432,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or "") or None,
        "database": unquote(parts.path.lstrip("/")),
        "minsize": 1,
        "maxsize": int(options.get("pool", _POOL)),
    }
    if "sslmode" in options:
        found["ssl"] = options["sslmode"]
    return found


def configuration(settings: Settings) -> dict[str, Any]:
    """The Tortoise configuration for the database that the settings name."""
    if settings.on_sqlite:
        default: dict[str, Any] = {
            "engine": "festival.database.sqlite_engine",
            "credentials": {
                "file_path": str(settings.sqlite_path),
                "synchronous": "FULL",
                "busy_timeout": 15_000,
                "foreign_keys": "ON",
                "journal_size_limit": 67_108_864,
                "cache_size": -32_000,
            },
        }
    else:
        default = {
            "engine": "festival.database.postgres_engine",
            "credentials": _credentials(settings.database_url),
        }
    return {
        "connections": {"default": default},
        "apps": {
            APP: {
                "models": MODEL_MODULES,
                "default_connection": "default",
                "migrations": "festival.database.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def connected(settings: Settings) -> AsyncGenerator[None, None]:
    """Open the database for the block, and close it whatever happens: aiosqlite's thread would hang the exit."""
    if settings.on_sqlite:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    # Tortoise keeps its statements by connection name, with the placeholders of the engine that came first.
    executor.EXECUTOR_CACHE.clear()
    await Tortoise.init(config=configuration(settings), _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()


def connection() -> BaseDBAsyncClient:
    """The present connection: inside a transaction, that transaction's. Never keep it across one."""
    return connections.get("default")


def on_postgres() -> bool:
    """Whether the database is PostgreSQL."""
    return connection().capabilities.dialect == "postgres"


async def fetch_rows(query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows of a statement, also of `UPDATE … RETURNING`, by column name.

    Tortoise's `execute_query` loses RETURNING rows on PostgreSQL; this goes the way that does not.
    """
    return cast(list[dict[str, Any]], await connection().execute_query_dict(query, list(values)))


def placeholders(first: int, count: int) -> str:
    """`count` placeholders from number `first` on, separated by commas, in this database's way."""
    mark = "$" if on_postgres() else "?"
    return ", ".join(f"{mark}{number}" for number in range(first, first + count))


def transaction() -> Any:
    """One transaction; nested, a savepoint. Await no network inside, start no task inside."""
    return in_transaction("default")
