"""The page of an event."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from events.models import Occurrence
from events.occasion.queries import Event, get_event
from events.occasion.rules import Appointment, Way, calendar_ways, map_ways, postal_address, share_ways
from events.panels import render_event_panels
from events.pictures.queries import list_event_pictures
from festival.kit.errors import NotFound
from festival.kit.i18n import current_language
from festival.kit.web.access import ANYONE
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.organisation.models import Organisation
from festival.settings import settings


async def get_event_page(request: Request) -> Response:
    """One event, at the date named by `on` or the next one."""
    on = request.query_params.get("on", "")
    if on and not (on.isdigit() and len(on) <= 18):
        raise NotFound
    event = await get_event(request.path_params["slug"], int(on) if on else None)
    shown = event.shown
    panels = await render_event_panels(request, shown) if shown and shown.state == "scheduled" else []
    pictures = await list_event_pictures(event.program, event.venue.id)
    return render(request, "events/event.html", **event_context(request, event), panels=panels, pictures=pictures)


def event_context(request: Request, event: Event) -> dict[str, Any]:
    """What the template of an event needs besides its panels."""
    return {
        "event": event,
        "rain_date": _date(event.program.facts.get("rain_date")),
        "register_until": _date(event.program.facts.get("register_until")),
        "data": event_data(event, getattr(request.state, "organisation", None)),
        "ways": _calendar_ways(event),
        "maps": map_ways(event.venue.address) if event.venue.address_confirmed else [],
        "shares": share_ways(event.title.text, _address(event)),
        "page_address": _address(event),
    }


def _address(event: Event) -> str:
    """The whole address of the date shown, in the reader's language."""
    on = f"?on={event.shown.id}" if event.shown else ""
    return f"{settings().base_url}/{current_language()}/events/{event.program.slug}{on}"


def _calendar_ways(event: Event) -> list[Way]:
    shown, venue = event.shown, event.venue
    if shown is None or shown.state != "scheduled":
        return []
    date = Appointment(
        event.title.text, ", ".join(filter(None, (event.place.name.text, venue.address))), _address(event),
        shown.starts_at, shown.ends_at, shown.starts_on, shown.ends_on, bool(shown.series.all_day),
    )  # fmt: skip
    return calendar_ways(date, settings().time_zone)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


_STATUS = {"scheduled": "EventScheduled", "postponed": "EventPostponed", "cancelled": "EventCancelled"}


def event_data(event: Event, office: Organisation | None) -> dict[str, Any]:
    """The date shown, as schema.org's Event."""
    program, shown = event.program, event.shown
    base = settings().base_url
    url = f"{base}/events/{program.slug}"
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title.text,
        "description": event.summary.text or event.title.text,
        "url": url,
        "inLanguage": list(event.languages),
        "image": [f"{base}/{current_language()}/events/{program.slug}/picture.png"],
        "eventAttendanceMode": f"https://schema.org/{'Mixed' if program.online else 'Offline'}EventAttendanceMode",
        "isAccessibleForFree": program.fee_cents == 0,
        "location": _location(event),
        "offers": {"@type": "Offer", "price": f"{program.fee_cents / 100:.2f}", "priceCurrency": "USD", "url": url},
        "organizer": {"@type": "Organization", "name": office.name if office else "", "url": base},
    }
    if event.acts:
        found["performer"] = [{"@type": "PerformingGroup", "name": one.act.title} for one in event.acts]
    return found | _moments(event, shown) if shown else found


def _location(event: Event) -> Any:
    venue = event.venue
    place = {"@type": "Place", "name": event.place.name.text, "address": postal_address(venue.address)}
    if not event.program.online_url:
        return place
    return [place, {"@type": "VirtualLocation", "url": event.program.online_url}]


def _moments(event: Event, shown: Occurrence) -> dict[str, Any]:
    days, zone = shown.series.all_day, settings().zone
    status = "EventRescheduled" if shown.moved and shown.state == "scheduled" else _STATUS[shown.state]
    found = {
        "startDate": (shown.starts_on if days else shown.starts_at.astimezone(zone)).isoformat(),
        "endDate": (shown.ends_on if days else shown.ends_at.astimezone(zone)).isoformat(),
        "eventStatus": f"https://schema.org/{status}",
    }
    if event.moved_from:
        found["previousStartDate"] = event.moved_from.isoformat()
    return found


routes: Routes = [Door("/events/{slug}", ANYONE, get=get_event_page, kept=True)]
