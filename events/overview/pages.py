"""Staff pages: the calendar of everything, one date with its volunteers, a place's hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from babel import Locale
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from events.editing.actions import change_occurrence
from events.editing.forms import ChangedOccurrence
from events.overview.actions import (
    add_volunteer,
    check_move,
    moved_item,
    remove_volunteer,
    save_hours,
    set_volunteers_needed,
)
from events.overview.forms import CalendarQuery, HoursForm, MoveForm, NeedForm, VolunteerForm
from events.overview.queries import (
    Wanted,
    get_item,
    get_venue,
    list_items,
    list_near,
    list_venues,
    list_volunteers,
    read_hours,
)
from events.overview.rules import CLASH_NAMES, Found, Item, concerning, find_clashes, month_weeks, neighbours, week_of
from events.whats_on.queries import list_area_names
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid, NotFound
from festival.kit.i18n import locale
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.settings import settings

ORGANIZER = staff(Role.ORGANIZER)
_AGENDA_DAYS = 14
_MOST_CLASHES = 60


def _read(asked: Mapping[str, str]) -> CalendarQuery:
    """The address as it can be understood; what cannot is left out."""
    try:
        return CalendarQuery.model_validate(dict(asked))
    except ValidationError as error:
        wrong = {str(detail["loc"][0]) for detail in error.errors()}
        return CalendarQuery.model_validate({name: value for name, value in asked.items() if name not in wrong})


async def get_calendar(request: Request) -> Response:
    """A month, a week or two weeks of days, with everything that clashes in them."""
    query, zone = _read(request.query_params), settings().zone
    today = now().astimezone(zone).date()
    on = query.on or today
    weeks = _weeks(query.view, on)
    days = [day for week in weeks for day in week]
    items = await list_items(Wanted(days[0], days[-1], query.area, query.place, query.q.strip(), query.acts))
    clashes = find_clashes(items, await read_hours(), zone)
    earlier, later = neighbours(query.view, on)
    return render(
        request,
        "events/organize/calendar.html",
        query=query,
        form=FormState({**query.model_dump(), "acts": "yes" if query.acts else ""}),
        on=on,
        today=today,
        weeks=weeks,
        by_day=_by_day(items, days),
        clashes=clashes[:_MOST_CLASHES],
        clash_count=len(clashes),
        clashing={one.item.id for one in clashes} | {one.other.id for one in clashes if one.other},
        names=CLASH_NAMES,
        areas=await list_area_names(),
        venues=[(venue.slug, venue.name) for venue in await list_venues()],
        address=lambda **changes: _address(query, **changes),  # type: ignore[reportUnknownLambdaType]
        kept=_kept(query),
        earlier=earlier,
        later=later,
        moved=await _moved(query),
    )


def _weeks(view: str, on: dt.date) -> list[list[dt.date]]:
    first = Locale.parse(locale()).first_week_day
    if view == "month":
        return month_weeks(on, first)
    if view == "week":
        return [week_of(on, first)]
    return [[on + dt.timedelta(days=number) for number in range(_AGENDA_DAYS)]]


def _by_day(items: Sequence[Item], days: Sequence[dt.date]) -> dict[dt.date, list[Item]]:
    """The items of each day; what lasts several days stands on each of them."""
    zone = settings().zone
    found: dict[dt.date, list[Item]] = {day: [] for day in days}
    for item in items:
        first, last = item.days(zone)
        for number in range((last - first).days + 1):
            found.get(first + dt.timedelta(days=number), []).append(item)
    return found


def _address(query: CalendarQuery, **changes: object) -> str:
    """The same page with some of its address changed."""
    return f"/organize/calendar?{_kept(query, **changes)}"


def _kept(query: CalendarQuery, **changes: object) -> str:
    values = {**query.model_dump(exclude={"moved", "back"}), **changes}
    return urlencode({name: "yes" if value is True else str(value) for name, value in values.items() if value})


async def _moved(query: CalendarQuery) -> tuple[Item, str] | None:
    """The date that was just moved, and the day on which it was."""
    if not query.moved:
        return None
    try:
        return (await get_item(query.moved))[1], query.back
    except NotFound:
        return None


async def get_date(request: Request) -> Response:
    """One date: what clashes with it, where it could go, who helps."""
    return await _show_date(request, FormState())


async def _show_date(
    request: Request, form: FormState, status: int = 200, asked: tuple[MoveForm, Item, list[Found]] | None = None
) -> Response:
    row, item = await get_item(request.path_params["id"])
    hours, zone = await read_hours(), settings().zone
    venue = row.venue or row.program.venue
    return render(
        request,
        "events/organize/calendar_date.html",
        status,
        form=form,
        row=row,
        item=item,
        venue=venue,
        asked=asked,
        names=CLASH_NAMES,
        clashes=concerning(item, find_clashes([*await list_near(item), item], hours, zone)),
        volunteers=await list_volunteers(row.id),
        start=item.starts_at.astimezone(zone),
    )


async def post_move(request: Request) -> Response:
    """Move a date to another day; where that clashes with something, show it first."""
    row, item = await get_item(request.path_params["id"])
    try:
        form = await read_form(request, MoveForm)
        after = moved_item(item, form)
    except Invalid as refusal:
        return await _show_date(request, refused_form(request, refusal), 422)
    clashes = await check_move(item, after)
    if clashes and not form.anyway:
        return await _show_date(request, FormState(), 409, (form, after, clashes))
    changes = ChangedOccurrence(starts_at=after.starts_at, ends_at=after.ends_at, revision=form.revision)
    try:
        await change_occurrence(str(row.id), changes, principal_of(request))
    except Conflict as refusal:
        return await _show_date(request, FormState({}, {"to": refusal.words}), 409)
    back = item.starts_at.astimezone(settings().zone).date()
    query = _read(dict(parse_qsl(form.keep)))
    return go_to(request, _address(query, on=form.to, moved=row.id, back=back))


async def post_volunteer(request: Request) -> Response:
    """Put somebody down."""
    row, _ = await get_item(request.path_params["id"])
    try:
        form = await read_form(request, VolunteerForm)
    except Invalid as refusal:
        return await _show_date(request, refused_form(request, refusal), 422)
    await add_volunteer(row, form.name, principal_of(request))
    return go_to(request, f"/organize/calendar/dates/{row.id}")


async def post_volunteer_removed(request: Request) -> Response:
    """Take somebody off."""
    row, _ = await get_item(request.path_params["id"])
    shift = request.path_params["shift"]
    if not shift.isdigit() or len(shift) > 18:
        raise NotFound
    await remove_volunteer(row, int(shift), principal_of(request))
    return go_to(request, f"/organize/calendar/dates/{row.id}")


async def post_needed(request: Request) -> Response:
    """Say how many are needed."""
    row, _ = await get_item(request.path_params["id"])
    try:
        form = await read_form(request, NeedForm)
    except Invalid as refusal:
        return await _show_date(request, refused_form(request, refusal), 422)
    await set_volunteers_needed(row.program, form.needed, principal_of(request))
    return go_to(request, f"/organize/calendar/dates/{row.id}")


async def get_hours(request: Request) -> Response:
    """When a place is open."""
    return await _show_hours(request, FormState())


async def _show_hours(request: Request, form: FormState, status: int = 200) -> Response:
    venue = await get_venue(request.path_params["slug"])
    rows = (await read_hours()).get(venue.id, ())
    monday = dt.date(2024, 1, 1)
    days: list[tuple[str, dt.date, str]] = []
    for weekday in range(7):
        ranges = [f"{_clock(opens)}-{_clock(closes)}" for day, opens, closes in rows if day == weekday]
        days.append((f"day_{weekday}", monday + dt.timedelta(days=weekday), ", ".join(ranges)))
    context: dict[str, Any] = {"venue": venue, "days": days, "form": form}
    return render(request, "events/organize/hours.html", status, **context)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


async def post_hours(request: Request) -> Response:
    """Write when a place is open."""
    venue = await get_venue(request.path_params["slug"])
    try:
        form = await read_form(request, HoursForm)
    except Invalid as refusal:
        return await _show_hours(request, refused_form(request, refusal), 422)
    await save_hours(venue, form.by_day(), principal_of(request))
    return go_to(request, f"/organize/calendar?{urlencode({'place': venue.slug})}")


routes: Routes = [
    Door("/organize/calendar", ORGANIZER, get=get_calendar),
    Door("/organize/calendar/dates/{id}", ORGANIZER, get=get_date),
    Door("/organize/calendar/dates/{id}/move", ORGANIZER, post=post_move),
    Door("/organize/calendar/dates/{id}/needed", ORGANIZER, post=post_needed),
    Door("/organize/calendar/dates/{id}/volunteers", ORGANIZER, post=post_volunteer),
    Door("/organize/calendar/dates/{id}/volunteers/{shift}/remove", ORGANIZER, post=post_volunteer_removed),
    Door("/organize/calendar/hours/{slug}", ORGANIZER, get=get_hours, post=post_hours),
]
