"""Attendance as JSON and as a stream."""

from __future__ import annotations

from festival.kit.web.api import Api

api = Api("gate")
