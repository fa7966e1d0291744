"""Staff page: the site-plan editor. Everything that its script does by pointer, the forms beside it do without."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import BadRequest, Conflict, Invalid, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Handler, Routes
from festival.kit.words import N_, Message, say
from vendors.booths.rules import POINTS, frame_of
from vendors.siteplan.actions import keep_plan, undo_plan
from vendors.siteplan.forms import MarkForm, PlanForm, RowForm, SentPlan, SpotForm
from vendors.siteplan.queries import find_last_plan, get_festival, get_plan, list_owners
from vendors.siteplan.rules import Plan, find_faults, lay_row

_TEAM = staff(Role.ORGANIZER)
_HERE = "/organize/festivals/{slug}/plan"
_TOLD = {"saved": N_("Saved. It counts from now on."), "undone": N_("The change was taken back.")}
_LONGEST = 512 * 1024


async def get_plan_page(request: Request) -> Response:
    """The site as it is drawn now."""
    return await show_plan(request)


async def show_plan(
    request: Request, form: FormState | None = None, status: int = 200, refusal: Message | None = None,
    drawn: Plan | None = None,
) -> Response:  # fmt: skip
    """The editor; `drawn` is a plan that was refused, to be drawn on."""
    festival = await get_festival(request.path_params["slug"])
    plan = drawn or await get_plan(festival.id)
    boxes = [(spot.x_ft, spot.y_ft, spot.width_ft, spot.depth_ft) for spot in plan.spots]
    boxes += [(mark.x_ft - 6, mark.y_ft - 6, 12.0, 12.0) for mark in plan.marks]
    asked = request.query_params.get("space", "")
    told = _TOLD.get(request.query_params.get("done", ""))
    return render(
        request, "vendors/siteplan/edit.html", status, festival=festival, plan=plan, frame=frame_of(boxes),
        owners=await list_owners(festival.id), faults=find_faults(plan), form=form or FormState(), refusal=refusal,
        chosen=next((spot for spot in plan.spots if str(spot.id) == asked), None), point_names=POINTS,
        told=say(told) if told and status == 200 else None, last=await find_last_plan(festival.id),
        zones=sorted({spot.zone for spot in plan.spots if spot.zone}),
        data={"spots": [asdict(spot) for spot in plan.spots], "marks": [asdict(mark) for mark in plan.marks]},
    )  # fmt: skip


async def post_plan(request: Request) -> Response:
    """Keep the plan that the script sends."""
    sent = await read_form(request, SentPlan)
    try:
        plan = PlanForm.model_validate(json.loads(sent.plan)).plan()
    except (ValueError, ValidationError):
        raise BadRequest(N_("The plan could not be read.")) from None
    try:
        await keep_plan(request.path_params["slug"], plan, sent.seen, principal_of(request))
    except Invalid as refusal:
        return await show_plan(request, FormState({}, refusal.errors), 422, drawn=plan)
    except Conflict as refusal:
        return await show_plan(request, None, refusal.status, refusal.words)
    return go_to(request, _page(request, "done=saved"))


def _page(request: Request, query: str) -> str:
    return f"/organize/festivals/{request.path_params['slug']}/plan?{query}"


def _by_form(model: type[SpotForm | MarkForm], change: Callable[[Plan, object], Plan]) -> Handler:
    """A handler that changes the present plan by one form."""

    async def post_form(request: Request) -> Response:
        """Change one thing of the plan."""
        festival = await get_festival(request.path_params["slug"])
        try:
            form = await read_form(request, model)
            plan = change(await get_plan(festival.id), form)
            await keep_plan(festival.slug, plan, None, principal_of(request))
        except Invalid as refusal:
            return await show_plan(request, refused_form(request, refusal), 422)
        return go_to(request, _page(request, "done=saved"))

    return post_form


def _with_spot(plan: Plan, form: object) -> Plan:
    assert isinstance(form, SpotForm)  # noqa: S101 - wired below
    spot = form.spot()
    if spot.id and all(one.id != spot.id for one in plan.spots):
        raise NotFound
    return replace(plan, spots=[*(one for one in plan.spots if one.id != spot.id or not spot.id), spot])


def _with_row(plan: Plan, form: object) -> Plan:
    assert isinstance(form, RowForm)  # noqa: S101
    first = SpotForm.model_validate(form.model_dump(include=set(SpotForm.model_fields))).spot()
    return replace(plan, spots=[*plan.spots, *lay_row(first, form.count, form.per_row, form.step_x, form.step_y)])


def _with_mark(plan: Plan, form: object) -> Plan:
    assert isinstance(form, MarkForm)  # noqa: S101
    mark = form.mark()
    return replace(plan, marks=[*(one for one in plan.marks if one.id != mark.id or not mark.id), mark])


def _without(kind: str) -> Handler:
    async def post_removed(request: Request) -> Response:
        """Take one space or point away."""
        festival = await get_festival(request.path_params["slug"])
        plan, number = await get_plan(festival.id), request.path_params["id"]
        if kind == "spot":
            plan = replace(plan, spots=[one for one in plan.spots if one.id != number])
        else:
            plan = replace(plan, marks=[one for one in plan.marks if one.id != number])
        try:
            await keep_plan(festival.slug, plan, None, principal_of(request))
        except Invalid as refusal:
            return await show_plan(request, FormState({}, refusal.errors), 422)
        return go_to(request, _page(request, "done=saved"))

    return post_removed


async def post_undo(request: Request) -> Response:
    """Take the latest change back."""
    try:
        await undo_plan(request.path_params["slug"], principal_of(request))
    except Invalid as refusal:
        return await show_plan(request, FormState({}, refusal.errors), 422)
    return go_to(request, _page(request, "done=undone"))


routes: Routes = [
    Door(_HERE, _TEAM, get=get_plan_page, post=post_plan, max_body=_LONGEST),
    Door(f"{_HERE}/spaces", _TEAM, post=_by_form(SpotForm, _with_spot)),
    Door(f"{_HERE}/rows", _TEAM, post=_by_form(RowForm, _with_row)),
    Door(f"{_HERE}/points", _TEAM, post=_by_form(MarkForm, _with_mark)),
    Door(f"{_HERE}/spaces/{{id:int}}/remove", _TEAM, post=_without("spot")),
    Door(f"{_HERE}/points/{{id:int}}/remove", _TEAM, post=_without("mark")),
    Door(f"{_HERE}/undo", _TEAM, post=post_undo),
]
