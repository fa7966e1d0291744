"""The short way: a feed that this process has, given before anything else of the house is passed through."""

from __future__ import annotations

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
            path, method = scope["path"], scope["method"]
            if path in PATHS and (method == "GET" or method == "HEAD"):  # noqa: PLR1714 - twice as quick
                feed = self.shelf.find(path, scope["query_string"])
                if feed:
                    status, headers, body = feed.answer(scope["headers"])
                    await send({"type": "http.response.start", "status": status, "headers": headers + self.headers})
                    await send({"type": "http.response.body", "body": body if method == "GET" else b""})
                    # What it took is a few microseconds, whichever it was.
                    self.numbers.note((method, path, status), 0.0)
                    return
            scope.setdefault("state", {})["shelf"] = self.shelf
        await self.app(scope, receive, send)
