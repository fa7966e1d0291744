"""Writes: a sheet kept until it is confirmed, then done as a whole or not at all."""

from __future__ import annotations

import asyncio
import datetime as dt

from events.editing.actions import change_occurrence, create_occurrence
from events.planning.actions import create_program, edit_program
from events.series.actions import add_series, plan_form
from events.spreadsheets.queries import plan_dates, plan_programs
from events.spreadsheets.rules import Effect, Plan
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.sheets import read_sheet
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.storage.models import StoredFile
from festival.storage.store import keep_file, read_file, remove_file

_TYPE = "application/x-import"
_KEPT_FOR = dt.timedelta(hours=12)


class SheetNotReady(Conflict):
    """Rows are wrong, or nothing would change."""

    code = "sheet_not_ready"
    message = N_("Nothing was imported: a row is wrong, or nothing would change. Mend the sheet and send it again.")


async def plan_sheet(kind: str, content: bytes) -> Plan:
    """What a sheet of `programs` or `dates` would do; raises SheetWrong."""
    sheet = await asyncio.to_thread(read_sheet, content)
    return await (plan_programs(sheet) if kind == "programs" else plan_dates(sheet))


async def keep_sheet(content: bytes, name: str, by: Principal) -> StoredFile:
    """Keep a sheet until it is confirmed."""
    return await keep_file(content, name, _TYPE, by.id)


async def import_sheet(kind: str, name: str, by: Principal) -> Plan:
    """Do what the kept sheet says, all of it or nothing; raises NotFound, or SheetNotReady.

    It is read and planned anew: whatever changed since the preview is seen.
    """
    file = await StoredFile.get_or_none(name=name, owner_id=by.id, media_type=_TYPE, removed_at=None)
    if file is None or now() - file.uploaded_at > _KEPT_FOR:
        raise NotFound
    content = await read_file(file)
    async with transaction():
        plan = await plan_sheet(kind, content)
        if not plan.good:
            raise SheetNotReady
        for row in plan.rows:
            if row.effect in {Effect.NEW, Effect.CHANGED}:
                await (_do_program(row.work, by) if kind == "programs" else _do_date(row.work, by))
        counts = {effect.value: plan.count(effect) for effect in Effect}
        await record_audit(by, "sheet.imported", ("sheet", file.id), after={"kind": kind, **counts})
    await remove_file(file)
    return plan


async def _do_program(work: tuple[str, object, object], by: Principal) -> None:
    slug, form, series = work
    if slug:
        await edit_program(slug, form, by)  # type: ignore[arg-type]
        return
    program = await create_program(form, by)  # type: ignore[arg-type]
    if series is not None:
        timing, planned = plan_form(series)  # type: ignore[arg-type]
        await add_series(program, timing, planned)


async def _do_date(work: tuple[str, object], by: Principal) -> None:
    number, changes = work
    if number:
        await change_occurrence(number, changes, by)  # type: ignore[arg-type]
    else:
        await create_occurrence(changes, by)  # type: ignore[arg-type]
