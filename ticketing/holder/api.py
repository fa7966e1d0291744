"""The same as JSON, with the secret of the ticket link as bearer."""

from __future__ import annotations

from festival.kit.web.api import Api

api = Api("tickets")
