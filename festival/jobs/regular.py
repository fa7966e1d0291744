"""What has to be done every so often: one row of the job table for each, made due again once it is done."""

from __future__ import annotations

from collections.abc import Mapping

from tortoise.expressions import Q

from festival.jobs.actions import enqueue, now_ms
from festival.jobs.models import Job

# A kind of job, and after how many seconds it is due again.
Regular = Mapping[str, int]


async def make_due(regular: Regular) -> None:
    """Make every regular job due whose time has come; any number of workers may do so, it runs once each time."""
    for kind, every_s in regular.items():
        key, at = f"regular:{kind}", now_ms()
        again = Q(state__in=["done", "dead"]) & Q(run_at_ms__lte=at - every_s * 1000)
        woken = await Job.filter(again, key=key).update(state="todo", attempts=0, run_at_ms=at, lease_until_ms=0)
        if not woken and not await Job.filter(key=key).exists():
            await enqueue(kind, key, {})
