"""The live view for staff."""

from __future__ import annotations

from festival.kit.web.routes import Routes

routes: Routes = []
