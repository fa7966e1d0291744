"""Offers as JSON, and making them by staff token."""

from __future__ import annotations

from festival.kit.web.api import Api

api = Api("tickets")
