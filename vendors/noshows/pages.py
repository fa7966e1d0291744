"""Who has not arrived, for the team and the gate office: marked, and taken back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import read_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, Message, say
from vendors.lifecycle.reasons import reason_lines
from vendors.models import Application, Call
from vendors.noshows.actions import mark_no_shows, undo_no_show
from vendors.noshows.forms import TickedForm
from vendors.noshows.queries import list_awaited, list_marked
from vendors.siteplan.queries import get_festival

_TEAM = staff(Role.ORGANIZER, Role.GATE)
_HERE = "/organize/festivals/{slug}/no-shows"


async def get_no_shows(request: Request) -> Response:
    """Who is missed, who can still come, who was marked."""
    return await _show(request)


async def _show(request: Request, status: int = 200, refusal: Message | None = None) -> Response:
    festival = await get_festival(request.path_params["slug"])
    call = await Call.get_or_none(festival_id=festival.id)
    if call is None:
        raise NotFound
    awaited = await list_awaited(festival)
    return render(
        request, "vendors/noshows/list.html", status, festival=festival, call=call, refusal=refusal,
        proposed=[one for one in awaited if one.is_proposed], awaited=[one for one in awaited if not one.is_proposed],
        marked=await list_marked(festival), reason_lines=reason_lines,
        here=f"/organize/festivals/{festival.slug}/no-shows",
    )  # fmt: skip


async def post_no_shows(request: Request) -> Response:
    """Mark those who were ticked."""
    festival = await get_festival(request.path_params["slug"])
    form = await read_form(request, TickedForm)
    try:
        others = await mark_no_shows(festival, form.ticked, principal_of(request))
    except Conflict as refusal:
        return await _show(request, refusal.status, refusal.words)
    if others:
        names = ", ".join(one.name or one.receipt for one in others)
        return await _show(
            request, 409, say(N_("Not marked, since they moved on in the meantime: %(names)s."), names=names)
        )
    return go_to(request, f"/organize/festivals/{festival.slug}/no-shows")


async def post_undo(request: Request) -> Response:
    """They came after all."""
    festival = await get_festival(request.path_params["slug"])
    application = await Application.get_or_none(
        receipt=request.path_params["receipt"], category__call__festival_id=festival.id
    )
    if application is None:
        raise NotFound
    try:
        await undo_no_show(application, principal_of(request))
    except Conflict as refusal:
        return await _show(request, refusal.status, refusal.words)
    return go_to(request, f"/organize/festivals/{festival.slug}/no-shows")


routes: Routes = [
    Door(_HERE, _TEAM, get=get_no_shows, post=post_no_shows),
    Door(_HERE + "/{receipt}/undo", _TEAM, post=post_undo),
]
