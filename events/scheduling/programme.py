"""The part of a programme file that holds acts without a place, the people of acts, and drafts of the schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from pydantic import BaseModel, Field

from events.models import Act, ActAvailability, ActMember, Festival, Performance, SchedulePlan, Stage
from events.programme.actions import Loaded, make_uid
from events.programme.forms import Clock, Key, Language, Nation, Part, WallTime
from events.recurrence.rules import to_utc
from events.scheduling.actions import create_version
from events.scheduling.people import person_key
from festival.kit.clock import now
from festival.kit.documents import Document, DocumentWrong, LineError, Place
from festival.kit.text import Email, Line, Paragraphs, ShortLine
from festival.kit.web.access import NOBODY
from festival.kit.words import N_, say
from festival.settings import settings

_HERE: Place = ("festival",)


class WaitingAct(Part):
    """An act that was accepted; `available` are times of the festival's day."""

    id: Key
    title: Line
    description: Paragraphs = ""
    kind: ShortLine = ""
    nations: list[Nation] = []
    minutes: int = Field(20, ge=5, le=720)
    people: int = Field(1, ge=1, le=100_000)
    languages: list[Language] = []
    needs: list[Line] = []
    amplified: bool = True
    available: list[tuple[Clock, Clock]] = []
    members: list[Line] = []
    email: Email | None = None


class DraftPlace(Part):
    """An act's place in a draft; without `minutes` its own length."""

    act: Key
    stage: Key
    start: Clock
    minutes: int | None = Field(None, ge=5, le=720)


class DraftPart(Part):
    """A version that begins as a copy of the published one."""

    name: ShortLine
    places: list[DraftPlace] = []


class SchedulePart(BaseModel):
    """What this room reads of the festival's part."""

    starts: WallTime
    stages: list[dict[str, object]] = []
    performances: list[dict[str, object]] = []
    waiting_acts: list[WaitingAct] = []
    members: dict[Key, list[Line]] = {}
    schedule_drafts: list[DraftPart] = []


def check_schedule(document: Document) -> list[LineError]:
    """Everything that is wrong with these parts."""
    try:
        part = document.read(SchedulePart, _HERE)
    except DocumentWrong as wrong:
        return wrong.errors
    acts = _ids(part.performances) | {act.id for act in part.waiting_acts}
    stages = _ids(part.stages)
    errors = [_unknown(document, ("members",), name) for name in part.members if name not in acts]
    for number, draft in enumerate(part.schedule_drafts):
        for index, place in enumerate(draft.places):
            here = ("schedule_drafts", number, "places", index)
            errors += [_unknown(document, here, name) for name in (place.act,) if name not in acts]
            errors += [_unknown(document, here, name) for name in (place.stage,) if name not in stages]
    return errors


def _ids(parts: Iterable[dict[str, object]]) -> set[str]:
    return {str(part.get("id")) for part in parts}


def _unknown(document: Document, place: Place, name: str) -> LineError:
    return document.error((*_HERE, *place), say(N_("%(value)s is not named in this file."), value=name))


async def load_schedule(document: Document, loaded: Loaded) -> None:
    """Write the acts that wait, who is in which act, and the drafts. Runs in the caller's transaction."""
    part = document.read(SchedulePart, _HERE)
    festival = await Festival.get(id=loaded.festival_id)
    day = part.starts.date()
    await Act.bulk_create(_act(festival, act) for act in part.waiting_acts)
    acts = {act.slug: act for act in await Act.filter(festival_id=festival.id)}
    await ActAvailability.bulk_create(
        ActAvailability(act_id=acts[act.id].id, starts_at=_moment(day, start), ends_at=_moment(day, end))
        for act in part.waiting_acts
        for start, end in act.available
    )
    people = {**part.members, **{act.id: act.members for act in part.waiting_acts}}
    await ActMember.bulk_create(
        ActMember(act_id=acts[act].id, name=name, person_key=person_key(name))
        for act, names in people.items()
        for name in names
    )
    published = await SchedulePlan.get_or_none(festival_id=festival.id, state="published")
    for draft in part.schedule_drafts:
        plan = await create_version(festival, published, draft.name, NOBODY)
        await _place(plan, draft, acts, day)


def _act(festival: Festival, act: WaitingAct) -> Act:
    return Act(
        festival_id=festival.id, slug=act.id, uid=make_uid(f"{festival.slug}-{act.id}"), title=act.title,
        description=act.description, kind=act.kind, nations=act.nations, spoken=act.languages, needs=act.needs,
        people=act.people, set_minutes=act.minutes, amplified=act.amplified, contact_email=act.email or "",
    )  # fmt: skip


async def _place(plan: SchedulePlan, draft: DraftPart, acts: dict[str, Act], day: dt.date) -> None:
    stages = {stage.slug: stage.id for stage in await Stage.filter(festival_id=plan.festival_id)}
    rows = {row.act_id: row for row in await Performance.filter(plan_id=plan.id)}
    for place in draft.places:
        act, starts_at = acts[place.act], _moment(day, place.start)
        row = rows.get(act.id) or Performance(plan_id=plan.id, act_id=act.id)
        row.stage_id, row.starts_at, row.changed_at = stages[place.stage], starts_at, now()
        row.ends_at = starts_at + dt.timedelta(minutes=place.minutes or act.set_minutes)
        await row.save()


def _moment(day: dt.date, clock: dt.time) -> dt.datetime:
    return to_utc(dt.datetime.combine(day, clock), settings().zone)
