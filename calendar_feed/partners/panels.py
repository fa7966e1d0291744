"""What the home page shows of partners: the next few of their events, with credit."""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request

from calendar_feed.feed.pages import shelf_of
from calendar_feed.feed.rules import Selection
from festival.kit.clock import now
from festival.kit.i18n import current_language
from festival.kit.web.pages import url_for_reader
from festival.kit.web.templates import templates

_SHOWN = 4


async def partners_panel(request: Request) -> Markup:
    """The next partners' events; nothing while there are none."""
    listed = await shelf_of(request).list_times(Selection(lang=current_language(), partners="only"))
    coming = [(item, time) for item, time in listed if time.ends_at >= now()]
    if not coming:
        return Markup("")
    context = {"url": url_for_reader(request), "coming": coming[:_SHOWN], "total": len(coming)}
    return Markup(templates().render("calendar/partners/panel.html", context))  # noqa: S704 - rendered with escaping
