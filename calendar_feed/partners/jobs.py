"""The jobs that fetch partners' calendars: one looks who is due, one fetches a source."""

from __future__ import annotations

from typing import Any

from calendar_feed.partners.actions import JOB, enqueue_due, fetch_source
from festival.jobs.regular import Regular
from festival.jobs.worker import Handlers

LOOK = "partners_due"


async def fetch_partner(payload: dict[str, Any]) -> None:
    """Fetch one source, if it is due."""
    await fetch_source(int(payload["source"]))


async def look_who_is_due(_: dict[str, Any]) -> None:
    """Have every source fetched whose time has come."""
    await enqueue_due()


HANDLERS: Handlers = {JOB: fetch_partner, LOOK: look_who_is_due}
REGULAR: Regular = {LOOK: 60}
