"""The page of a festival."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from events.fest_day.queries import FestivalDay, get_festival_day
from events.fest_day.rules import lay_out
from events.models import Occurrence
from events.panels import render_festival_panels
from events.pictures.queries import list_pictures
from events.whats_on.queries import find_current_festival
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import territory_name
from festival.kit.web.access import ANYONE
from festival.kit.web.pages import render, url_for_reader
from festival.kit.web.routes import Door, Routes
from festival.settings import settings

_HOUR_ROWS = 12


async def get_festival_home(request: Request) -> Response:
    """The way to the festival that is on or comes next."""
    festival = await find_current_festival()
    if festival is None:
        raise NotFound
    return RedirectResponse(url_for_reader(request)(f"/festival/{festival.slug}"), 307)


async def get_festival_page(request: Request) -> Response:
    """A festival: facts, now and next, the programme by stage, nations, and what other rooms add."""
    day = await get_festival_day(request.path_params["slug"])
    return render(request, "events/festival.html", **await festival_context(request, day))


async def festival_context(request: Request, day: FestivalDay) -> dict[str, Any]:
    """All that the page of a festival shows."""
    return {
        "day": day,
        "festival": day.festival,
        "slots": [(slot, lay_out(slot.starts_at, slot.ends_at, day.opens_at)) for slot in day.slots],
        "columns": {stage.id: number for number, stage in enumerate(day.stages, 1)},
        "hours": _hours(day),
        "now_and_next": day.now_and_next(now()),
        "nations": sorted(territory_name(code) for code in day.festival.nations if code != "*"),
        "pictures": await list_pictures("festival", day.festival.id),
        "panels": await render_festival_panels(request, day.festival),
        "admission_path": _admission_path(day.admission),
    }


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
    Door("/festival", ANYONE, get=get_festival_home),
    Door("/festival/{slug}", ANYONE, get=get_festival_page, kept=True),
]
