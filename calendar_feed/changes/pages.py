"""`/calendar/changes?since=`: what is other since a token, or everything where the token is too old."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from calendar_feed.changes.actions import bring_up_to
from calendar_feed.changes.queries import list_changed
from calendar_feed.changes.rules import among, is_usable, read_token, write_token
from calendar_feed.feed.formats import describe_time
from calendar_feed.feed.items import Item
from calendar_feed.feed.pages import shelf_of
from calendar_feed.feed.rules import UnknownFilter, parse_selection
from calendar_feed.feed.shelf import Shelf
from festival.kit.languages import DEFAULT
from festival.kit.web.access import ANYONE
from festival.kit.web.api import problem_response
from festival.kit.web.limits import limit
from festival.kit.web.routes import Door, Routes

_PER_MINUTE = 60


async def get_changes(request: Request) -> Response:
    """`{token, full, changed, removed}`. With `full`, whatever is not in `changed` is to be dropped.

    `changed` has each item whole: its `uid`, its `times` as in the JSON feed, and `ical`, its VEVENTs. An item that
    no longer fits the filters counts as removed.
    """
    limit(request, "changes", _PER_MINUTE)
    shelf = shelf_of(request)
    pairs = parse_qsl(request.url.query, keep_blank_values=True, errors="replace")
    prefix = str(getattr(request.state, "prefix", "")).strip("/")
    try:
        filters = [pair for pair in pairs if pair[0] != "since"]
        selection = parse_selection(filters, await shelf.known(), prefix or DEFAULT)
    except UnknownFilter as refusal:
        return problem_response(refusal)
    state = await bring_up_to(await shelf.current())
    since = read_token(dict(pairs).get("since", ""))
    items = {item.entry.uid: item for item in await shelf.select(selection)}
    full = not is_usable(since, state.oldest, state.sequence)
    changed, removed = (sorted(items), []) if full else among(await list_changed(since or 0), items)
    document = {
        "token": write_token(state.sequence), "full": full,
        "changed": [_describe(shelf, items[uid]) for uid in changed], "removed": removed,
    }  # fmt: skip
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    headers = {"Cache-Control": "public, max-age=5", "Access-Control-Allow-Origin": "*"}
    return Response(body, media_type="application/json", headers=headers)


def _describe(shelf: Shelf, item: Item) -> dict[str, Any]:
    return {
        "uid": item.entry.uid,
        "times": [describe_time(item, time) for time in item.entry.times],
        "ical": shelf.bytes_of(item).decode(),
    }


routes: Routes = [Door("/calendar/changes", ANYONE, get=get_changes)]
