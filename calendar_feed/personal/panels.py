"""What an event's and a festival's page show of somebody's own calendar: links only, the same for everybody."""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request

from events.models import Festival, Occurrence, Performance
from festival.kit.web.pages import url_for_reader
from festival.kit.web.templates import templates


async def star_panel(request: Request, occurrence: Occurrence) -> Markup:
    """The way to star one date."""
    context = {"url": url_for_reader(request), "occurrence": occurrence}
    return Markup(templates().render("calendar/star_panel.html", context))  # noqa: S704 - rendered with escaping


async def acts_panel(request: Request, festival: Festival) -> Markup:
    """The way to star each act of a festival; nothing before its schedule is published."""
    slots = await (
        Performance.filter(plan__festival_id=festival.id, plan__state="published", state="scheduled")
        .select_related("act", "stage")
        .order_by("starts_at", "id")
    )
    if not slots:
        return Markup("")
    context = {"url": url_for_reader(request), "slots": slots, "festival": festival}
    return Markup(templates().render("calendar/acts_panel.html", context))  # noqa: S704 - rendered with escaping
