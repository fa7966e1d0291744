"""Many small requests, one transaction: what arrives while a group is in flight goes with the next.

There is no timer: a lone request goes at once, a crowd makes its own groups. One group is in flight per
process, so that a process never waits for a row that it holds itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from festival.kit.errors import Overloaded

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class Grouping(Generic[Item, Outcome]):
    """Runs items in groups of at most `most`, in the order of their arrival.

    `run` gets the items of a group and returns, after its commit, one outcome for each, in order; an
    exception among the outcomes is raised to the one who asked. When `run` itself raises, the items of
    that group are run one by one, so that a bad one cannot hurt its neighbours. More than `queue` items
    waiting: Overloaded at once.
    """

    def __init__(
        self, run: Callable[[list[Item]], Awaitable[Sequence[Outcome | Exception]]], *, most: int = 256,
        queue: int = 4096,
    ) -> None:  # fmt: skip
        self._run = run
        self._most = most
        self._queue = queue
        self._waiting: deque[tuple[Item, asyncio.Future[Outcome]]] = deque()
        self._runner: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Outcome:
        """The outcome of `item`, once its group is committed. Never call it inside a transaction."""
        if len(self._waiting) >= self._queue:
            raise Overloaded
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run_groups())
        return await future

    async def _run_groups(self) -> None:
        try:
            while self._waiting:
                await self._run_group()
        finally:
            for _, future in self._waiting:
                future.cancel()
            self._waiting.clear()

    async def _run_group(self) -> None:
        group: list[tuple[Item, asyncio.Future[Outcome]]] = []
        while self._waiting and len(group) < self._most:
            entry = self._waiting.popleft()
            if not entry[1].done():  # whoever went away before the start is left out
                group.append(entry)
        if not group:
            return
        try:
            _settle(group, await self._run([item for item, _ in group]))
        except Exception as error:
            if len(group) == 1:
                _settle(group, [error])
                return
            for entry in group:
                await self._run_alone(entry)
        except BaseException:
            for _, future in group:
                future.cancel()
            raise

    async def _run_alone(self, entry: tuple[Item, asyncio.Future[Outcome]]) -> None:
        try:
            _settle([entry], await self._run([entry[0]]))
        except Exception as error:
            _settle([entry], [error])


def _settle(
    group: Sequence[tuple[Item, asyncio.Future[Outcome]]], outcomes: Sequence[Outcome | Exception]
) -> None:  # fmt: skip
    for (_, future), outcome in zip(group, outcomes, strict=True):
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
