"""Job handlers that write to applicants."""

from __future__ import annotations

from festival.jobs.worker import Handlers

HANDLERS: Handlers = {}
