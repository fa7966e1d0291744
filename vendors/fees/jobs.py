"""Job handlers that follow payments."""

from __future__ import annotations

from festival.jobs.worker import Handlers

HANDLERS: Handlers = {}
