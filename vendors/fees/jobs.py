"""Job handlers that follow payments."""

from __future__ import annotations

from festival.jobs.worker import Handler

# What is told to this room of obligations, by the kind of their subject.
OBLIGATION_OWNERS: dict[str, Handler] = {}
