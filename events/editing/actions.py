"""Writes: occurrences made, moved, cancelled, each with its trace in the audit log."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from events.editing.queries import find_program, find_venue, get_occurrence
from events.models import Occurrence, Program, ProgramLanguage, Series
from events.programme.actions import free_slug, make_uid
from events.programme.queries import list_taken_slugs
from events.recurrence.rules import wall_text
from events.signals import read_dates, signal_changed_dates
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid
from festival.kit.secrets import new_secret
from festival.kit.web.access import Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from festival.organisation.models import AuditEntry
from festival.settings import settings

if TYPE_CHECKING:
    from events.editing.forms import ChangedOccurrence, NewOccurrence


async def create_occurrence(new: NewOccurrence, by: Principal) -> Occurrence:
    """Make one time of a new program, or of the one named; raises Invalid on an unknown venue or program."""
    async with transaction():
        venue = await find_venue(new.venue) if new.venue else None
        program = await find_program(new.program) if new.program else None
        if program is None:
            assert venue is not None  # the form asked for it  # noqa: S101
            program = await _create_program(new, venue.id)
        occurrence = await _create_date(program, new, venue.id if venue else None)
        await record_audit(by, "occurrence.created", ("occurrence", occurrence.id), after=_seen(occurrence))
        return await get_occurrence(str(occurrence.id))


async def _create_program(new: NewOccurrence, venue_id: int) -> Program:
    title = new.title or ""
    program = await Program.create(
        slug=free_slug(title, new.starts_at.year, await list_taken_slugs()), title=title, summary=new.summary or "",
        description=new.description, language=new.language, area=new.area or "cultural", venue_id=venue_id,
        state=new.state, register_by=new.register_by, fee_cents=new.fee_cents, capacity=new.capacity,
        changed_at=now(),
    )  # fmt: skip
    await ProgramLanguage.bulk_create(
        ProgramLanguage(program_id=program.id, language=language) for language in dict.fromkeys(new.languages)
    )
    return program


async def _create_date(program: Program, new: NewOccurrence, venue_id: int | None) -> Occurrence:
    zone = settings().zone
    start = new.starts_at.astimezone(zone)
    at, original = now(), wall_text(start.replace(tzinfo=None))
    series = await Series.create(
        program_id=program.id, uid=make_uid(f"{program.slug}-{new_secret(6)}"), time_zone=zone.key,
        starts_local=original, minutes=round((new.ends_at - new.starts_at).total_seconds() / 60), changed_at=at,
    )  # fmt: skip
    return await Occurrence.create(
        program_id=program.id, series_id=series.id, original_local=original, starts_at=new.starts_at,
        ends_at=new.ends_at, **_days(new.starts_at, new.ends_at),
        venue_id=venue_id if venue_id != program.venue_id else None, changed_at=at,
    )  # fmt: skip


async def change_occurrence(occurrence_id: str, changes: ChangedOccurrence, by: Principal) -> Occurrence:
    """Move, rename, postpone, cancel or restore one date.

    Its identity stays; `revision` rises with each change and `sequence` (RFC 5545, section 3.8.7.4) when the
    time, the place or the status does. Raises NotFound, Invalid, or Conflict on a revision that has passed.
    """
    async with transaction():
        before = await get_occurrence(occurrence_id, lock=True)
        if changes.revision is not None and changes.revision != before.revision:
            raise Conflict(extra={"revision": before.revision})
        columns = await _changed_columns(before, changes)
        if not columns:
            return before
        noticed = columns.keys() & {"starts_at", "ends_at", "venue_id", "state"}
        columns |= {
            "revision": before.revision + 1,
            "sequence": before.sequence + bool(noticed),
            "changed_at": now(),
        }
        known = await read_dates([before.id])
        await Occurrence.filter(id=before.id).update(**columns)
        after = await get_occurrence(occurrence_id)
        await signal_changed_dates(known)
        await record_audit(
            by, "occurrence.changed", ("occurrence", before.id), before=_seen(before), after=_seen(after)
        )
        return after


async def undo_date(entry: AuditEntry, by: Principal) -> str:
    """Put one date back to what `entry` says it was, if nothing came after; returns its program's page.

    Raises Conflict where it was changed since.
    """
    before, after = entry.before or {}, entry.after or {}
    async with transaction():
        await Occurrence.filter(id=entry.object_id).select_for_update().only("id")
        row = await Occurrence.get_or_none(id=entry.object_id).select_related("program")
        if row is None or "moved" not in before or row.revision != after.get("revision"):
            raise Conflict
        starts_at, ends_at = (dt.datetime.fromisoformat(before[name]) for name in ("starts_at", "ends_at"))
        known = await read_dates([row.id])
        kept = {name: before[name] for name in ("venue_id", "title", "state", "reason", "moved")}
        await Occurrence.filter(id=row.id).update(
            starts_at=starts_at, ends_at=ends_at, **_days(starts_at, ends_at), **kept,
            revision=row.revision + 1, sequence=row.sequence + 1, changed_at=now(),
        )  # fmt: skip
        await signal_changed_dates(known)
        await record_audit(by, "occurrence.undone", ("occurrence", row.id), before=_seen(row), after=dict(before))
        return f"/organize/programs/{row.program.slug}"


async def _changed_columns(before: Occurrence, changes: ChangedOccurrence) -> dict[str, Any]:
    """The columns that become different, with those that follow from them."""
    wanted: dict[str, Any] = {}
    if changes.starts_at or changes.ends_at:
        length = before.ends_at - before.starts_at
        starts_at = changes.starts_at or before.starts_at
        ends_at = changes.ends_at or starts_at + length
        if ends_at <= starts_at:
            raise Invalid({"ends_at": say(N_("The end comes before the beginning."))})
        wanted |= {"starts_at": starts_at, "ends_at": ends_at, **_days(starts_at, ends_at)}
    if changes.venue is not None:
        venue_id = (await find_venue(changes.venue)).id
        wanted["venue_id"] = venue_id if venue_id != before.program.venue_id else None
    for name in ("title", "state", "reason"):
        if getattr(changes, name) is not None:
            wanted[name] = getattr(changes, name)
    columns = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    if columns.keys() & {"starts_at", "ends_at", "venue_id"} and not before.moved:
        columns["moved"] = True
    return columns


def _days(starts_at: dt.datetime, ends_at: dt.datetime) -> dict[str, Any]:
    zone = settings().zone
    last = max(starts_at, ends_at - dt.timedelta(microseconds=1))
    return {"starts_on": starts_at.astimezone(zone).date(), "ends_on": last.astimezone(zone).date()}


def _seen(occurrence: Occurrence) -> dict[str, Any]:
    """What people can see of it, for the audit log."""
    return {
        "starts_at": occurrence.starts_at.isoformat(),
        "ends_at": occurrence.ends_at.isoformat(),
        "venue_id": occurrence.venue_id,
        "title": occurrence.title,
        "state": occurrence.state,
        "reason": occurrence.reason,
        "sequence": occurrence.sequence,
        "moved": occurrence.moved,
        "revision": occurrence.revision,
    }
