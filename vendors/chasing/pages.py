"""The list of who blocks opening day."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.web.access import Role, staff
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.settings import settings
from vendors.chasing.queries import get_festival, list_blocked


async def get_chase_list(request: Request) -> Response:
    """Who lacks what, the soonest due first."""
    festival = await get_festival(request.path_params["slug"])
    rows = await list_blocked(festival)
    rows.sort(key=lambda row: min((paper.due_on for paper in row.papers), default=festival.starts_at.date()))
    today = now().astimezone(settings().zone).date()
    return render(request, "vendors/chasing/list.html", festival=festival, rows=rows, today=today)


routes: Routes = [
    Door("/organize/festivals/{slug}/chase", staff(Role.ORGANIZER), get=get_chase_list),
]
