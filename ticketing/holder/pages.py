"""The ticket page and its forms."""

from __future__ import annotations

from festival.kit.web.routes import Routes

routes: Routes = []
