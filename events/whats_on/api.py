"""What is on, as JSON."""

from __future__ import annotations

from festival.kit.web.api import Api

api = Api("programs")
