"""The scanner web app and the staff page of its devices."""

from __future__ import annotations

from festival.kit.web.routes import Routes

routes: Routes = []
