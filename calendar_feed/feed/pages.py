"""Feeds in every format."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from calendar_feed.feed.items import Item
from calendar_feed.feed.rules import Selection, UnknownFilter, parse_selection
from calendar_feed.feed.shelf import FORMS, PUBLIC_HEADERS, Shelf
from calendar_feed.ical import About, write_calendar
from festival.kit.errors import NotFound
from festival.kit.i18n import current_language
from festival.kit.languages import DEFAULT
from festival.kit.web.access import ANYONE
from festival.kit.web.api import problem_response
from festival.kit.web.kept import Kept
from festival.kit.web.routes import Door, Handler, Routes
from festival.settings import settings


def shelf_of(request: Request) -> Shelf:
    """This process's shelf."""
    shelf: Shelf = request.state.shelf
    return shelf


async def read_selection(request: Request, language: str) -> Selection:
    """The selection in the request's address; raises UnknownFilter."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True, errors="replace")
    return parse_selection(pairs, await shelf_of(request).known(), language)


def _get_feed(form: str) -> Handler:
    async def get(request: Request) -> Response:
        shelf, prefix = shelf_of(request), getattr(request.state, "prefix", "")
        # One address, one text: only the address chooses the language, never the browser.
        try:
            selection = await read_selection(request, prefix.strip("/") or DEFAULT)
        except UnknownFilter as refusal:
            return problem_response(refusal)
        feed = await shelf.feed(form, selection)
        if not prefix:
            shelf.remember(request.url.path, request.scope["query_string"], feed)
        return feed.respond(request.scope["headers"])

    return get


async def get_event_file(request: Request) -> Response:
    """One program, with all its dates, as a file."""
    slug = request.path_params["slug"]
    items = [i for i in await shelf_of(request).items(current_language()) if i.entry.slug == slug]
    if not items:
        raise NotFound
    return file_of(shelf_of(request), items).respond(request.scope["headers"])


def file_of(shelf: Shelf, items: list[Item]) -> Kept:
    """A calendar of a few items, named after the first, to be opened or kept."""
    first = items[0]
    source = f"{settings().base_url}/events/{first.entry.slug}.ics"
    about = About(first.title.text, first.summary.text, first.language, source, first.address)
    body = write_calendar(about, map(shelf.bytes_of, items), {item.entry.zone for item in items})
    name = f'attachment; filename="{first.entry.slug}.ics"'
    changed_at = max(max(i.changed_at, *(t.changed_at for t in i.entry.times)) for i in items)
    return Kept(body, FORMS["ics"].media_type, changed_at, [*PUBLIC_HEADERS, ("content-disposition", name)])


routes: Routes = [
    *(Door(f"/calendar.{form}", ANYONE, get=_get_feed(form)) for form in FORMS),
    Door("/events/{slug}.ics", ANYONE, get=get_event_file),
]
