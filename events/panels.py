"""Panels: what higher rooms show on the home page, an event's and a festival's. The roof registers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from markupsafe import Markup
from starlette.requests import Request

from events.models import Festival, Occurrence

EventPanel = Callable[[Request, Occurrence], Awaitable[Markup]]
FestivalPanel = Callable[[Request, Festival], Awaitable[Markup]]
HomePanel = Callable[[Request], Awaitable[Markup]]

_event_panels: list[EventPanel] = []
_festival_panels: list[FestivalPanel] = []
_home_panels: list[HomePanel] = []


def register_event_panel(panel: EventPanel) -> None:
    """Show `panel` on the page of every occurrence, after those registered before it."""
    if panel not in _event_panels:
        _event_panels.append(panel)


async def render_event_panels(request: Request, occurrence: Occurrence) -> list[Markup]:
    """The panels of one occurrence, empty ones left out."""
    found = [await panel(request, occurrence) for panel in _event_panels]
    return [markup for markup in found if markup]


def register_festival_panel(panel: FestivalPanel) -> None:
    """Show `panel` on the page of every festival, below its programme: its site map, its vendors."""
    if panel not in _festival_panels:
        _festival_panels.append(panel)


async def render_festival_panels(request: Request, festival: Festival) -> list[Markup]:
    """The panels of one festival, empty ones left out."""
    found = [await panel(request, festival) for panel in _festival_panels]
    return [markup for markup in found if markup]


def register_home_panel(panel: HomePanel) -> None:
    """Show `panel` below what is on, the same whatever the filters: partners' events."""
    if panel not in _home_panels:
        _home_panels.append(panel)


async def render_home_panels(request: Request) -> list[Markup]:
    """The panels of the home page, empty ones left out."""
    found = [await panel(request) for panel in _home_panels]
    return [markup for markup in found if markup]
