"""Job handlers that send sign-in links."""

from __future__ import annotations

from festival.jobs.worker import Handlers

HANDLERS: Handlers = {}
