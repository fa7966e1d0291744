"""The frame that other websites show, and the script of one line that puts it there. Only this page may be framed."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from calendar_feed.feed.pages import shelf_of
from calendar_feed.feed.rules import Selection, UnknownFilter, parse_selection
from festival.kit.clock import now
from festival.kit.i18n import current_language
from festival.kit.web.access import ANYONE
from festival.kit.web.assets import asset_url
from festival.kit.web.middleware import secure_headers
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import Message
from festival.settings import settings

USUAL, MOST = 6, 50
_POLICY = "Content-Security-Policy"


async def get_widget(request: Request) -> Response:
    """The next dates of a selection, to be shown in a frame; `most` says how many."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True, errors="replace")
    shelf, refused, language = shelf_of(request), None, current_language()
    try:
        selection = parse_selection([pair for pair in pairs if pair[0] != "most"], await shelf.known(), language)
    except UnknownFilter as refusal:
        selection, refused = Selection(lang=language), refusal.words
    return await _show(request, selection, _most(dict(pairs).get("most", "")), refused)


async def _show(request: Request, selection: Selection, most: int, refused: Message | None) -> Response:
    shelf, at = shelf_of(request), now()
    about = await shelf.about("ics", selection, await shelf.current())
    coming = [] if refused else [pair for pair in await shelf.list_times(selection) if pair[1].ends_at >= at]
    response = render(
        request, "calendar/widget.html", 400 if refused else 200, refused=refused, called=about.name, page=about.url,
        coming=coming[:most],
    )  # fmt: skip
    usual = secure_headers(https=settings().https)[_POLICY]
    response.headers[_POLICY] = usual.replace("frame-ancestors 'none'", "frame-ancestors *")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _most(text: str) -> int:
    return min(max(int(text), 1), MOST) if text.isascii() and text.isdigit() and len(text) < 4 else USUAL


async def get_script(_: Request) -> Response:
    """The script at an address that never changes; it is small, and always the newest."""
    headers = {
        "Location": asset_url("js/widget.js"), "Cache-Control": "public, max-age=3600",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }  # fmt: skip
    return Response(status_code=302, headers=headers)


routes: Routes = [Door("/widget", ANYONE, get=get_widget), Door("/widget.js", ANYONE, get=get_script)]
