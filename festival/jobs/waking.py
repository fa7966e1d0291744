"""A nudge within one process, so that a job need not wait for the worker's next look."""

from __future__ import annotations

import asyncio

_sleeping: set[asyncio.Event] = set()


def wake_worker() -> None:
    """Let this process's worker look at once. Between processes the worker's own second has to do."""
    for event in _sleeping:
        event.set()


async def sleep_until_woken(seconds: float) -> None:
    """Wait for `wake_worker`, at most `seconds`."""
    event = asyncio.Event()
    _sleeping.add(event)
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        pass
    finally:
        _sleeping.discard(event)
