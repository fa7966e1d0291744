"""Job handlers of the waitlist."""

from __future__ import annotations

from festival.jobs.worker import Handlers

HANDLERS: Handlers = {}
