"""Staff pages: the acts of a festival."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from events.acts.actions import change_act, create_act, make_acts_of_performers
from events.acts.forms import ActForm
from events.acts.queries import list_acts, list_availability, list_members, list_without_act
from events.models import Act
from events.scheduling.queries import get_act, get_festival
from festival.kit.errors import Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.settings import settings

ORGANIZER = staff(Role.ORGANIZER)
_ACTS = "/organize/festivals/{slug}/acts"


async def get_acts(request: Request) -> Response:
    """Every act, and the form for a new one."""
    return await _show_acts(request, FormState())


async def _show_acts(request: Request, form: FormState, status: int = 200) -> Response:
    festival = await get_festival(request.path_params["slug"])
    return render(
        request,
        "events/organize/acts.html",
        status,
        festival=festival,
        rows=await list_acts(festival.id),
        waiting=await list_without_act(festival.id),
        form=form,
    )


async def post_acts(request: Request) -> Response:
    """Make an act."""
    festival = await get_festival(request.path_params["slug"])
    try:
        await create_act(festival, await read_form(request, ActForm), principal_of(request))
    except Invalid as refusal:
        return await _show_acts(request, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/festivals/{festival.slug}/acts")


async def post_performers(request: Request) -> Response:
    """Make acts of the accepted performers."""
    festival = await get_festival(request.path_params["slug"])
    await make_acts_of_performers(festival, principal_of(request))
    return go_to(request, f"/organize/festivals/{festival.slug}/acts")


async def get_one(request: Request) -> Response:
    """One act: who, how long, with whom, when, and who is told."""
    return await _show_one(request, FormState())


async def _show_one(request: Request, form: FormState, status: int = 200) -> Response:
    festival = await get_festival(request.path_params["slug"])
    act = await get_act(festival.id, request.path_params["act"])
    values = await _values(act)
    return render(
        request, "events/organize/act_facts.html", status, festival=festival, act=act, form=form, values=values
    )


async def _values(act: Act) -> Mapping[str, Any]:
    zone = settings().zone
    times = [
        (time.starts_at.astimezone(zone), time.ends_at.astimezone(zone)) for time in await list_availability(act.id)
    ]
    return {
        "members": "\n".join(await list_members(act.id)),
        "available": "\n".join(f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}" for start, end in times),
        "needs": "\n".join(act.needs),
    }


async def post_one(request: Request) -> Response:
    """Change an act."""
    festival = await get_festival(request.path_params["slug"])
    act = await get_act(festival.id, request.path_params["act"])
    try:
        await change_act(act, await read_form(request, ActForm), principal_of(request))
    except Invalid as refusal:
        return await _show_one(request, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/festivals/{festival.slug}/acts")


routes: Routes = [
    Door(_ACTS, ORGANIZER, get=get_acts, post=post_acts),
    # Before `/acts/{act}`.
    Door(_ACTS + "/of-performers", ORGANIZER, post=post_performers),
    Door(_ACTS + "/{act}", ORGANIZER, get=get_one, post=post_one),
]
