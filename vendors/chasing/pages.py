"""The list of who and what blocks opening day, and the dates by which the city owes something."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.models import FestivalDeadline
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.settings import settings
from vendors.chasing.actions import remove_deadline, save_deadline, settle_deadline
from vendors.chasing.forms import DeadlineForm
from vendors.chasing.queries import get_deadline, get_festival, list_blocked, list_deadlines
from vendors.chasing.rules import days_left

_TEAM = staff(Role.ORGANIZER)
_HERE = "/organize/festivals/{slug}/chase"
_ONE = _HERE + "/deadlines/{id:int}"


async def get_chase_list(request: Request) -> Response:
    """Who lacks what and what the city owes, the soonest due first."""
    return await _show(request)


async def _show(request: Request, wrong: int = -1, form: FormState | None = None) -> Response:
    festival = await get_festival(request.path_params["slug"])
    zone = settings().zone
    opens_on, today = festival.starts_at.astimezone(zone).date(), now().astimezone(zone).date()
    rows = await list_blocked(festival)
    rows.sort(key=lambda row: row.due_on or opens_on)
    return render(
        request, "vendors/chasing/list.html", 422 if form else 200, festival=festival, rows=rows, today=today,
        opens_on=opens_on, deadlines=await list_deadlines(festival), days_left=days_left, wrong=wrong,
        forms={wrong: form} if form else {}, plain=FormState(), here=f"/organize/festivals/{festival.slug}/chase",
    )  # fmt: skip


async def _deadline(request: Request) -> FestivalDeadline:
    return await get_deadline(await get_festival(request.path_params["slug"]), request.path_params["id"])


def _back(request: Request) -> Response:
    return go_to(request, f"/organize/festivals/{request.path_params['slug']}/chase#deadlines")


async def post_deadline(request: Request) -> Response:
    """Add a deadline."""
    return await _save(request, None)


async def post_changed_deadline(request: Request) -> Response:
    """Change one."""
    return await _save(request, await _deadline(request))


async def _save(request: Request, deadline: FestivalDeadline | None) -> Response:
    festival = await get_festival(request.path_params["slug"])
    try:
        form = await read_form(request, DeadlineForm)
    except Invalid as refusal:
        return await _show(request, deadline.id if deadline else 0, refused_form(request, refusal))
    await save_deadline(festival, deadline, form.title, form.due_on, principal_of(request))
    return _back(request)


async def post_met(request: Request) -> Response:
    """A deadline is met."""
    await settle_deadline(await _deadline(request), principal_of(request), done=True)
    return _back(request)


async def post_open(request: Request) -> Response:
    """It is open after all."""
    await settle_deadline(await _deadline(request), principal_of(request), done=False)
    return _back(request)


async def post_removed(request: Request) -> Response:
    """Take one away."""
    await remove_deadline(await _deadline(request), principal_of(request))
    return _back(request)


routes: Routes = [
    Door(_HERE, _TEAM, get=get_chase_list),
    Door(_HERE + "/deadlines", _TEAM, post=post_deadline),
    Door(_ONE, _TEAM, post=post_changed_deadline),
    Door(_ONE + "/met", _TEAM, post=post_met),
    Door(_ONE + "/open", _TEAM, post=post_open),
    Door(_ONE + "/remove", _TEAM, post=post_removed),
]
