"""Job handlers that speak to Stripe."""

from __future__ import annotations

from festival.jobs.worker import Handlers

HANDLERS: Handlers = {}
