"""A festival's schedule with its conflicts, as JSON, and a check of what a change would break; nothing is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints
from starlette.requests import Request

from events.placing.rules import explain, offer_fixes
from events.scheduling.people import person_key
from events.scheduling.queries import Desk, find_published_plan, get_festival, get_plan, read_desk
from events.scheduling.rules import Board, Conflict, Slot, Span
from festival.kit.errors import Invalid, NotFound
from festival.kit.i18n import put
from festival.kit.text import Line
from festival.kit.web.access import Role, Scope, scope, staff
from festival.kit.web.api import Answer, Api, Body
from festival.kit.words import N_, say
from festival.settings import settings

api = Api("schedule")
PROGRAMS = scope(Scope.PROGRAMS) | staff(Role.ORGANIZER)
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
_MOST_FIXED = 12


class ScheduleQuery(Body):
    """Which version: its number; without one, the version that everybody sees."""

    plan: Annotated[str, StringConstraints(max_length=6)] = ""


class PerformanceAnswer(Answer):
    """An act on a stage. `uid` is the same in every version, `sequence` rises with every change of the public one."""

    act: str
    title: str
    uid: str
    stage: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    state: str
    pinned: bool
    sequence: int
    revision: int


class FixAnswer(Answer):
    """A change after which the act breaks no rule; `kind` is `time`, `stage` or `shorter`."""

    act: str
    kind: str
    stage: str
    starts_at: dt.datetime
    minutes: int


class ConflictAnswer(Answer):
    """A broken rule by its name; `allowed` is the reason for which an organizer let it be."""

    rule: str
    act: str
    other: str | None
    message: str
    allowed: str | None
    fixes: list[FixAnswer]


class ReasonAnswer(Answer):
    """Why an act has no place on a stage; or the first place where it fits."""

    stage: str
    rule: str | None
    message: str
    starts_at: dt.datetime | None


class UnplacedAnswer(Answer):
    """An act without a place."""

    act: str
    title: str
    minutes: int
    reasons: list[ReasonAnswer]


class ScheduleAnswer(Answer):
    """One version of a festival's schedule."""

    festival: str
    plan: int
    state: str
    name: str
    published_at: dt.datetime | None
    performances: list[PerformanceAnswer]
    unplaced: list[UnplacedAnswer]
    conflicts: list[ConflictAnswer]


class SpanBody(Body):
    """A time."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class ChangeBody(Body):
    """A place to try for an act. `people` and `available`, if given, stand in for what is known of it."""

    act: Name
    stage: Name | None = None
    starts_at: AwareDatetime | None = None
    minutes: Annotated[int | None, Field(ge=5, le=720)] = None
    people: Annotated[list[Line] | None, Field(max_length=100)] = None
    available: Annotated[list[SpanBody] | None, Field(max_length=50)] = None
    amplified: bool | None = None


class CheckBody(Body):
    """Changes to try together in a version; without `plan` in the one that everybody sees. `fixes` asks for fixes."""

    plan: Annotated[str, StringConstraints(max_length=6)] = ""
    fixes: bool = True
    changes: Annotated[list[ChangeBody], Field(max_length=100)]


class CheckAnswer(Answer):
    """What would be broken."""

    conflicts: list[ConflictAnswer]


async def _desk(request: Request, number: str) -> Desk:
    festival = await get_festival(request.path_params["slug"])
    plan = await get_plan(festival.id, number) if number else await find_published_plan(festival.id)
    if plan is None:
        raise NotFound
    return await read_desk(festival, plan)


@api.operation(
    "GET", "/api/v1/festivals/{slug}/schedule", PROGRAMS,
    query=ScheduleQuery, out={200: ScheduleAnswer}, problems=(404,),
)  # fmt: skip
async def get_schedule(request: Request, query: ScheduleQuery) -> ScheduleAnswer:
    """A version of a festival's schedule: who is on, who has no place and why, and every rule that is broken."""
    desk = await _desk(request, query.plan)
    zone, plan = settings().zone, desk.plan
    return ScheduleAnswer(
        festival=desk.festival.slug, plan=plan.number, state=plan.state, name=plan.name,
        published_at=plan.published_at.astimezone(zone) if plan.published_at else None,
        performances=[
            PerformanceAnswer(
                act=slug, title=row.act.title, uid=row.act.uid, stage=row.stage.slug,
                starts_at=row.starts_at.astimezone(zone), ends_at=row.ends_at.astimezone(zone), state=row.state,
                pinned=row.pinned, sequence=row.sequence, revision=row.revision,
            )
            for slug, row in desk.performances.items()
        ],
        unplaced=[
            UnplacedAnswer(
                act=act.slug, title=act.title, minutes=act.set_minutes,
                reasons=[
                    ReasonAnswer(
                        stage=reason.stage, rule=reason.rule, message=put(reason.message),
                        starts_at=reason.starts_at.astimezone(zone) if reason.starts_at else None,
                    )
                    for reason in explain(desk.wishes[act.slug], desk.board, desk.hours)
                ],
            )
            for act in desk.unplaced[:100]
        ],
        conflicts=_answer_conflicts(desk, desk.board),
    )  # fmt: skip


