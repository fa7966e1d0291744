"""Occurrences made and changed by staff tokens."""

from __future__ import annotations

from festival.kit.web.api import Api

api = Api("programs")
