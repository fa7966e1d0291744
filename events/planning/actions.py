"""Writes: a program made, changed, published now or at its hour, called off, archived, brought back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from events.editing.queries import find_venue
from events.models import Festival, PlanGoal, Program, ProgramLanguage, Series
from events.planning.queries import get_program
from events.planning.rules import is_told, require_way
from events.programme.actions import free_slug
from events.programme.queries import list_taken_slugs
from events.recurrence.rules import RecurrenceWrong, to_utc
from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import NOBODY, Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from festival.organisation.models import AuditEntry
from festival.settings import settings

if TYPE_CHECKING:
    from events.planning.forms import ProgramForm, StateForm

PUBLISH_JOB = "program.publish"
_SHOWN = ("title", "summary", "area", "venue_id", "fee_cents", "capacity", "goal_attendance", "state", "reason")


async def create_program(form: ProgramForm, by: Principal) -> Program:
    """Make a draft; raises Invalid at a venue, festival or goal that is not there."""
    async with transaction():
        columns = {**form.columns(), **await _references(form)}
        slug = free_slug(form.title, now().astimezone(settings().zone).year, await list_taken_slugs())
        program = await Program.create(slug=slug, state="draft", changed_at=now(), **columns)
        await save_spoken(program.id, form.languages)
        await record_audit(by, "program.created", ("program", program.id), after=_seen(program))
        return program


async def edit_program(slug: str, form: ProgramForm, by: Principal) -> Program:
    """Change what a program says; its address stays. Raises NotFound, Invalid, or Conflict on a passed revision."""
    async with transaction():
        before = await get_program(slug, lock=True)
        if form.revision is not None and form.revision != before.revision:
            raise Conflict(extra={"revision": before.revision})
        columns = {**form.columns(), **await _references(form)}
        if columns["venue_id"] != before.venue_id:
            # A new place is news to everybody who has it in a calendar.
            await _raise_sequence(before.id)
        await Program.filter(id=before.id).update(**columns, revision=before.revision + 1, changed_at=now())
        await save_spoken(before.id, form.languages)
        after = await get_program(slug)
        await record_audit(by, "program.changed", ("program", before.id), before=_seen(before), after=_seen(after))
        return after


async def save_spoken(program_id: int, languages: list[str]) -> None:
    """Keep the languages that are spoken, in their order."""
    await ProgramLanguage.filter(program_id=program_id).delete()
    await ProgramLanguage.bulk_create(
        ProgramLanguage(program_id=program_id, language=language) for language in dict.fromkeys(languages)
    )


async def _references(form: ProgramForm) -> dict[str, Any]:
    """The ids behind the names that the form has."""
    venue = await find_venue(form.venue)
    festival = await Festival.get_or_none(slug=form.festival) if form.festival else None
    goal = await PlanGoal.get_or_none(slug=form.goal) if form.goal else None
    wrong: dict[str, Any] = {}
    if form.festival and festival is None:
        wrong["festival"] = say(N_("There is no such festival."))
    if form.goal and goal is None:
        wrong["goal"] = say(N_("There is no such goal."))
    if wrong:
        raise Invalid(wrong)
    return {
        "venue_id": venue.id,
        "festival_id": festival.id if festival else None,
        "goal_id": goal.id if goal else None,
    }


# ---------------------------------------------------------------- states


async def change_state(slug: str, form: StateForm, by: Principal) -> AuditEntry:
    """Publish (now, or at its hour), postpone, cancel, archive or bring back a program; returns what was recorded.

    Raises NotFound, Conflict on a passed revision, NoSuchWay, or Invalid on a missing reason or a passed hour.
    """
    form.require_reason()
    publish_at = read_hour(form.publish_at)
    async with transaction():
        before = await get_program(slug, lock=True)
        if form.revision != before.revision:
            raise Conflict(extra={"revision": before.revision})
        require_way(before.state, form.to)
        waits = publish_at is not None
        state = before.state if waits else form.to
        columns = {"state": state, "reason": form.reason, "publish_at": publish_at}
        if publish_at:
            await _enqueue_publication(before.id, publish_at)
        action = "program.scheduled" if waits else f"program.{form.to}"
        return await _put_state(before, columns, action, by)


def read_hour(wall: dt.datetime | None) -> dt.datetime | None:
    """The moment of a publication's wall time; raises Invalid on one that has passed or does not exist."""
    if wall is None:
        return None
    try:
        moment = to_utc(wall, settings().zone)
    except RecurrenceWrong as wrong:
        raise Invalid({"publish_at": wrong.words}) from None
    if moment <= now():
        raise Invalid({"publish_at": say(N_("This moment has passed. Leave it empty to publish at once."))})
    return moment


async def _enqueue_publication(program_id: int, publish_at: dt.datetime) -> None:
    delay = (publish_at - now()).total_seconds()
    key = f"{PUBLISH_JOB}-{program_id}-{publish_at.isoformat()}"
    await enqueue(PUBLISH_JOB, key, {"program": program_id, "at": publish_at.isoformat()}, delay_s=delay)


async def publish_due(program_id: int, at: dt.datetime) -> bool:
    """Publish a draft whose hour is `at`; False where it was published, called off or given another hour meanwhile."""
    async with transaction():
        await Program.filter(id=program_id).select_for_update().only("id")
        program = await Program.get_or_none(id=program_id)
        if program is None or program.state != "draft" or program.publish_at != at:
            return False
        columns = {"state": "published", "reason": "", "publish_at": at}
        await _put_state(program, columns, "program.published", NOBODY)
        return True


async def _put_state(before: Program, columns: dict[str, Any], action: str, by: Principal) -> AuditEntry:
    """Write a state; the audit entry has all that is needed to take it back."""
    if is_told(before.state, str(columns["state"])):
        await _raise_sequence(before.id)
    revision = before.revision + 1
    await Program.filter(id=before.id).update(**columns, revision=revision, changed_at=now())
    return await record_audit(
        by, action, ("program", before.id),
        before=_state(before.state, before.reason, before.publish_at, before.revision),
        after=_state(columns["state"], columns["reason"], columns["publish_at"], revision),
    )  # fmt: skip


async def undo_state(entry: AuditEntry, by: Principal) -> str:
    """Put back the state that `entry` recorded, if nothing came after it; returns the page to go to.

    Raises Conflict where the program was changed since.
    """
    before, after = entry.before or {}, entry.after or {}
    async with transaction():
        await Program.filter(id=entry.object_id).select_for_update().only("id")
        program = await Program.get_or_none(id=entry.object_id)
        if program is None or program.revision != after.get("revision"):
            raise Conflict
        hour = before.get("publish_at")
        publish_at = dt.datetime.fromisoformat(hour) if hour else None
        columns = {"state": before["state"], "reason": before["reason"], "publish_at": publish_at}
        await _put_state(program, columns, "program.undone", by)
        if publish_at and before["state"] == "draft" and publish_at > now():
            await _enqueue_publication(program.id, publish_at)
        return f"/organize/programs/{program.slug}"


async def _raise_sequence(program_id: int) -> None:
    """Tell calendars that something about every date of a program is different."""
    for series in await Series.filter(program_id=program_id):
        await Series.filter(id=series.id).update(
            sequence=series.sequence + 1, revision=series.revision + 1, changed_at=now()
        )


def _state(state: object, reason: object, publish_at: dt.datetime | None, revision: int) -> dict[str, Any]:
    hour = publish_at.isoformat() if publish_at else None
    return {"state": state, "reason": reason, "publish_at": hour, "revision": revision}


def _seen(program: Program) -> dict[str, Any]:
    return {name: getattr(program, name) for name in _SHOWN}
