"""The site map: for everybody once it is public, for organizers always."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.models import Festival
from festival.kit.errors import NotFound
from festival.kit.web.access import ANYONE, Role, principal_of, staff
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from vendors.booths.panels import show_site
from vendors.booths.queries import get_site
from vendors.judging.queries import list_hidden


async def get_public_map(request: Request) -> Response:
    """Where the fixed points are, and, from its day on, who stands where."""
    festival = await Festival.get_or_none(slug=request.path_params["slug"], state="published")
    if festival is None:
        raise NotFound
    shown = await show_site(festival)
    chosen = request.query_params.get("show", "")
    return render(
        request, "vendors/map.html", festival=festival, chosen=chosen if chosen in shown["kinds"] else "", **shown
    )


async def get_staff_map(request: Request) -> Response:
    """Every space, with the way to who has it."""
    festival = await Festival.get_or_none(slug=request.path_params["slug"])
    if festival is None:
        raise NotFound
    site = await get_site(festival)
    there = [space.application.id for space in site.spaces if space.application]
    names = not await list_hidden(there, principal_of(request))
    return render(request, "vendors/review/map.html", festival=festival, site=site, names=names)


routes: Routes = [
    Door("/festival/{slug}/map", ANYONE, get=get_public_map, kept=True),
    Door("/organize/festivals/{slug}/map", staff(Role.ORGANIZER, Role.REVIEWER), get=get_staff_map),
]
