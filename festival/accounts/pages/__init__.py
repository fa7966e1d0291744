"""Sign-in and sign-out, everybody's account page, the owners' pages of people and API tokens."""

from __future__ import annotations

from festival.accounts.pages import account, signing_in, team
from festival.kit.web.routes import Routes

routes: Routes = [*signing_in.routes, *account.routes, *team.routes]
