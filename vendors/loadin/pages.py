"""The team's page of load-in windows, and a vendor's choice of one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import SIGNED_IN, Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import Message
from festival.settings import settings
from vendors.applying.pages import show_status
from vendors.applying.queries import get_application, get_file
from vendors.loadin.actions import choose_window, remove_window, save_window
from vendors.loadin.forms import ChoiceForm, WindowForm
from vendors.loadin.queries import list_fillings
from vendors.siteplan.queries import get_festival

_TEAM = staff(Role.ORGANIZER)
_HERE = "/organize/festivals/{slug}/load-in"


async def get_windows(request: Request) -> Response:
    """Every window with how full it is."""
    return await _show(request)


async def _show(
    request: Request, form: FormState | None = None, status: int = 200, refusal: Message | None = None
) -> Response:
    festival = await get_festival(request.path_params["slug"])
    fillings, undecided = await list_fillings(festival)
    asked = form.value("id") if form else request.query_params.get("window", "")
    chosen = next((one.window for one in fillings if str(one.window.id) == str(asked)), None)
    return render(
        request, "vendors/loadin/windows.html", status, festival=festival, fillings=fillings, undecided=undecided,
        chosen=chosen, form=form or FormState(), refusal=refusal, zone=settings().zone,
    )  # fmt: skip


async def post_window(request: Request) -> Response:
    """Add a window, or change one."""
    festival = await get_festival(request.path_params["slug"])
    try:
        form = await read_form(request, WindowForm)
        await save_window(festival, form.id, form.facts(), principal_of(request))
    except Invalid as refusal:
        return await _show(request, refused_form(request, refusal), 422)
    except Conflict as refusal:
        return await _show(request, None, refusal.status, refusal.words)
    return go_to(request, f"/organize/festivals/{festival.slug}/load-in")


async def post_removed(request: Request) -> Response:
    """Take a window away."""
    festival = await get_festival(request.path_params["slug"])
    try:
        await remove_window(festival, request.path_params["id"], principal_of(request))
    except Conflict as refusal:
        return await _show(request, None, refusal.status, refusal.words)
    return go_to(request, f"/organize/festivals/{festival.slug}/load-in")


async def post_choice(request: Request) -> Response:
    """Choose a window, or another one than before."""
    principal = principal_of(request)
    application = await get_application(principal, request.path_params["receipt"], to_change=True)
    form = await read_form(request, ChoiceForm)
    try:
        await choose_window(application, form.window, principal)
    except Conflict as refusal:
        return await show_status(request, await get_file(application), refusal)
    return go_to(request, f"/applications/{application.receipt}")


routes: Routes = [
    Door(_HERE, _TEAM, get=get_windows, post=post_window),
    Door(f"{_HERE}/{{id:int}}/remove", _TEAM, post=post_removed),
    Door("/applications/{receipt}/load-in", SIGNED_IN, post=post_choice),
]
