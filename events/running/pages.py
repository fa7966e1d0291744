"""Staff pages of the day: now and next with its buttons, the running order, the hosts' sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from events.models import Festival, Performance, Stage
from events.running.actions import BreaksRules, cancel_act, delay_stage, plan_delay, restore_act
from events.running.rules import Delay, cut_words
from events.scheduling.actions import undo_last_step
from events.scheduling.forms import SeenForm
from events.scheduling.queries import Desk, find_published_plan, get_act, get_festival, read_desk
from events.scheduling.rules import RULE_NAMES
from festival.kit.clock import now
from festival.kit.errors import Invalid, NotFound
from festival.kit.text import Line
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, say
from festival.settings import settings

ORGANIZER = staff(Role.ORGANIZER)
_HOME = "/organize/festivals/{slug}"


class LateForm(BaseModel):
    """How late a stage runs. `seen` is the latest step that the page showed; `anyway` once the costs were seen."""

    stage: str = Field(max_length=80)
    minutes: Annotated[int, Field(ge=1, le=180)]
    seen: int = 0
    anyway: bool = False


class CancelForm(BaseModel):
    """Who does not perform, and why, for the public."""

    act: str = Field(max_length=80)
    reason: Line


class ActForm(BaseModel):
    """Who performs after all."""

    act: str = Field(max_length=80)


@dataclass(frozen=True)
class StageNow:
    """A stage at one moment."""

    stage: Stage
    current: Performance | None
    following: Sequence[Performance]

    @property
    def next(self) -> Performance | None:
        """What comes next."""
        return next(iter(self.following), None)


async def _desk(request: Request) -> Desk:
    festival = await get_festival(request.path_params["slug"])
    plan = await find_published_plan(festival.id)
    if plan is None:
        raise NotFound(N_("No schedule is published yet."))
    return await read_desk(festival, plan)


def _stages_now(desk: Desk, at: dt.datetime) -> list[StageNow]:
    found: list[StageNow] = []
    for stage in desk.stages:
        rows = [row for row in desk.performances.values() if row.stage_id == stage.id and row.state == "scheduled"]
        current = next((row for row in rows if row.starts_at <= at < row.ends_at), None)
        found.append(StageNow(stage, current, [row for row in rows if row.starts_at > at]))
    return found


async def get_today(request: Request) -> Response:
    """Now and next on every stage, and what can be done about it."""
    return await _show_today(request, FormState())


async def _show_today(
    request: Request, form: FormState, status: int = 200, asked: tuple[Stage, int, Delay] | None = None
) -> Response:
    desk, at = await _desk(request), now()
    return render(
        request,
        "events/organize/today.html",
        status,
        form=form,
        desk=desk,
        festival=desk.festival,
        at=at,
        stages=_stages_now(desk, at),
        coming=[row for row in desk.performances.values() if row.state == "scheduled" and row.ends_at > at],
        cancelled=[row for row in desk.performances.values() if row.state == "cancelled"],
        asked=asked,
        cuts=[cut_words(desk.wishes[act].title, minutes) for act, minutes in asked[2].cut.items()] if asked else [],
        rules=RULE_NAMES,
        conflicts=desk.open_conflicts(),
    )


async def post_late(request: Request) -> Response:
    """Move the rest of a stage; where that costs somebody something, show it first."""
    festival = await get_festival(request.path_params["slug"])
    try:
        form = await read_form(request, LateForm)
        stage = await _find_stage(festival, form.stage)
    except Invalid as refusal:
        return await _show_today(request, refused_form(request, refusal), 422)
    try:
        await delay_stage(festival, stage, form.minutes, form.seen, principal_of(request), anyway=form.anyway)
    except BreaksRules:
        delay = plan_delay(await _desk(request), stage, form.minutes, now())
        return await _show_today(request, FormState(), 409, (stage, form.minutes, delay))
    return _back(request, festival)


async def _find_stage(festival: Festival, slug: str) -> Stage:
    stage = await Stage.get_or_none(festival_id=festival.id, slug=slug)
    if stage is None:
        raise Invalid({"stage": say(N_("There is no such stage."))})
    return stage


def _back(request: Request, festival: Festival) -> Response:
    return go_to(request, f"/organize/festivals/{festival.slug}/today")


async def post_cancel(request: Request) -> Response:
    """Cancel an act."""
    festival = await get_festival(request.path_params["slug"])
    try:
        form = await read_form(request, CancelForm)
    except Invalid as refusal:
        return await _show_today(request, refused_form(request, refusal), 422)
    await cancel_act(festival, await get_act(festival.id, form.act), form.reason, principal_of(request))
    return _back(request, festival)


async def post_restore(request: Request) -> Response:
    """Bring a cancelled act back."""
    festival = await get_festival(request.path_params["slug"])
    form = await read_form(request, ActForm)
    await restore_act(festival, await get_act(festival.id, form.act), principal_of(request))
    return _back(request, festival)


async def post_undo(request: Request) -> Response:
    """Take back the last step of the day."""
    festival = await get_festival(request.path_params["slug"])
    form = await read_form(request, SeenForm)
    plan = await find_published_plan(festival.id)
    if plan is None:
        raise NotFound
    await undo_last_step(plan, form.seen, principal_of(request))
    return _back(request, festival)


def _by_stage(desk: Desk, wanted: str = "") -> list[tuple[Stage, list[Performance]]]:
    return [
        (stage, [row for row in desk.performances.values() if row.stage_id == stage.id])
        for stage in desk.stages
        if not wanted or stage.slug == wanted
    ]


async def get_running_order(request: Request) -> Response:
    """Each stage's order with changeovers and needs, for print; from the schedule that everybody sees."""
    return await _show_sheet(request, "events/organize/running_order.html")


async def get_mc_sheet(request: Request) -> Response:
    """What the hosts say: who, from where, how long, and what comes next; a page for each stage."""
    return await _show_sheet(request, "events/organize/mc_sheet.html")


async def _show_sheet(request: Request, name: str) -> Response:
    desk = await _desk(request)
    wanted = request.query_params.get("stage", "")
    return render(
        request,
        name,
        desk=desk,
        festival=desk.festival,
        sheets=_by_stage(desk, wanted),
        wanted=wanted,
        at=now(),
        zone=settings().zone,
    )


routes: Routes = [
    Door(_HOME + "/today", ORGANIZER, get=get_today),
    Door(_HOME + "/today/late", ORGANIZER, post=post_late),
    Door(_HOME + "/today/cancel", ORGANIZER, post=post_cancel),
    Door(_HOME + "/today/restore", ORGANIZER, post=post_restore),
    Door(_HOME + "/today/undo", ORGANIZER, post=post_undo),
    Door(_HOME + "/running-order", ORGANIZER, get=get_running_order),
    Door(_HOME + "/mc-sheet", ORGANIZER, get=get_mc_sheet),
]
