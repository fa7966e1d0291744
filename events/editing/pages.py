"""Staff pages over programs and festivals."""

from __future__ import annotations

from festival.kit.web.routes import Routes

routes: Routes = []
