"""Job handlers that send tickets."""

from __future__ import annotations

from festival.jobs.worker import Handlers

HANDLERS: Handlers = {}
