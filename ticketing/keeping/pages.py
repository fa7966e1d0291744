"""What is held about me, and its erasure."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from festival.kit.web.access import holder, principal_of
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to
from festival.kit.web.routes import Door, Routes
from ticketing.claim.rules import PER_MINUTE
from ticketing.keeping.actions import erase_holder
from ticketing.keeping.queries import get_held_data

HOLDER = holder("the ticket's link")


async def get_data(request: Request) -> Response:
    """Everything that is held about the holder, as a file."""
    limit(request, "ticket", PER_MINUTE)
    data = await get_held_data(request.path_params["secret"])
    named = {"Content-Disposition": 'attachment; filename="held-about-me.json"', "Cache-Control": "private, no-store"}
    return JSONResponse(data, headers=named)


async def post_erase(request: Request) -> Response:
    """Erase name, address and answers; the ticket stays."""
    limit(request, "holder", PER_MINUTE)
    secret = request.path_params["secret"]
    await erase_holder(secret, principal_of(request))
    return go_to(request, f"/tickets/{secret}?done=erase")


routes: Routes = [
    Door("/tickets/{secret}/data.json", HOLDER, get=get_data),
    Door("/tickets/{secret}/erase", HOLDER, post=post_erase),
]
