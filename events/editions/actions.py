"""Writes: an edition made public now or at its hour, postponed, cancelled, archived, brought back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from tortoise.expressions import F

from events.editions.queries import get_edition
from events.models import Festival, Performance
from events.planning.actions import read_hour
from events.planning.rules import is_told, require_way
from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.web.access import NOBODY, Principal
from festival.organisation.actions import record_audit
from festival.organisation.models import AuditEntry

if TYPE_CHECKING:
    from events.planning.forms import StateForm

PUBLISH_EDITION = "festival.publish"


async def change_edition(slug: str, form: StateForm, by: Principal) -> AuditEntry:
    """Publish (now, or at its hour), postpone, cancel, archive or bring back; returns what was recorded.

    Raises NotFound, Conflict on a passed revision, NoSuchWay, or Invalid on a missing reason or a passed hour.
    """
    form.require_reason()
    publish_at = read_hour(form.publish_at)
    async with transaction():
        before = await get_edition(slug, lock=True)
        if form.revision != before.revision:
            raise Conflict(extra={"revision": before.revision})
        require_way(before.state, form.to)
        if publish_at:
            await _wait_for(before.id, publish_at)
        state = before.state if publish_at else form.to
        columns = {"state": state, "reason": form.reason, "publish_at": publish_at}
        return await _put(before, columns, "festival.scheduled" if publish_at else f"festival.{form.to}", by)


async def _wait_for(festival_id: int, publish_at: dt.datetime) -> None:
    delay = (publish_at - now()).total_seconds()
    key = f"{PUBLISH_EDITION}-{festival_id}-{publish_at.isoformat()}"
    await enqueue(PUBLISH_EDITION, key, {"festival": festival_id, "at": publish_at.isoformat()}, delay_s=delay)


async def publish_edition_due(festival_id: int, at: dt.datetime) -> bool:
    """Publish a draft whose hour is `at`; False where it was published, called off or given another hour meanwhile."""
    async with transaction():
        await Festival.filter(id=festival_id).select_for_update().only("id")
        festival = await Festival.get_or_none(id=festival_id)
        if festival is None or festival.state != "draft" or festival.publish_at != at:
            return False
        await _put(festival, {"state": "published", "reason": "", "publish_at": at}, "festival.published", NOBODY)
        return True


async def _put(before: Festival, columns: dict[str, Any], action: str, by: Principal) -> AuditEntry:
    """Write a state; calendars that hold its acts are told, and the entry has all that takes it back."""
    at, revision = now(), before.revision + 1
    if is_told(before.state, str(columns["state"])):
        public = Performance.filter(plan__festival_id=before.id, plan__state="published")
        ids = [row.id for row in await public]
        await Performance.filter(id__in=ids).update(
            sequence=F("sequence") + 1, revision=F("revision") + 1, changed_at=at
        )
    await Festival.filter(id=before.id).update(**columns, revision=revision, changed_at=at)
    return await record_audit(
        by, action, ("festival", before.id),
        before=_state(before.state, before.reason, before.publish_at, before.revision),
        after=_state(columns["state"], columns["reason"], columns["publish_at"], revision),
    )  # fmt: skip


def _state(state: object, reason: object, publish_at: dt.datetime | None, revision: int) -> dict[str, Any]:
    hour = publish_at.isoformat() if publish_at else None
    return {"state": state, "reason": reason, "publish_at": hour, "revision": revision}


async def undo_edition(entry: AuditEntry, by: Principal) -> str:
    """Put back the state that `entry` recorded, if nothing came after it; returns the page to go to.

    Raises Conflict where the festival was changed since.
    """
    before, after = entry.before or {}, entry.after or {}
    async with transaction():
        await Festival.filter(id=entry.object_id).select_for_update().only("id")
        festival = await Festival.get_or_none(id=entry.object_id)
        if festival is None or festival.revision != after.get("revision"):
            raise Conflict
        hour = before.get("publish_at")
        publish_at = dt.datetime.fromisoformat(hour) if hour else None
        columns = {"state": before["state"], "reason": before["reason"], "publish_at": publish_at}
        await _put(festival, columns, "festival.undone", by)
        if publish_at and before["state"] == "draft" and publish_at > now():
            await _wait_for(festival.id, publish_at)
        return f"/organize/festivals/{festival.slug}/details"
