"""Staff pages: the schedule as a grid, and the place of one act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from events.models import Act, Festival, Performance, SchedulePlan
from events.placing.rules import Fix, explain, offer_fixes, propose
from events.scheduling.actions import Cause, NotADraft, allow_conflict, arrange, create_version, forbid_again
from events.scheduling.actions import undo_last_step as undo
from events.scheduling.drawing import Grid, draw_acts, draw_around, list_days, make_grid
from events.scheduling.forms import AllowForm, PlaceForm, RuleForm, SeenForm, VersionForm
from events.scheduling.placements import Placement
from events.scheduling.queries import (
    Desk,
    find_next_festival,
    get_act,
    get_festival,
    get_plan,
    list_plans,
    read_desk,
)
from events.scheduling.rules import RULE_NAMES, Conflict, Span
from festival.kit.errors import Invalid
from festival.kit.i18n import gettext
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render, url_for_reader
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, say
from festival.settings import settings

ORGANIZER = staff(Role.ORGANIZER)
_HOME = "/organize/festivals/{slug}/schedule"
_PLAN = _HOME + "/{number}"
_ACT = _PLAN + "/acts/{act}"
# Fixes are sought for so many conflicts at a time: each looks at every five minutes of every stage.
_MOST_FIXED = 12
_MOST_EXPLAINED = 15


def plan_path(festival: Festival, plan: SchedulePlan | int) -> str:
    """The address of a version's page."""
    number = plan if isinstance(plan, int) else plan.number
    return f"/organize/festivals/{festival.slug}/schedule/{number}"


async def get_schedules(request: Request) -> Response:
    """The way to the schedule of the festival that is on or comes next."""
    festival = await find_next_festival()
    if festival is None:
        return render(request, "events/organize/no_schedule.html", festival=None)
    return RedirectResponse(url_for_reader(request)(f"/organize/festivals/{festival.slug}/schedule"), 303)


async def get_home(request: Request) -> Response:
    """The latest draft, or else the version that the public sees, or the page that makes the first one."""
    festival = await get_festival(request.path_params["slug"])
    plans = await list_plans(festival.id)
    shown = next((plan for plan in plans if plan.state == "draft"), None)
    shown = shown or next((plan for plan in plans if plan.state == "published"), None) or next(iter(plans), None)
    if shown is None:
        return render(request, "events/organize/no_schedule.html", festival=festival)
    return await _show_board(request, festival, shown)


async def post_home(request: Request) -> Response:
    """Make a new version, out of the one named or from nothing."""
    festival = await get_festival(request.path_params["slug"])
    form = await read_form(request, VersionForm)
    source = await get_plan(festival.id, form.source) if form.source else None
    plan = await create_version(festival, source, (form.name or "")[:80], principal_of(request))
    return go_to(request, plan_path(festival, plan))


async def _find(request: Request) -> tuple[Festival, SchedulePlan]:
    festival = await get_festival(request.path_params["slug"])
    return festival, await get_plan(festival.id, request.path_params["number"])


async def get_board(request: Request) -> Response:
    """One version: stages side by side, what is wrong with it, and who has no place yet."""
    return await _show_board(request, *await _find(request))


async def _show_board(request: Request, festival: Festival, plan: SchedulePlan) -> Response:
    desk = await read_desk(festival, plan)
    conflicts = desk.board.conflicts()
    open_conflicts = [conflict for conflict in conflicts if not desk.override_of(conflict)]
    shown = request.query_params.get("act", "")
    return render(
        request,
        "events/organize/schedule.html",
        desk=desk,
        festival=festival,
        plan=plan,
        plans=await list_plans(festival.id),
        base=plan_path(festival, plan),
        rules=RULE_NAMES,
        conflicts=_with_fixes(desk, conflicts),
        open_count=len(open_conflicts),
        wrong={conflict.act for conflict in open_conflicts} | {c.other for c in open_conflicts if c.other},
        shown=desk.performances.get(shown),
        shown_conflicts=[c for c in conflicts if shown and shown in (c.act, c.other)],
        unplaced=_with_reasons(desk),
        **_drawing(desk, request.query_params.get("day", "")),
    )


def _with_fixes(desk: Desk, conflicts: list[Conflict]) -> list[tuple[Conflict, str, list[Fix]]]:
    """Each conflict, the act that would be moved, and what would mend it."""
    found: list[tuple[Conflict, str, list[Fix]]] = []
    for number, conflict in enumerate(conflicts):
        mendable = desk.plan.state == "draft" and number < _MOST_FIXED and not desk.override_of(conflict)
        act = act_to_move(desk, conflict)
        fixes = offer_fixes(desk.board.slots[act], desk.board, desk.hours) if mendable and act else []
        found.append((conflict, act, fixes))
    return found


