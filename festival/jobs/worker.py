"""The worker: takes due jobs under a lease, runs their handlers, backs off, gives up visibly."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tortoise.exceptions import BaseORMException

from festival.jobs.actions import now_ms
from festival.jobs.models import Job
from festival.jobs.regular import Regular, make_due
from festival.jobs.sql import TakenJob, take_jobs
from festival.jobs.waking import sleep_until_woken

log = logging.getLogger("festival.jobs")

Handler = Callable[[dict[str, Any]], Awaitable[None]]
Handlers = Mapping[str, Handler]

LEASE_MS = 60_000
_BATCH = 10
_LOOK_EVERY_S = 1.0
_REGULAR_EVERY_S = 5.0
_MOST_ATTEMPTS = 10
_LONGEST_WAIT_MS = 3_600_000


class GiveUp(Exception):
    """Raised by a handler that will never succeed: the job goes to the dead letters at once."""


async def run_worker(handlers: Handlers, stop: asyncio.Event, regular: Regular | None = None) -> None:
    """Work until `stop` is set, `regular` jobs besides; a database that is away for a while is waited for."""
    looked_at = -_REGULAR_EVERY_S
    while not stop.is_set():
        try:
            if time.monotonic() - looked_at >= _REGULAR_EVERY_S:
                await make_due(regular or {})
                looked_at = time.monotonic()
            worked = await run_due_jobs(handlers)
        except (BaseORMException, OSError):
            log.exception("the job table cannot be reached")
            worked = 0
        if not worked:
            await sleep_until_woken(_LOOK_EVERY_S)


async def run_due_jobs(handlers: Handlers) -> int:
    """Run one batch of what is due; returns how many."""
    jobs = await take_jobs(now_ms(), LEASE_MS, _BATCH)
    await asyncio.gather(*(_run_one(handlers, job) for job in jobs))
    return len(jobs)


async def run_all_due(handlers: Handlers) -> int:
    """Run batches until nothing is due; returns how many jobs ran. For commands and tests."""
    total = 0
    while ran := await run_due_jobs(handlers):
        total += ran
    return total


async def _run_one(handlers: Handlers, job: TakenJob) -> None:
    try:
        handler = handlers[job.kind]
        await asyncio.wait_for(handler(job.payload), LEASE_MS / 2000)
        await Job.filter(id=job.id).update(state="done", error="")
    except Exception as error:
        log.warning("job %s %s failed, attempt %s: %r", job.id, job.kind, job.attempts, error)
        dead = job.attempts >= _MOST_ATTEMPTS or isinstance(error, GiveUp | KeyError)
        wait_ms = min(_LONGEST_WAIT_MS, 500 * 2**job.attempts) * (0.5 + random.random())  # noqa: S311 - spreads retries
        await Job.filter(id=job.id).update(
            state="dead" if dead else "todo",
            lease_until_ms=0, run_at_ms=now_ms() + round(wait_ms), error=repr(error)[:500],
        )  # fmt: skip
