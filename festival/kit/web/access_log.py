"""One line for every request, and its numbers for the operator: never a secret, a query or a body."""

from __future__ import annotations

import logging
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from festival.kit.web.routes import Door

log = logging.getLogger("festival.access")

_NO_DOOR = "(no door)"
_SECRET_NAMES = {"secret", "token", "code"}
_Key = tuple[str, str, int]


def shown_path(scope: Scope) -> str:
    """The path as a log may hold it: what the path of a holder's door carries is left out, so is a stranger's path."""
    door = scope.get("door")
    if not isinstance(door, Door):
        return _NO_DOOR
    names = set(re.findall(r"{(\w+)", door.path))
    if door.access.own_secret or names & _SECRET_NAMES:
        return door.path
    return re.sub(r"[^\x21-\x7e]", "?", str(scope["path"]))[:200]


class Numbers:
    """Requests of this process by method, route and status, and the seconds they took."""

    def __init__(self) -> None:
        self.requests: Counter[_Key] = Counter()
        self.seconds: defaultdict[_Key, float] = defaultdict(float)

    def note(self, key: _Key, seconds: float) -> None:
        """Count one answered request."""
        self.requests[key] += 1
        self.seconds[key] += seconds

    def lines(self) -> Iterable[str]:
        """The counters as Prometheus text."""
        tables: dict[str, Mapping[_Key, float]] = {
            "festival_requests_total": self.requests,
            "festival_request_seconds_total": self.seconds,
        }
        for name, values in tables.items():
            yield f"# TYPE {name} counter"
            for (method, route, status), value in sorted(values.items()):
                yield metric(name, {"method": method, "route": route, "status": status}, value)


def metric(name: str, labels: Mapping[str, object], value: float) -> str:
    """One sample in the text exposition format."""
    inside = ",".join(f'{label}="{str(text).translate(_ESCAPES)}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}"


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


class AccessLog:
    """Logs and counts every request once it was answered. The server's own access log stays off."""

    def __init__(self, app: ASGIApp, *, numbers: Numbers) -> None:
        self.app = app
        self.numbers = numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        first: Any = None

        async def watch(message: Message) -> None:
            nonlocal status, first
            if message["type"] == "http.response.start":
                status, first = int(message["status"]), time.perf_counter()
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            # To the first byte: a stream of arrivals stays open for hours.
            seconds = (first or time.perf_counter()) - began
            door = scope.get("door")
            route = door.path if isinstance(door, Door) else _NO_DOOR
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            self.numbers.note((method, route, status), seconds)
            log.info("method=%s path=%s status=%s ms=%.1f", method, shown_path(scope), status, seconds * 1000)


_METHODS = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}
