"""Job handlers of messages to many."""

from __future__ import annotations

from typing import Any

from festival.jobs.worker import Handlers
from ticketing.message.actions import SEND, spread_message


async def spread(payload: dict[str, Any]) -> None:
    """The minute is over."""
    await spread_message(payload["message_id"], payload["sent_at"])


HANDLERS: Handlers = {SEND: spread}
