"""Scans and walk-ups as JSON."""

from __future__ import annotations

from festival.kit.web.api import Api

api = Api("gate")
