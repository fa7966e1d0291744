"""Writes: series made, changed from a date on, and dates called off together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tortoise.expressions import F

from events.models import Occurrence, Program, Series, SeriesException
from events.programme.actions import make_uid
from events.recurrence.rules import Planned, RecurrenceWrong, Timing, plan_series, wall_text
from events.series.queries import get_series, list_depended_on, list_held
from events.series.rules import Held, cut_rule, merge_dates
from events.signals import read_dates, signal_changed_dates
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid
from festival.kit.secrets import new_secret
from festival.kit.web.access import Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from festival.organisation.models import AuditEntry

if TYPE_CHECKING:
    from events.series.forms import FollowingForm, SeriesForm


def plan_form(form: SeriesForm) -> tuple[Timing, list[Planned]]:
    """What a form's rule gives; raises Invalid at the field that is wrong."""
    timing = form.timing()
    try:
        return timing, plan_series(timing, form.exceptions())
    except RecurrenceWrong as wrong:
        raise Invalid({"not_on" if form.not_on and "%(day)s" in wrong.words.text else "how": wrong.words}) from None


async def create_series(program: Program, form: SeriesForm, by: Principal) -> Series:
    """Add dates by a rule, or one; raises Invalid."""
    timing, planned = plan_form(form)
    async with transaction():
        series = await add_series(program, timing, planned, form.not_on)
        await record_audit(by, "dates.created", ("program", program.id), after=_told(series, len(planned)))
        return series


async def add_series(
    program: Program, timing: Timing, planned: Sequence[Planned], skipped: Sequence[dt.date] = ()
) -> Series:
    """Write a series and its dates. Runs in the caller's transaction."""
    series = await Series.create(
        program_id=program.id, uid=make_uid(f"{program.slug}-{new_secret(6)}"), **_rule(timing), changed_at=now()
    )
    await _save_skipped(series.id, timing, skipped)
    await _add_dates(series, planned)
    return series


def _rule(timing: Timing) -> dict[str, Any]:
    first = timing.start
    return {
        "time_zone": timing.zone.key,
        "all_day": timing.all_day,
        "starts_local": wall_text(first),
        "minutes": None if timing.all_day else timing.minutes,
        "ends_on": (timing.last_on or first) if timing.all_day else None,
        "rrule": timing.rule,
    }


async def _save_skipped(series_id: int, timing: Timing, skipped: Sequence[dt.date]) -> None:
    await SeriesException.filter(series_id=series_id).delete()
    start = timing.start
    walls = [dt.datetime.combine(on, start.time()) if isinstance(start, dt.datetime) else on for on in skipped]
    await SeriesException.bulk_create(
        SeriesException(series_id=series_id, original_local=wall_text(wall), kind="skipped", reason="")
        for wall in sorted(walls)
    )


async def _add_dates(series: Series, planned: Sequence[Planned]) -> None:
    at = now()
    await Occurrence.bulk_create(
        Occurrence(
            program_id=series.program_id, series_id=series.id, original_local=time.original_local,
            starts_at=time.starts_at, ends_at=time.ends_at, starts_on=time.starts_on, ends_on=time.ends_on,
            title="", state="scheduled", moved=False, reason="", sequence=0, revision=1, changed_at=at,
        )
        for time in planned
    )  # fmt: skip


# ---------------------------------------------------------------- another rule, from a date on


async def change_series(series_id: int, form: SeriesForm, by: Principal) -> Series:
    """Give a series another rule: all of it, or from `form.since` on, where it splits in two.

    A date that the new rule has too stays the date it was, with its address, tickets and changes. One that it lacks
    is removed from a draft; from what was public it is cancelled, and calendars are told so. The first part of a
    split keeps its identity in calendars (RFC 5545, section 3.8.4.7) and ends before the second, which gets its own.
    Raises NotFound, Invalid, or Conflict on a revision that has passed.
    """
    timing, planned = plan_form(form)
    async with transaction():
        series = await get_series(series_id, lock=True)
        if form.revision is not None and form.revision != series.revision:
            raise Conflict(extra={"revision": series.revision})
        # A date that somebody moves by itself meanwhile would be put back by what is read here.
        await Occurrence.filter(series_id=series_id).select_for_update().only("id")
        held = await list_held(series_id, form.since)
        earlier = await Occurrence.filter(series_id=series_id, original_local__lt=form.since).order_by("original_local")
        before = _told(series, len(held))
        if earlier:
            changed = await _split(series, earlier[-1], timing, form.since)
        else:
            changed = await _write_rule(series, timing)
        await _save_skipped(changed.id, timing, form.not_on)
        known = await read_dates(row.id for row in held)
        await _merge(changed, held, planned, form.reason)
        await signal_changed_dates(known)
        await record_audit(
            by, "series.changed", ("program", series.program_id), before=before, after=_told(changed, len(planned))
        )
        return changed


async def _write_rule(series: Series, timing: Timing) -> Series:
    await Series.filter(id=series.id).update(
        **_rule(timing), sequence=series.sequence + 1, revision=series.revision + 1, changed_at=now()
    )
    return await Series.get(id=series.id).select_related("program")


async def _split(series: Series, last: Occurrence, timing: Timing, since: str) -> Series:
    """End `series` at its date `last`, and begin a new one."""
    if not series.rrule:
        raise Conflict
    day = dt.date.fromisoformat(last.original_local[:10])
    await Series.filter(id=series.id).update(
        rrule=cut_rule(series.rrule, day, timing.zone, all_day=series.all_day),
        sequence=series.sequence + 1, revision=series.revision + 1, changed_at=now(),
    )  # fmt: skip
    await SeriesException.filter(series_id=series.id, original_local__gte=since).delete()
    program = series.program
    return await Series.create(
        program_id=program.id, uid=make_uid(f"{program.slug}-{new_secret(6)}"), **_rule(timing), changed_at=now()
    )