@api.operation(
    "POST", "/api/v1/festivals/{slug}/schedule/check", PROGRAMS,
    body=CheckBody, out={200: CheckAnswer}, problems=(404,),
)  # fmt: skip
async def check_schedule(request: Request, body: CheckBody) -> CheckAnswer:
    """What a version would break with these changes, each rule by its name and with its fixes; nothing is written."""
    desk = await _desk(request, body.plan)
    slots = [_changed_slot(desk, index, change) for index, change in enumerate(body.changes)]
    return CheckAnswer(conflicts=_answer_conflicts(desk, desk.board.put(*slots), with_fixes=body.fixes))


def _changed_slot(desk: Desk, index: int, change: ChangeBody) -> Slot:
    wish, present = desk.wishes.get(change.act), desk.board.slots.get(change.act)
    if wish is None:
        raise Invalid({f"changes.{index}.act": say(N_("There is no such act."))})
    stage = change.stage or (present.stage if present else "")
    if stage not in desk.board.stages:
        raise Invalid({f"changes.{index}.stage": say(N_("There is no such stage."))})
    starts_at = change.starts_at or (present.span.starts_at if present else None)
    if starts_at is None:
        raise Invalid({f"changes.{index}.starts_at": say(N_("This is needed."))})
    minutes = change.minutes or (_minutes(present.span) if present else wish.minutes)
    facts: dict[str, Any] = {}
    if change.people is not None:
        facts["people"] = frozenset(person_key(name) for name in change.people)
    if change.available is not None:
        facts["available"] = tuple(Span(time.starts_at, time.ends_at) for time in change.available)
    if change.amplified is not None:
        facts["amplified"] = change.amplified
    slot = wish.at(stage, starts_at.astimezone(dt.UTC), minutes)
    return replace(slot, changeover_before=present.changeover_before if present else None, **facts)


def _minutes(span: Span) -> int:
    return round((span.ends_at - span.starts_at).total_seconds() / 60)


def _answer_conflicts(desk: Desk, board: Board, *, with_fixes: bool = True) -> list[ConflictAnswer]:
    return [
        ConflictAnswer(
            rule=conflict.rule, act=conflict.act, other=conflict.other or None, message=put(conflict.message),
            allowed=override.reason if (override := desk.override_of(conflict)) else None,
            fixes=_answer_fixes(desk, board, conflict) if with_fixes and number < _MOST_FIXED else [],
        )
        for number, conflict in enumerate(board.conflicts())
    ]  # fmt: skip


def _answer_fixes(desk: Desk, board: Board, conflict: Conflict) -> list[FixAnswer]:
    zone = settings().zone
    return [
        FixAnswer(
            act=conflict.act, kind=fix.kind, stage=fix.stage, starts_at=fix.starts_at.astimezone(zone),
            minutes=fix.minutes,
        )
        for fix in offer_fixes(board.slots[conflict.act], board, desk.hours)
    ]  # fmt: skip
