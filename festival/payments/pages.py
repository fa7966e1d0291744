"""Paying: the pay page, the return from the card page, the webhook."""

from __future__ import annotations

from festival.kit.web.routes import Routes

routes: Routes = []