def act_to_move(desk: Desk, conflict: Conflict) -> str:
    """The act to which fixes are offered: the later one, or the other if that is pinned; "" if both are."""
    acts = [conflict.act, *([conflict.other] if conflict.other else [])]
    return next((act for act in acts if not desk.performances[act].pinned), "")


def _with_reasons(desk: Desk) -> list[tuple[Act, list[Any]]]:
    """The acts without a place, the first of them with the reasons; the others have them on their own page."""
    return [
        (act, explain(desk.wishes[act.slug], desk.board, desk.hours) if number < _MOST_EXPLAINED else [])
        for number, act in enumerate(desk.unplaced)
    ]


def _drawing(desk: Desk, asked: str) -> dict[str, Any]:
    zone = settings().zone
    spans = [window for stage in desk.board.stages.values() for window in stage.opening]
    spans += [Span(row.starts_at, row.ends_at) for row in desk.performances.values()]
    spans = spans or [desk.hours]
    days = list_days(spans, zone)
    day = next((one for one in days if one.isoformat() == asked), days[0])
    grid = make_grid(spans, day, zone)
    columns = {stage.slug: number for number, stage in enumerate(desk.stages[:8], 1)}
    return {
        "grid": grid,
        "days": days,
        "columns": columns,
        "boxes": draw_acts(desk.board, grid, columns),
        "around": draw_around(desk.board, grid, columns),
        "minute_of": partial(_minute_of, grid),
    }


def _minute_of(grid: Grid, moment: dt.datetime) -> int:
    return grid.opens_minute + round((moment - grid.opens_at).total_seconds() / 60)


async def get_act_page(request: Request) -> Response:
    """The form that places one act, what is wrong with its place, and what would mend it."""
    return await _show_act(request, FormState())


async def _show_act(request: Request, form: FormState, status: int = 200) -> Response:
    festival, plan = await _find(request)
    act = await get_act(festival.id, request.path_params["act"])
    desk = await read_desk(festival, plan)
    row = desk.performances.get(act.slug)
    slot = desk.board.slots.get(act.slug)
    mine = [c for c in desk.board.conflicts() if act.slug in (c.act, c.other)]
    return render(
        request,
        "events/organize/act.html",
        status,
        form=form,
        desk=desk,
        festival=festival,
        plan=plan,
        act=act,
        row=row,
        base=plan_path(festival, plan),
        rules=RULE_NAMES,
        conflicts=mine,
        fixes=offer_fixes(slot, desk.board, desk.hours) if slot and mine and plan.state == "draft" else [],
        reasons=[] if slot else explain(desk.wishes[act.slug], desk.board, desk.hours),
        values=_values(act, row, festival),
        stages=[(stage.slug, stage.name) for stage in desk.stages],
        broken=_broken_rules(mine, act),
    )


def _broken_rules(conflicts: list[Conflict], act: Act) -> list[tuple[str, str]]:
    """The rules that the act breaks itself, with their names, each once."""
    rules = dict.fromkeys(str(conflict.rule) for conflict in conflicts if conflict.act == act.slug)
    return [(rule, gettext(RULE_NAMES[rule])) for rule in rules]


def _values(act: Act, row: Performance | None, festival: Festival) -> Mapping[str, Any]:
    starts_at = (row.starts_at if row else festival.starts_at).astimezone(settings().zone)
    return {
        "stage": row.stage.slug if row else "",
        "starts": f"{starts_at:%Y-%m-%dT%H:%M}",
        "minutes": round((row.ends_at - row.starts_at).total_seconds() / 60) if row else act.set_minutes,
        "changeover": row.changeover_before if row and row.changeover_before is not None else "",
        "pinned": bool(row and row.pinned),
        "revision": row.revision if row else 0,
    }


async def post_act(request: Request) -> Response:
    """Put an act where the form says, and show the schedule with what that breaks."""
    festival, plan = await _find(request)
    act = await get_act(festival.id, request.path_params["act"])
    try:
        form = await read_form(request, PlaceForm)
        placement = await _placement(festival, plan, act, form)
    except Invalid as refusal:
        return await _show_act(request, refused_form(request, refusal), 422)
    kind = "moved" if form.revision else "placed"
    cause = Cause(kind, act.title)
    await arrange(plan, {act.id: placement}, cause, principal_of(request), revision=form.revision)
    day = placement.starts_at.astimezone(settings().zone).date()
    return _back(request, festival, plan, act=act.slug, day=str(day))


