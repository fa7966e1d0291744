"""Job handlers of this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from events.editions.actions import PUBLISH_EDITION, publish_edition_due
from festival.jobs.worker import Handlers


async def publish_edition(payload: dict[str, Any]) -> None:
    """Publish a festival at its hour."""
    await publish_edition_due(int(payload["festival"]), dt.datetime.fromisoformat(payload["at"]))


HANDLERS: Handlers = {PUBLISH_EDITION: publish_edition}
