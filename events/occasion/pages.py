"""The page of an event."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from events.occasion.queries import Event, get_event
from events.panels import render_event_panels
from events.pictures.queries import list_pictures
from festival.kit.errors import NotFound
from festival.kit.web.access import ANYONE
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.settings import settings


async def get_event_page(request: Request) -> Response:
    """One event, at the date named by `on` or the next one."""
    on = request.query_params.get("on", "")
    if on and not (on.isdigit() and len(on) <= 18):
        raise NotFound
    event = await get_event(request.path_params["slug"], int(on) if on else None)
    shown = event.shown
    panels = await render_event_panels(request, shown) if shown and shown.state == "scheduled" else []
    pictures = await list_pictures(event.program.id)
    return render(request, "events/event.html", **event_context(event), panels=panels, pictures=pictures)


def event_context(event: Event) -> dict[str, Any]:
    """What the template of an event needs besides its panels."""
    return {
        "event": event,
        "rain_date": _date(event.program.facts.get("rain_date")),
        "register_until": _date(event.program.facts.get("register_until")),
        "data": event_data(event),
    }


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


routes: Routes = [Door("/events/{slug}", ANYONE, get=get_event_page, kept=True)]
