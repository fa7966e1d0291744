"""The public pages: what is on, an event, a festival."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from events.models import Occurrence
from events.panels import render_event_panels, render_festival_panels
from events.whats_on.forms import ListQuery, read_list_query
from events.whats_on.queries import (
    Event,
    FestivalDay,
    Listed,
    find_current_festival,
    get_event,
    get_festival_day,
    list_area_names,
    list_festival_texts,
    list_languages,
    list_occurrences,
    list_places,
)
from events.whats_on.rules import lay_out, weekend_of
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import current_language, language_name, territory_name
from festival.kit.web.access import ANYONE
from festival.kit.web.pages import render, url_for_reader
from festival.kit.web.routes import Door, Routes
from festival.settings import settings

_HOUR_ROWS = 12


async def get_home(request: Request) -> Response:
    """What is on: filters in the address, by day, a page at a time."""
    query, form = read_list_query(request.query_params)
    page = await list_occurrences(query.wanted(), query.after())
    festival = await find_current_festival()
    today = now().astimezone(settings().zone).date()
    filters = _without_blanks(query)
    return render(
        request,
        "events/home.html",
        form=form,
        query=query,
        filtered=bool(filters),
        days=_by_day(page.items, query.since or today),
        next_query=urlencode({**filters, "cursor": str(page.next)}) if page.next else "",
        first_query=urlencode(filters) if query.cursor else None,
        quick=_quick_links(query, today),
        areas=await list_area_names(),
        places=[(venue.slug, venue.name) for venue in await list_places()],
        spoken=sorted(((code, language_name(code)) for code in await list_languages()), key=lambda pair: pair[1]),
        festival=festival,
        festival_words=await list_festival_texts(festival) if festival else None,
    )


def _without_blanks(query: ListQuery) -> dict[str, str]:
    """The filters as they stand in an address; flags as `yes`."""
    values = query.model_dump(by_alias=True, exclude={"cursor"}, exclude_defaults=True)
    return {name: "yes" if value is True else str(value) for name, value in values.items()}


def _by_day(items: Sequence[Listed], first: dt.date) -> list[tuple[dt.date, list[Listed]]]:
    """The items by the day they begin; what began before `first` and still goes on stands on that day."""
    return [(day, list(group)) for day, group in groupby(items, key=lambda item: max(item.occurrence.starts_on, first))]


def _quick_links(query: ListQuery, today: dt.date) -> list[tuple[str, str, bool]]:
    """(name, query string, whether it is the present choice) of the ready-made filters."""
    saturday, sunday = weekend_of(today)
    language = current_language()
    choices: list[tuple[str, dict[str, str]]] = [
        ("today", {"from": str(today), "to": str(today)}),
        ("weekend", {"from": str(saturday), "to": str(sunday)}),
        ("free", {"free": "yes"}),
        ("children", {"children": "yes"}),
        ("accessible", {"accessible": "yes"}),
        *([("language", {"language": language})] if language != "en" else []),
    ]
    chosen = _without_blanks(query)
    return [(name, urlencode(values), chosen == values) for name, values in choices]


async def get_event_page(request: Request) -> Response:
    """One event, at the date named by `on` or the next one."""
    on = request.query_params.get("on", "")
    if on and not (on.isdigit() and len(on) <= 18):
        raise NotFound
    event = await get_event(request.path_params["slug"], int(on) if on else None)
    shown = event.shown
    return render(
        request,
        "events/event.html",
        event=event,
        rain_date=_date(event.program.facts.get("rain_date")),
        register_until=_date(event.program.facts.get("register_until")),
        panels=await render_event_panels(request, shown) if shown and shown.state == "scheduled" else [],
        data=event_data(event),
    )


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


_STATUS = {"scheduled": "EventScheduled", "postponed": "EventPostponed", "cancelled": "EventCancelled"}


def event_data(event: Event) -> dict[str, Any]:
    """The date shown, as schema.org's Event."""
    program, shown, venue = event.program, event.shown, event.venue
    base = settings().base_url
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title.text,
        "description": event.summary.text or event.title.text,
        "url": f"{base}/events/{program.slug}",
        "inLanguage": list(event.languages),
        "isAccessibleForFree": program.fee_cents == 0,
        "location": {"@type": "Place", "name": venue.name, "address": venue.address},
        "offers": {"@type": "Offer", "price": f"{program.fee_cents / 100:.2f}", "priceCurrency": "USD"},
    }
    if shown:
        zone = settings().zone
        days = shown.series.all_day
        status = "EventRescheduled" if shown.moved and shown.state == "scheduled" else _STATUS[shown.state]
        found |= {
            "startDate": (shown.starts_on if days else shown.starts_at.astimezone(zone)).isoformat(),
            "endDate": (shown.ends_on if days else shown.ends_at.astimezone(zone)).isoformat(),
            "eventStatus": f"https://schema.org/{status}",
        }
    return found


async def get_festival_home(request: Request) -> Response:
    """The way to the festival that is on or comes next."""
    festival = await find_current_festival()
    if festival is None:
        raise NotFound
    return RedirectResponse(url_for_reader(request)(f"/festival/{festival.slug}"), 307)


async def get_festival_page(request: Request) -> Response:
    """A festival: facts, now and next, the programme by stage, nations, and what other rooms add."""
    day = await get_festival_day(request.path_params["slug"])
    return render(
        request,
        "events/festival.html",
        day=day,
        festival=day.festival,
        slots=[(slot, lay_out(slot.starts_at, slot.ends_at, day.opens_at)) for slot in day.slots],
        columns={stage.id: number for number, stage in enumerate(day.stages, 1)},
        hours=_hours(day),
        now_and_next=day.now_and_next(now()),
        nations=sorted(territory_name(code) for code in day.festival.nations if code != "*"),
        panels=await render_festival_panels(request, day.festival),
        admission_path=_admission_path(day.admission),
    )


def _hours(day: FestivalDay) -> list[tuple[dt.datetime, int]]:
    """Each full hour of the grid and its row."""
    zone = settings().zone
    first = day.opens_at.astimezone(zone).replace(minute=0)
    hours = int((day.closes_at - first).total_seconds()) // 3600 + 1
    offset = round((first - day.opens_at).total_seconds() / 300) + 1
    return [
        (first + dt.timedelta(hours=number), offset + number * _HOUR_ROWS)
        for number in range(hours)
        if offset + number * _HOUR_ROWS >= 1
    ]


def _admission_path(occurrence: Occurrence | None) -> str:
    return f"/events/{occurrence.program.slug}?on={occurrence.id}" if occurrence else ""


routes: Routes = [
    Door("/", ANYONE, get=get_home),
    Door("/events/{slug}", ANYONE, get=get_event_page),
    Door("/festival", ANYONE, get=get_festival_home),
    Door("/festival/{slug}", ANYONE, get=get_festival_page),
]
