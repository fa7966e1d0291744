"""The pages of changes: the applicant's and the team's."""

from __future__ import annotations

from festival.kit.web.routes import Routes
from vendors.changes.pages import office, own

routes: Routes = [*own.routes, *office.routes]
