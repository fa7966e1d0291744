"""Job handlers of keeping: names go when their time is over."""

from __future__ import annotations

from typing import Any

from festival.jobs.regular import Regular
from festival.jobs.worker import Handlers
from ticketing.keeping.actions import erase_what_is_over

ERASE = "ticketing.erase_names"


async def erase_names(_: dict[str, Any]) -> None:
    """Erase what is over."""
    await erase_what_is_over()


HANDLERS: Handlers = {ERASE: erase_names}
REGULAR: Regular = {ERASE: 900}
