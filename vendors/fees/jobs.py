"""Job handlers that follow payments."""

from __future__ import annotations

from typing import Any

from festival.jobs.worker import Handler
from vendors.fees.actions import SUBJECT, follow_obligation


async def follow(payload: dict[str, Any]) -> None:
    """What an application owes was paid, or not."""
    await follow_obligation(payload["obligation_id"])


# What is told to this room of obligations, by the kind of their subject.
OBLIGATION_OWNERS: dict[str, Handler] = {SUBJECT: follow}
