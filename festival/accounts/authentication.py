"""Finds out who is asking, before any handler runs: a session cookie, an API token or a device's token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from festival.accounts.actions import recognise_session
from festival.kit.web.access import NOBODY, Principal, use_asker_address

FindPrincipal = Callable[[str], Awaitable[Principal | None]]


def cookie_name(*, https: bool) -> str:
    """`__Host-` binds the cookie to this host and to https; browsers refuse it on plain http."""
    return "__Host-session" if https else "session"


class Authentication:
    """Puts the Principal into the request's state. A bearer token wins, and its calls take no cookie."""

    def __init__(self, app: ASGIApp, *, https: bool, bearers: Mapping[str, FindPrincipal]) -> None:
        self.app = app
        self.cookie = cookie_name(https=https)
        self.bearers = dict(bearers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/static/"):
            connection = HTTPConnection(scope)
            use_asker_address(connection.client.host if connection.client else "")
            scope.setdefault("state", {})["principal"] = await self._find(connection)
        await self.app(scope, receive, send)

    async def _find(self, connection: HTTPConnection) -> Principal:
        scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            connection.state.bearer = bearer.strip()
            for prefix, find in self.bearers.items():
                if bearer.startswith(prefix):
                    return await find(bearer.strip()) or NOBODY
            return NOBODY
        cookie = connection.cookies.get(self.cookie)
        return (await recognise_session(cookie) if cookie else None) or NOBODY
