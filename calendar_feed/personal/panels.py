"""What an event's page shows of somebody's own calendar: links only, the same for everybody."""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request

from events.models import Occurrence
from festival.kit.web.pages import url_for_reader
from festival.kit.web.templates import templates


async def star_panel(request: Request, occurrence: Occurrence) -> Markup:
    """The way to star one date."""
    context = {"url": url_for_reader(request), "occurrence": occurrence}
    return Markup(templates().render("calendar/star_panel.html", context))  # noqa: S704 - rendered with escaping
