"""Staff pages: what a change of a festival's state does before it is done, and the page as it will look."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.editions.actions import change_edition
from events.editions.queries import EVERY_STATE, get_edition, get_preview_day, get_reach
from events.fest_day.pages import festival_context
from events.planning.forms import StateForm
from events.planning.rules import NEED_REASON, WAYS
from festival.kit.errors import Invalid, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes

ORGANIZER = staff(Role.ORGANIZER)


async def get_state(request: Request) -> Response:
    """What the change does, before it is done."""
    return await _show(request, FormState())


async def _show(request: Request, form: FormState, status: int = 200) -> Response:
    festival = await get_edition(request.path_params["slug"])
    to = str(form.value("to", request.query_params.get("to", "")))
    if to not in EVERY_STATE or to not in WAYS[festival.state]:
        raise NotFound
    return render(
        request, "events/organize/festival_state.html", status, form=form, festival=festival, to=to,
        needs_reason=to in NEED_REASON, reach=await get_reach(festival),
    )  # fmt: skip


async def post_state(request: Request) -> Response:
    """Change the state, and say how to take it back."""
    slug = request.path_params["slug"]
    try:
        form = await read_form(request, StateForm)
        entry = await change_edition(slug, form, principal_of(request))
    except Invalid as refusal:
        return await _show(request, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/festivals/{slug}/details?undo={entry.id}")


async def get_preview(request: Request) -> Response:
    """The public page of a festival in any state, marked as a preview."""
    day = await get_preview_day(request.path_params["slug"])
    return render(request, "events/organize/festival_preview.html", **await festival_context(request, day))


routes: Routes = [
    Door("/organize/festivals/{slug}/state", ORGANIZER, get=get_state, post=post_state),
    Door("/organize/festivals/{slug}/preview", ORGANIZER, get=get_preview),
]
