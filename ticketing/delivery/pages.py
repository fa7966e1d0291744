"""The ticket as a picture, a PDF and a calendar file."""

from __future__ import annotations

from festival.kit.web.routes import Routes

routes: Routes = []
