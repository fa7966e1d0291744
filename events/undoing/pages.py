"""The button that takes back what was just done."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.undoing.actions import undo_change
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.pages import go_to
from festival.kit.web.routes import Door, Routes


async def post_undo(request: Request) -> Response:
    """Take it back, and show where it was."""
    return go_to(request, await undo_change(request.path_params["entry"], principal_of(request)))


routes: Routes = [Door("/organize/undo/{entry:int}", staff(Role.ORGANIZER), post=post_undo)]
