"""Job handlers of this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from events.planning.actions import PUBLISH_JOB, publish_due
from festival.jobs.worker import Handlers


async def publish_program(payload: dict[str, Any]) -> None:
    """Publish a program at its hour."""
    await publish_due(int(payload["program"]), dt.datetime.fromisoformat(payload["at"]))


HANDLERS: Handlers = {PUBLISH_JOB: publish_program}
