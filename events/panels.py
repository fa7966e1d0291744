"""Panels: what higher rooms show on an event's page, such as its places left. The roof registers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from markupsafe import Markup
from starlette.requests import Request

from events.models import Occurrence

EventPanel = Callable[[Request, Occurrence], Awaitable[Markup]]

_event_panels: list[EventPanel] = []


def register_event_panel(panel: EventPanel) -> None:
    """Show `panel` on the page of every occurrence, after those registered before it."""
    if panel not in _event_panels:
        _event_panels.append(panel)


async def render_event_panels(request: Request, occurrence: Occurrence) -> list[Markup]:
    """The panels of one occurrence, empty ones left out."""
    found = [await panel(request, occurrence) for panel in _event_panels]
    return [markup for markup in found if markup]
