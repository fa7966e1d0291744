"""Staff pages over offers and their claims."""

from __future__ import annotations

from festival.kit.web.routes import Routes

routes: Routes = []
