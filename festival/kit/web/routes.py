"""A `Door` is a route that says who may pass; the roof takes no other kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from festival.kit.errors import Forbidden
from festival.kit.secrets import same
from festival.kit.web.access import Access, Kind, Principal, principal_of
from festival.kit.words import N_

Handler = Callable[[Request], Awaitable[Response]]


class Door(Route):
    """A path, its handlers by method, and the `Access` of each; authorisation comes before anything else.

    One Door per path: Starlette's `Allow` header names only the first match's methods.
    `max_body` is in bytes and is enforced before anything is parsed. What a `kept` door gets is the same for
    everybody who is not signed in, so it is rendered once and given to many (`PageLane`).
    """

    def __init__(
        self,
        path: str,
        access: Access,
        *,
        get: Handler | None = None,
        post: Handler | None = None,
        patch: Handler | None = None,
        writes: Access | None = None,
        max_body: int = 64 * 1024,
        kept: bool = False,
    ) -> None:
        handlers = {"GET": get, "POST": post, "PATCH": patch}
        self.handlers: dict[str, Handler] = {method: h for method, h in handlers.items() if h}
        self.access = access
        self.writes = writes or access
        self.max_body = max_body
        self.kept = kept
        super().__init__(path, self._answer, methods=list(self.handlers), name=path)

    def access_for(self, method: str) -> Access:
        """Who may call this path with `method`."""
        return self.access if method in {"GET", "HEAD"} else self.writes

    async def _answer(self, request: Request) -> Response:
        request.scope["door"] = self
        method = "GET" if request.method == "HEAD" else request.method
        principal = principal_of(request)
        self.access_for(method).require(principal)
        if method != "GET" and principal.kind is Kind.PERSON:
            await _require_form_token(request, principal)
        return await self.handlers[method](request)


async def _require_form_token(request: Request, principal: Principal) -> None:
    """A cookie alone changes nothing: the page's own token must come with it, in the form or a header."""
    given = request.headers.get("x-csrf-token", "")
    if not given and "form" in request.headers.get("content-type", ""):
        given = str((await request.form()).get("csrf", ""))
    if not same(given, principal.csrf):
        raise Forbidden(N_("This page was open for too long. Go back, reload it and send the form again."))


Routes = Sequence[Route]
