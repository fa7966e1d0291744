"""Writes: a program copied into the next year, as a draft."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from events.copying.rules import shift_timing
from events.models import Occurrence, Program, ProgramLanguage, Series
from events.planning.actions import save_spoken
from events.planning.queries import get_program
from events.programme.actions import free_slug
from events.programme.queries import list_taken_slugs
from events.recurrence.rules import RecurrenceWrong, Timing, plan_series
from events.series.actions import add_series
from events.series.forms import timing_of
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from festival.organisation.models import Translation

if TYPE_CHECKING:
    from events.planning.forms import CopyForm

_NOT_COPIED = {"id", "slug", "title", "state", "publish_at", "reason", "revision", "changed_at"}


async def copy_program(slug: str, form: CopyForm, by: Principal) -> Program:
    """A draft with the texts, translations and rules of the program at `slug`, a year later.

    Single dates that were left out, moved or cancelled are not taken over. Raises NotFound, or Invalid where a
    date would fall into a change of the clocks.
    """
    async with transaction():
        source = await get_program(slug)
        timings = await list_timings(source)
        moved = plan_copy(timings, form.begins_on)
        columns = {name: getattr(source, name) for name in _columns() if name not in _NOT_COPIED}
        year = moved[0].start.year if moved else now().year
        program = await Program.create(
            slug=free_slug(form.title, year, await list_taken_slugs()), title=form.title, state="draft",
            changed_at=now(), **columns,
        )  # fmt: skip
        spoken = await ProgramLanguage.filter(program_id=source.id).order_by("id")
        await save_spoken(program.id, [row.language for row in spoken])
        await _copy_texts(source.id, program.id)
        for timing in moved:
            await add_series(program, timing, plan_series(timing))
        await record_audit(by, "program.copied", ("program", program.id), after={"from": slug, "title": form.title})
        return program


def _columns() -> list[str]:
    meta: Any = vars(Program)["_meta"]
    return [str(name) for name in meta.fields_db_projection]


async def list_timings(program: Program) -> list[Timing]:
    """The rules of a program by which something took place, in order."""
    held = (
        await Occurrence.filter(program_id=program.id, state="scheduled").distinct().values_list("series_id", flat=True)
    )
    rows = await Series.filter(id__in=list(held)).order_by("starts_local", "id")  # type: ignore[arg-type]
    return [timing_of(row) for row in rows]


def plan_copy(timings: list[Timing], begins_on: dt.date | None) -> list[Timing]:
    """The rules a year later, or so much later that the first begins on `begins_on`; raises Invalid."""
    later = begins_on - dt.date.fromisoformat(str(timings[0].start)[:10]) if begins_on and timings else None
    try:
        return [shift_timing(timing, later) for timing in timings]
    except RecurrenceWrong as wrong:
        raise Invalid({"begins_on": wrong.words}) from None


async def _copy_texts(source_id: int, program_id: int) -> None:
    rows = await Translation.filter(kind="program", object_id=source_id)
    await Translation.bulk_create(
        Translation(
            kind="program", object_id=program_id, field=row.field, language=row.language, text=row.text,
            state=row.state, source_digest=row.source_digest, updated_at=now(),
        )
        for row in rows
    )  # fmt: skip
