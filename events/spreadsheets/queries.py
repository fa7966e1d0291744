"""Reads: the sheets as they are, and what a sheet that was sent would change; queries do not grow with its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from events.editing.forms import ChangedOccurrence, NewOccurrence
from events.models import Festival, Occurrence, PlanGoal, Program, Venue
from events.planning.forms import ProgramForm, form_of
from events.recurrence.rules import RecurrenceWrong, to_utc
from events.series.actions import plan_form
from events.series.forms import SeriesForm
from events.spreadsheets.rules import DATE_COLUMNS, DATE_FIELDS, ONLY_SHOWN, PROGRAM_COLUMNS, Effect, Plan, Row
from events.whats_on.queries import list_spoken
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.sheets import Line, Sheet, SheetWrong
from festival.kit.web.forms import field_errors
from festival.kit.words import N_, Message, say
from festival.settings import settings

_KEPT = ("draft", "published", "postponed", "cancelled")
_FLAGS = {"online", "for_children"}


async def list_program_rows() -> list[list[object]]:
    """Every program that is not archived, as the sheet has it."""
    programs = await Program.filter(state__in=_KEPT).select_related("venue", "festival", "goal").order_by("title", "id")
    spoken = await list_spoken([program.id for program in programs])
    rows: list[list[object]] = []
    for program in programs:
        values = _values(program, spoken.get(program.id, []))
        rows.append([values.get(name, "") for name in PROGRAM_COLUMNS.values()])
    return rows


def _values(program: Program, spoken: list[str]) -> dict[str, Any]:
    """The cells of a program, by the form's fields."""
    values = form_of(program, spoken)
    flags = {name: values[name] or "no" for name in _FLAGS}
    return {**values, **flags, "languages": ", ".join(spoken), "slug": program.slug, "state": program.state}


async def list_date_rows() -> list[list[object]]:
    """Every date to come, as the sheet has it."""
    rows = await (
        Occurrence.filter(ends_at__gte=now(), program__state__in=_KEPT)
        .select_related("program__venue", "venue", "series").order_by("starts_at", "id")
    )  # fmt: skip
    return [[_date_values(row)[name] for name in DATE_COLUMNS.values()] for row in rows]


def _date_values(row: Occurrence) -> dict[str, Any]:
    zone = settings().zone
    clock = {} if row.series.all_day else {
        "begins": f"{row.starts_at.astimezone(zone):%H:%M}", "ends": f"{row.ends_at.astimezone(zone):%H:%M}"
    }  # fmt: skip
    return {
        "id": row.id, "program": row.program.slug, "day": row.starts_on, "begins": "", "ends": "", **clock,
        "venue": (row.venue or row.program.venue).slug, "title": row.title, "state": row.state, "reason": row.reason,
    }  # fmt: skip


# ---------------------------------------------------------------- what a sheet would do


@dataclass(frozen=True)
class Known:
    """What rows may name."""

    programs: Mapping[str, Program]
    spoken: Mapping[int, list[str]]
    names: Mapping[str, set[str]]


def require_columns(sheet: Sheet, columns: Mapping[str, str], needed: Sequence[str]) -> None:
    """Raise SheetWrong on a heading that is not ours, or one that is missing."""
    unknown = [column for column in sheet.columns if column not in columns]
    if unknown:
        raise SheetWrong(N_("There is no column “%(name)s”. Export the sheet to see the names."), name=unknown[0])
    missing = [column for column in needed if column not in sheet.columns]
    if missing:
        raise SheetWrong(N_("The column “%(name)s” is missing."), name=missing[0])


async def plan_programs(sheet: Sheet) -> Plan:
    """What each row would do to programs; raises SheetWrong. Six queries."""
    require_columns(sheet, PROGRAM_COLUMNS, ["title", "area", "place"])
    slugs = [line.cells.get("address", "") for line in sheet.lines]
    found = await Program.filter(slug__in=list(filter(None, slugs))).select_related("venue", "festival", "goal")
    names: dict[str, set[str]] = {}
    for name, model in (("venue", Venue), ("festival", Festival), ("goal", PlanGoal)):
        names[name] = {row.slug for row in await model.all().only("id", "slug")}
    known = Known({row.slug: row for row in found}, await list_spoken([row.id for row in found]), names)
    twice = {slug for slug in slugs if slug and slugs.count(slug) > 1}
    return Plan("programs", [_plan_program(line, known, twice) for line in sheet.lines])