async def _placement(festival: Festival, plan: SchedulePlan, act: Act, form: PlaceForm) -> Placement:
    desk = await read_desk(festival, plan)
    stage = next((stage for stage in desk.stages if stage.slug == form.stage), None)
    if stage is None:
        raise Invalid({"stage": say(N_("There is no such stage."))})
    starts_at = form.starts_at()
    around = dt.timedelta(days=2)
    if not festival.starts_at - around <= starts_at <= festival.ends_at + around:
        raise Invalid({"starts": say(N_("This is not a day of the festival."))})
    # What the form leaves out stays as it is.
    row = desk.performances.get(act.slug)
    length = row.ends_at - row.starts_at if row else dt.timedelta(minutes=act.set_minutes)
    length = dt.timedelta(minutes=form.minutes) if form.minutes else length
    given = form.model_fields_set
    return Placement(
        stage.id, starts_at, starts_at + length,
        form.changeover if "changeover" in given or row is None else row.changeover_before,
        form.pinned if "pinned" in given or "form" in given or row is None else row.pinned,
    )  # fmt: skip


def _back(request: Request, festival: Festival, plan: SchedulePlan, **query: str) -> Response:
    asked = f"?{urlencode(query)}" if query else ""
    return go_to(request, f"{plan_path(festival, plan)}{asked}")


async def post_unplace(request: Request) -> Response:
    """Take an act out of a version."""
    festival, plan = await _find(request)
    act = await get_act(festival.id, request.path_params["act"])
    await arrange(plan, {act.id: None}, Cause("unplaced", act.title), principal_of(request))
    return _back(request, festival, plan)


async def post_allow(request: Request) -> Response:
    """Let an act break a rule, with the reason."""
    festival, plan = await _find(request)
    act = await get_act(festival.id, request.path_params["act"])
    try:
        form = await read_form(request, AllowForm)
    except Invalid as refusal:
        return await _show_act(request, refused_form(request, refusal), 422)
    await allow_conflict(plan, act, form.rule, form.reason, principal_of(request))
    return _back(request, festival, plan, act=act.slug)


async def post_forbid(request: Request) -> Response:
    """Take the permission back."""
    festival, plan = await _find(request)
    act = await get_act(festival.id, request.path_params["act"])
    form = await read_form(request, RuleForm)
    await forbid_again(plan, act, form.rule, principal_of(request))
    return _back(request, festival, plan, act=act.slug)


async def post_propose(request: Request) -> Response:
    """Find places for the acts without one; what is placed stays."""
    festival, plan = await _find(request)
    if plan.state != "draft":
        raise NotADraft
    desk = await read_desk(festival, plan)
    wishes = [desk.wishes[act.slug] for act in desk.unplaced[:40]]
    found = propose(wishes, desk.board, desk.hours)
    ids = {act.slug: act.id for act in desk.unplaced}
    stages = {stage.slug: stage.id for stage in desk.stages}
    changes = {
        ids[act]: Placement(stages[slot.stage], slot.span.starts_at, slot.span.ends_at) for act, slot in found.items()
    }
    if changes:
        cause = Cause("proposed", plan.name, len(changes))
        await arrange(plan, changes, cause, principal_of(request), revision=0)
    return _back(request, festival, plan, proposed=str(len(changes)))


async def post_undo(request: Request) -> Response:
    """Take back the last change of a draft."""
    festival, plan = await _find(request)
    form = await read_form(request, SeenForm)
    if plan.state != "draft":
        raise NotADraft
    await undo(plan, form.seen, principal_of(request))
    return _back(request, festival, plan)


routes: Routes = [
    Door("/organize/schedule", ORGANIZER, get=get_schedules),
    Door(_HOME, ORGANIZER, get=get_home, post=post_home),
    Door(_PLAN, ORGANIZER, get=get_board),
    Door(_PLAN + "/propose", ORGANIZER, post=post_propose),
    Door(_PLAN + "/undo", ORGANIZER, post=post_undo),
    Door(_ACT, ORGANIZER, get=get_act_page, post=post_act),
    Door(_ACT + "/unplace", ORGANIZER, post=post_unplace),
    Door(_ACT + "/allow", ORGANIZER, post=post_allow),
    Door(_ACT + "/forbid", ORGANIZER, post=post_forbid),
]
