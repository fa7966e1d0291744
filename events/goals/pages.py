"""Staff page: the goals of the plan against what is planned."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.goals.actions import save_goal
from events.goals.forms import GoalForm
from events.goals.queries import list_areas, list_goals
from events.goals.rules import share
from events.whats_on.queries import list_area_names
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.settings import settings


async def get_goals(request: Request) -> Response:
    """Every goal with its bars, and the areas."""
    return await _show(request, FormState())


async def _show(request: Request, form: FormState, status: int = 200) -> Response:
    goals = await list_goals()
    year = goals[0].goal.year if goals else now().astimezone(settings().zone).year
    areas = await list_areas(year)
    return render(
        request, "events/organize/goals.html", status, form=form, goals=goals, areas=areas, year=year, share=share,
        area_names=await list_area_names(), most=max((row.reach.people for row in areas), default=0),
    )  # fmt: skip


async def post_goal(request: Request) -> Response:
    """Keep a goal."""
    try:
        await save_goal(await read_form(request, GoalForm), principal_of(request))
    except Invalid as refusal:
        return await _show(request, refused_form(request, refusal), 422)
    return go_to(request, "/organize/goals")


routes: Routes = [Door("/organize/goals", staff(Role.ORGANIZER), get=get_goals, post=post_goal)]