def _plan_program(line: Line, known: Known, twice: set[str]) -> Row:
    slug = line.cells.get("address", "").strip()
    given = {PROGRAM_COLUMNS[name]: text.strip() for name, text in line.cells.items() if name not in ONLY_SHOWN}
    given.pop("slug", None)
    date = {name: given.pop(name, "") for name in DATE_FIELDS}
    if "languages" in given:
        given["languages"] = [code for code in given["languages"].replace(";", ",").replace(" ", "").split(",") if code]  # type: ignore[assignment]
    program = known.programs.get(slug)
    errors: dict[str, Message] = {}
    if slug and program is None:
        errors["address"] = say(N_("There is no such program."))
    if slug in twice:
        errors["address"] = say(N_("This program stands here twice."))
    before = form_of(program, known.spoken.get(program.id, [])) if program else {}
    form, wrong = _read({**before, **given}, known)
    errors |= {_column(PROGRAM_COLUMNS, name): message for name, message in wrong.items()}
    series: SeriesForm | None = None
    if any(date.values()):
        series, wrong = _read_date(date, new=program is None)
        errors |= {_column(PROGRAM_COLUMNS, name): message for name, message in wrong.items()}
    name = given.get("title") or slug
    if errors or form is None:
        return Row(line.number, name, Effect.WRONG, errors=errors)
    if program is None:
        return Row(line.number, name, Effect.NEW, work=("", form, series))
    changes = _changes(before, given)
    return Row(line.number, name, Effect.CHANGED if changes else Effect.SAME, changes, work=(slug, form, None))


def _read(values: Mapping[str, Any], known: Known) -> tuple[ProgramForm | None, dict[str, Message]]:
    try:
        form = ProgramForm.model_validate(values)
    except ValidationError as error:
        return None, field_errors(error)
    missing = {"venue": N_("There is no such venue."), "festival": N_("There is no such festival."),
               "goal": N_("There is no such goal.")}  # fmt: skip
    wrong = {
        name: say(sentence)
        for name, sentence in missing.items()
        if getattr(form, name) and getattr(form, name) not in known.names[name]
    }
    return form, wrong


def _read_date(values: Mapping[str, str], *, new: bool) -> tuple[SeriesForm | None, dict[str, Message]]:
    """The one date that a new program brings along."""
    if not new:
        return None, {"starts_on": say(N_("Dates of a program that is here are in the other sheet."))}
    try:
        form = SeriesForm.model_validate({**values, "how": "once"})
        plan_form(form)
    except ValidationError as error:
        return None, field_errors(error)
    except Invalid as refusal:
        return None, refusal.errors
    return form, {}