async def _merge(series: Series, held: Sequence[Occurrence], planned: Sequence[Planned], reason: str) -> None:
    rows = {row.id: row for row in held}
    merged = merge_dates([Held(row.id, row.original_local) for row in held], planned)
    gone = [rows[date.id] for date in merged.gone]
    await _let_go(series, gone, reason)
    for date, time in merged.kept:
        _put_time(rows[date.id], series.id, time)
    if merged.kept:
        columns = ["series_id", "original_local", "starts_at", "ends_at", "starts_on", "ends_on", "revision"]
        await Occurrence.bulk_update(
            [rows[date.id] for date, _ in merged.kept], fields=[*columns, "changed_at"], batch_size=100
        )
    await _add_dates(series, merged.new)


def _put_time(row: Occurrence, series_id: int, time: Planned) -> None:
    """Where the rule has it now; one that was moved alone stays where it was put."""
    row.series_id = series_id
    row.original_local = time.original_local
    row.revision += 1
    row.changed_at = now()
    if not row.moved:
        row.starts_at, row.ends_at = time.starts_at, time.ends_at
        row.starts_on, row.ends_on = time.starts_on, time.ends_on


async def _let_go(series: Series, gone: Sequence[Occurrence], reason: str) -> None:
    """Dates that the rule has no more: removed from a draft, else each cancelled as a date of its own."""
    program = await Program.get(id=series.program_id)
    bound = await list_depended_on([row.id for row in gone]) if gone else set[int]()
    free = [row for row in gone if program.state == "draft" and row.id not in bound]
    await Occurrence.filter(id__in=[row.id for row in free]).delete()
    for row in gone:
        if row in free:
            continue
        alone = await Series.create(
            program_id=program.id, uid=make_uid(f"{program.slug}-{new_secret(6)}"), time_zone=series.time_zone,
            all_day=series.all_day, starts_local=row.original_local,
            minutes=None if series.all_day else int((row.ends_at - row.starts_at).total_seconds()) // 60,
            ends_on=row.ends_on if series.all_day else None, rrule="", changed_at=now(),
        )  # fmt: skip
        await Occurrence.filter(id=row.id).update(
            series_id=alone.id, state="cancelled", reason=reason or row.reason, revision=row.revision + 1,
            sequence=row.sequence + 1, changed_at=now(),
        )  # fmt: skip


# ---------------------------------------------------------------- one and all that follow


async def change_following(occurrence: Occurrence, form: FollowingForm, by: Principal) -> AuditEntry:
    """Cancel, postpone or bring back a date and all that the same rule gives after it; returns what was recorded.

    Raises Invalid without a reason, or where nothing would change; Conflict on a revision that has passed.
    """
    form.require_reason()
    async with transaction():
        await Series.filter(id=occurrence.series_id).select_for_update().only("id")
        await Occurrence.filter(series_id=occurrence.series_id).select_for_update().only("id")
        rows = await list_held(occurrence.series_id, occurrence.original_local)
        if not rows or rows[0].id != occurrence.id or rows[0].revision != form.revision:
            raise Conflict
        changed = [row for row in rows if row.state != form.state]
        if not changed:
            raise Invalid({"state": say(N_("These dates are in that state already."))})
        before = {str(row.id): [row.state, row.reason] for row in changed}
        known = await read_dates(row.id for row in changed)
        await Occurrence.filter(id__in=[row.id for row in changed]).update(
            state=form.state, reason=form.reason, revision=F("revision") + 1, sequence=F("sequence") + 1,
            changed_at=now(),
        )  # fmt: skip
        await signal_changed_dates(known)
        revisions = {str(row.id): row.revision + 1 for row in changed}
        return await record_audit(
            by, "dates.changed", ("program", occurrence.program_id), before={"dates": before},
            after={"state": form.state, "reason": form.reason, "dates": revisions},
        )  # fmt: skip


async def undo_following(entry: AuditEntry, by: Principal) -> str:
    """Give the dates of `entry` back the states they had, where nothing came after; returns the page to go to."""
    before: dict[str, list[str]] = (entry.before or {}).get("dates", {})
    after: dict[str, int] = (entry.after or {}).get("dates", {})
    async with transaction():
        ids = [int(key) for key in before]
        await Occurrence.filter(id__in=ids).select_for_update().only("id")
        rows = await Occurrence.filter(id__in=ids).select_related("program")
        if not rows or any(row.revision != after[str(row.id)] for row in rows):
            raise Conflict
        known = await read_dates(ids)
        for row in rows:
            row.state, row.reason = before[str(row.id)]
            row.revision, row.sequence, row.changed_at = row.revision + 1, row.sequence + 1, now()
        fields = ["state", "reason", "revision", "sequence", "changed_at"]
        await Occurrence.bulk_update(rows, fields=fields, batch_size=100)
        await signal_changed_dates(known)
        await record_audit(by, "dates.undone", ("program", entry.object_id), after={"dates": len(rows)})
        return f"/organize/programs/{rows[0].program.slug}"


def _told(series: Series, dates: int) -> dict[str, Any]:
    return {"starts": series.starts_local, "minutes": series.minutes, "rule": series.rrule, "dates": dates}
