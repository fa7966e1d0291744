"""Writes to the job table."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from festival.jobs.models import Job
from festival.jobs.waking import wake_worker


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


async def enqueue(kind: str, key: str, payload: Mapping[str, Any], *, delay_s: float = 0) -> None:
    """Add a job inside the transaction of the change that causes it; a key that is known changes nothing.

    The handler of `kind` is named in the roof's wiring table. It runs at least once, after the commit.
    """
    await enqueue_all([(kind, key, payload)], delay_s=delay_s)


async def enqueue_all(jobs: Sequence[tuple[str, str, Mapping[str, Any]]], *, delay_s: float = 0) -> None:
    """Add several jobs (kind, key, payload) in one statement."""
    at = now_ms()
    await Job.bulk_create(
        [
            Job(
                kind=kind, key=key, payload=dict(payload), run_at_ms=at + round(delay_s * 1000), created_at_ms=at
            )
            for kind, key, payload in jobs
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    wake_worker()