def _changes(before: Mapping[str, Any], given: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(column, old, new) of what would be different."""
    found: list[tuple[str, str, str]] = []
    for name, new in given.items():
        old = before.get(name, "")
        if _plain(old) != _plain(new):
            found.append((_column(PROGRAM_COLUMNS, name), _plain(old), _plain(new)))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))  # type: ignore[arg-type]
    text = str(value)
    return "" if text == "no" else text  # an unticked box


def _column(columns: Mapping[str, str], field: str) -> str:
    place = field.partition(".")[0]
    return next((name for name, own in columns.items() if own == place), place)


async def plan_dates(sheet: Sheet) -> Plan:
    """What each row would do to dates; raises SheetWrong. Three queries."""
    require_columns(sheet, DATE_COLUMNS, ["program", "day"])
    numbers = [line.cells.get("date", "") for line in sheet.lines]
    ids = [int(number) for number in numbers if number.isdigit() and len(number) < 19]
    dates = await Occurrence.filter(id__in=ids).select_related("program__venue", "venue", "series")
    slugs = {line.cells.get("program", "").strip() for line in sheet.lines}
    programs = {row.slug for row in await Program.filter(slug__in=list(slugs)).only("id", "slug")}
    venues = {row.slug for row in await Venue.all().only("id", "slug")}
    by_id = {str(row.id): row for row in dates}
    twice = {number for number in numbers if number and numbers.count(number) > 1}
    return Plan("dates", [_plan_date(line, by_id, programs, venues, twice) for line in sheet.lines])


def _plan_date(
    line: Line, dates: Mapping[str, Occurrence], programs: set[str], venues: set[str], twice: set[str]
) -> Row:
    cells = {DATE_COLUMNS[name]: text.strip() for name, text in line.cells.items()}
    number, slug = cells.pop("id", ""), cells.get("program", "")
    row = dates.get(number)
    errors: dict[str, Message] = {}
    if number and (row is None or row.program.slug != slug):
        errors["date"] = say(N_("There is no such date of this program."))
    if number in twice:
        errors["date"] = say(N_("This date stands here twice."))
    if slug not in programs:
        errors["program"] = say(N_("There is no such program."))
    if cells.get("venue") and cells["venue"] not in venues:
        errors["place"] = say(N_("There is no such venue."))
    before = {name: str(value) for name, value in _date_values(row).items()} if row else {}
    after = {**before, **cells}
    starts_at, ends_at = _moments(after, errors, all_day=bool(row and row.series.all_day))
    if errors:
        return Row(line.number, slug, Effect.WRONG, errors=errors)
    changes = [(name, before.get(own, ""), cells[own]) for name, own in DATE_COLUMNS.items()
               if own in cells and before.get(own, "") != cells[own]]  # fmt: skip
    try:
        work = _date_work(row, after, {name for name, *_ in changes}, (starts_at, ends_at))
    except ValidationError as error:
        wrong = {_column(DATE_COLUMNS, name): message for name, message in field_errors(error).items()}
        return Row(line.number, slug, Effect.WRONG, errors=wrong)
    effect = Effect.NEW if row is None else Effect.CHANGED if changes else Effect.SAME
    return Row(line.number, f"{slug} {after.get('day', '')}", effect, changes if row else (), work=(number, work))


def _date_work(
    row: Occurrence | None, after: Mapping[str, str], changed: set[str],
    moments: tuple[dt.datetime | None, dt.datetime | None],
) -> NewOccurrence | ChangedOccurrence:  # fmt: skip
    starts_at, ends_at = moments
    if row is None:
        values = {"program": after["program"], "venue": after.get("venue") or None}
        return NewOccurrence.model_validate({**values, "starts_at": starts_at, "ends_at": ends_at})
    timed = bool(changed & {"day", "begins", "ends"})
    return ChangedOccurrence.model_validate({
        "starts_at": starts_at if timed else None, "ends_at": ends_at if timed else None,
        "venue": after["venue"] or None, "title": after["title"], "state": after["state"], "reason": after["reason"],
    })  # fmt: skip


def _moments(
    cells: Mapping[str, str], errors: dict[str, Message], *, all_day: bool
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Beginning and end; what is wrong with them is added to `errors` at its column."""
    try:
        day = dt.date.fromisoformat(cells.get("day", ""))
    except ValueError:
        errors["day"] = say(N_("Write a date, like 2027-06-12."))
        return None, None
    if all_day:
        return None, None
    found: list[dt.datetime] = []
    for name in ("begins", "ends"):
        try:
            clock = dt.time.fromisoformat(cells.get(name, ""))
            found.append(to_utc(dt.datetime.combine(day, clock.replace(tzinfo=None)), settings().zone))
        except ValueError:
            errors[name] = say(N_("Write a time of day like 09:30."))
        except RecurrenceWrong as wrong:
            errors[name] = wrong.words
    if len(found) == 2 and found[1] <= found[0]:
        errors["ends"] = say(N_("The end comes before the beginning."))
    return (found[0], found[1]) if len(found) == 2 else (None, None)
