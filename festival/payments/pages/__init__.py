"""Paying: the pay page and the webhook for everybody, the books for the office."""

from __future__ import annotations

from festival.kit.web.routes import Routes
from festival.payments.pages import office, paying, reconciling

routes: Routes = [*paying.routes, *reconciling.routes, *office.routes]
