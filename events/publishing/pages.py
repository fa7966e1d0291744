"""Staff pages: two versions compared, and the last look before everybody sees one."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from events.models import Festival, SchedulePlan
from events.publishing.actions import publish_version
from events.publishing.queries import list_changes, list_stage_names
from events.scheduling.pages import ORGANIZER, plan_path
from events.scheduling.queries import find_published_plan, get_festival, get_plan, list_plans, read_desk
from events.scheduling.rules import RULE_NAMES
from festival.kit.web.access import principal_of
from festival.kit.web.forms import read_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes

_PLAN = "/organize/festivals/{slug}/schedule/{number}"


class PublishForm(BaseModel):
    """The number of the version that was public when the page was read; 0 for none."""

    seen: int


async def _find(request: Request) -> tuple[Festival, SchedulePlan]:
    festival = await get_festival(request.path_params["slug"])
    return festival, await get_plan(festival.id, request.path_params["number"])


async def get_compare(request: Request) -> Response:
    """What is different from another version: the public one, or the one that `with` names."""
    festival, plan = await _find(request)
    asked = request.query_params.get("with", "")
    plans = await list_plans(festival.id)
    other = await get_plan(festival.id, asked) if asked else await find_published_plan(festival.id)
    if other is None or (other.id == plan.id and not asked):
        other = next((one for one in plans if one.id != plan.id), plan)
    return render(
        request,
        "events/organize/compare.html",
        festival=festival,
        plan=plan,
        other=other,
        plans=plans,
        base=plan_path(festival, plan),
        changes=await list_changes(other, plan),
        stages=await list_stage_names(festival.id),
    )


async def get_publish(request: Request) -> Response:
    """What will change for the public, who will be told, and what still stands in the way."""
    festival, plan = await _find(request)
    public = await find_published_plan(festival.id)
    desk = await read_desk(festival, plan)
    conflicts = desk.board.conflicts()
    return render(
        request,
        "events/organize/publish.html",
        festival=festival,
        plan=plan,
        public=public,
        base=plan_path(festival, plan),
        desk=desk,
        rules=RULE_NAMES,
        conflicts=[conflict for conflict in conflicts if not desk.override_of(conflict)],
        let_be=[(conflict, desk.override_of(conflict)) for conflict in conflicts if desk.override_of(conflict)],
        changes=await list_changes(public, plan),
        stages=await list_stage_names(festival.id),
    )


async def post_publish(request: Request) -> Response:
    """Publish, and show the version as everybody sees it."""
    festival, plan = await _find(request)
    form = await read_form(request, PublishForm)
    await publish_version(festival, plan, form.seen, principal_of(request))
    return go_to(request, f"{plan_path(festival, plan)}?published=yes")


routes: Routes = [
    Door(_PLAN + "/compare", ORGANIZER, get=get_compare),
    Door(_PLAN + "/publish", ORGANIZER, get=get_publish, post=post_publish),
]
