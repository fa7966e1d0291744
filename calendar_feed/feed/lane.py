"""The short way: a feed that this process has, given before anything else of the house is passed through."""

from __future__ import annotations

import time
from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from calendar_feed.feed.shelf import FORMS, Shelf
from festival.kit.web.access_log import Numbers

PATHS = frozenset(f"/calendar.{form}" for form in FORMS)


class FeedLane:
    """Answers GET and HEAD of the public feeds from memory; anything else, and anything new, goes the long way.

    It holds this process's Shelf, which handlers find as `request.state.shelf`. `headers` are those that every
    answer of the house bears. What it answers is counted in `numbers` but not logged line by line: calendars poll
    by the ten thousand, and the line would cost more than the answer.
    """

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str], numbers: Numbers) -> None:
        self.app = app
        self.numbers = numbers
        self.shelf = Shelf()
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["path"] in PATHS and scope["method"] in {"GET", "HEAD"}:
                feed = self.shelf.find(scope["path"], scope["query_string"])
                if feed:
                    began = time.perf_counter()
                    status, headers, body = feed.answer(scope["headers"])
                    headers = headers + self.headers
                    await send({"type": "http.response.start", "status": status, "headers": headers})
                    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
                    self.numbers.note((scope["method"], scope["path"], status), time.perf_counter() - began)
                    return
            scope.setdefault("state", {})["shelf"] = self.shelf
        await self.app(scope, receive, send)
