"""Who is told when somebody arrives: the streams of this process, and through PostgreSQL those of the others.

The gates only set a flag. Four times a second at most it is turned into news, so that no scan waits for a
watcher and a crowd at the gates is one message.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Any, cast

import asyncpg

from festival.settings import Settings

log = logging.getLogger("festival.attendance")

_CHANNEL = "festival_arrivals"
_BREATH_S = 0.25
_RECONNECT_S = 1.0
_LISTEN_AGAIN_S = 15


class Hub:
    """The streams of this process. Each sleeps on its own event; one that is slow misses nothing but repeats."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Event] = set()
        self._news = asyncio.Event()

    def announce(self) -> None:
        """Somebody came or went. Call it after the commit."""
        self._news.set()

    def wake_all(self) -> None:
        """Let every stream of this process look again."""
        for watcher in self._watchers:
            watcher.set()

    @contextlib.asynccontextmanager
    async def watch(self) -> AsyncGenerator[asyncio.Event, None]:
        """An event that is set whenever there may be something new."""
        watcher = asyncio.Event()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    async def run(self, chosen: Settings) -> None:
        """Pass the news on until cancelled. A lost connection to PostgreSQL is made again, for ever."""
        if chosen.on_sqlite:
            while True:
                await self._next_news()
                self.wake_all()
        while True:
            try:
                await self._run_on_postgres(chosen.database_url)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                log.warning("the news of arrivals is cut off from PostgreSQL; trying again")
            await asyncio.sleep(_RECONNECT_S)

    async def _next_news(self) -> None:
        await self._news.wait()
        self._news.clear()
        await asyncio.sleep(_BREATH_S)

    async def _run_on_postgres(self, url: str) -> None:
        connection = cast(Any, await asyncpg.connect(url.partition("?")[0]))

        def hear(*_: object) -> None:
            self.wake_all()

        try:
            await connection.add_listener(_CHANNEL, hear)
            while True:
                # At first too: something may have happened while we were away.
                await connection.execute("SELECT pg_notify($1, '')", _CHANNEL)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._next_news(), timeout=_LISTEN_AGAIN_S)
        finally:
            connection.terminate()


_hub = Hub()


def hub() -> Hub:
    """The hub of this process."""
    return _hub


def announce_arrivals() -> None:
    """Somebody came or went: the live views look again within a second. Call it after the commit."""
    hub().announce()


@contextlib.asynccontextmanager
async def running_hub(chosen: Settings) -> AsyncGenerator[None, None]:
    """A new hub, at work for the block."""
    global _hub  # noqa: PLW0603 - one hub per process
    _hub = Hub()
    task = asyncio.create_task(_hub.run(chosen))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
