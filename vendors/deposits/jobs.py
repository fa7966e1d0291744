"""Deposits go back a few at a time."""

from __future__ import annotations

from typing import Any

from festival.jobs.worker import Handlers
from vendors.deposits.actions import GIVE_BACK, go_on


async def give_back(payload: dict[str, Any]) -> None:
    """The next ones."""
    await go_on(payload["run_id"])


HANDLERS: Handlers = {GIVE_BACK: give_back}
