"""Staff pages: what the copy of a program will be, and making it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.copying.actions import copy_program, list_timings, plan_copy
from events.planning.forms import CopyForm
from events.planning.queries import get_program
from events.recurrence.rules import RecurrenceWrong, plan_series
from festival.kit.errors import Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes


async def get_copy(request: Request) -> Response:
    """The dates that the copy will have."""
    return await _show(request, FormState())


async def _show(request: Request, form: FormState, status: int = 200) -> Response:
    program = await get_program(request.path_params["slug"])
    try:
        timings = plan_copy(await list_timings(program), None)
        days = sorted(time.starts_on for timing in timings for time in plan_series(timing))
    except (Invalid, RecurrenceWrong):
        days = []
    return render(request, "events/organize/copy.html", status, form=form, program=program, days=days)


async def post_copy(request: Request) -> Response:
    """Make the copy, and go to it."""
    try:
        form = await read_form(request, CopyForm)
        program = await copy_program(request.path_params["slug"], form, principal_of(request))
    except Invalid as refusal:
        return await _show(request, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/programs/{program.slug}")


routes: Routes = [Door("/organize/programs/{slug}/copy", staff(Role.ORGANIZER), get=get_copy, post=post_copy)]
