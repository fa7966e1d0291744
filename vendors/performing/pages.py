"""A group confirms its time, from the page of its application."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict
from festival.kit.web.access import SIGNED_IN, principal_of
from festival.kit.web.pages import go_to
from festival.kit.web.routes import Door, Routes
from vendors.applying.pages import show_status
from vendors.applying.queries import get_application, get_file
from vendors.performing.actions import confirm_time


async def post_confirm(request: Request) -> Response:
    """Say yes to the time that the page showed."""
    principal = principal_of(request)
    application = await get_application(principal, request.path_params["receipt"], to_change=True)
    token = str((await request.form()).get("time", ""))[:80]
    try:
        await confirm_time(application, request.path_params["act"], token, principal)
    except Conflict as refusal:
        return await show_status(request, await get_file(application), refusal)
    return go_to(request, f"/applications/{application.receipt}")


routes: Routes = [Door("/applications/{receipt}/acts/{act:int}/confirm", SIGNED_IN, post=post_confirm)]
