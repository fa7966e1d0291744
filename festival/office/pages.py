"""The organizers' home, the audit log, the outbox."""

from __future__ import annotations

from festival.kit.web.routes import Routes

routes: Routes = []
