"""Staff page: the map beside those who wait for a place; by drag, by two presses, by a form, or as proposed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.models import Festival
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import form_values
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, Message, say
from vendors.booths.queries import get_site
from vendors.placing.actions import give_places, take_places_back
from vendors.placing.queries import find_last_placing, get_desk
from vendors.placing.rules import pairs_of

_TEAM = staff(Role.ORGANIZER)
_HERE = "/organize/festivals/{slug}/placing"
_TOLD = {"placed": N_("The places are given."), "undone": N_("These places are free again.")}


async def _festival(request: Request) -> Festival:
    found = await Festival.get_or_none(slug=request.path_params["slug"])
    if found is None:
        raise NotFound
    return found


async def get_placing(request: Request) -> Response:
    """Who waits, what is free, and, asked for it, a proposal."""
    return await _show(request)


async def _show(request: Request, status: int = 200, refusal: Message | None = None) -> Response:
    festival = await _festival(request)
    desk = await get_desk(festival)
    told = _TOLD.get(request.query_params.get("done", ""))
    return render(
        request, "vendors/placing/desk.html", status, festival=festival, desk=desk, site=await get_site(festival),
        names=True,
        proposal=desk.propose() if request.query_params.get("propose") == "yes" else None, refusal=refusal,
        told=say(told) if told and status == 200 else None, last=await find_last_placing(festival.id),
        by_prefix={
            prefix: [(ground.code, ground.code) for ground in desk.grounds if ground.prefix == prefix]
            for prefix in {ground.prefix for ground in desk.grounds}
        },
    )  # fmt: skip


async def post_placing(request: Request) -> Response:
    """Give the places that the form names, all or none."""
    festival = await _festival(request)
    values = {name: str(value) for name, value in form_values(await request.form()).items()}
    try:
        await give_places(festival, pairs_of(values), principal_of(request))
    except Conflict as refusal:
        return await _show(request, refusal.status, refusal.words)
    return go_to(request, f"/organize/festivals/{festival.slug}/placing?done=placed")


async def post_undo(request: Request) -> Response:
    """Free what was given last."""
    festival = await _festival(request)
    await take_places_back(festival, principal_of(request))
    return go_to(request, f"/organize/festivals/{festival.slug}/placing?done=undone")


routes: Routes = [
    Door(_HERE, _TEAM, get=get_placing, post=post_placing),
    Door(f"{_HERE}/undo", _TEAM, post=post_undo),
]
