"""The short way to public pages: what was rendered is kept with its validators, and given while it is still true."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from festival.kit.clock import now
from festival.kit.languages import LANGUAGES, negotiate, next_best
from festival.kit.web.access_log import Numbers
from festival.kit.web.kept import Kept, RawHeaders

# The database is asked for its stamp once in so many seconds, and not at all by requests in between.
CHECK_EVERY = 0.8
# What a page says of the time ("today", "now and next") may be so many seconds old.
OLDEST = 45.0
_MOST_PAGES, _MOST_BYTES, _LONGEST_QUERY = 1000, 32 * 1024 * 1024, 400
_OWN = {"content-length", "content-type", "content-encoding", "vary", "etag", "last-modified"}

log = logging.getLogger("festival")
Stamp = Callable[[], Awaitable[object]]
_Key = tuple[str, bytes, str]


@lru_cache(512)
def _readings(accepted: str, prefix: str) -> str:
    """What of the browser's languages the page depends on: nothing where its address names the only one."""
    chosen = prefix or negotiate(accepted)
    return ",".join(("" if prefix else chosen, *next_best(accepted, chosen))).strip(",")


@dataclass
class _Page:
    kept: Kept
    stamp: object
    made_at: float
    first_body: bytes
    route: str


@dataclass
class _Answer:
    """What the house answered, gathered whole."""

    status: int = 0
    headers: RawHeaders = field(default_factory=RawHeaders)
    body: bytearray = field(default_factory=bytearray)

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


class PageLane:
    """Answers GET and HEAD of the doors in `patterns` to people who are not signed in.

    A kept page is given as long as `stamp` stays the same and it is not too old; `session` begins the cookie
    of whoever is signed in. Anything else goes the long way. What is given from memory is counted in `numbers`
    but not logged line by line: the line would cost more than the answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        patterns: Sequence[re.Pattern[str]],
        stamp: Stamp,
        session: str,
        numbers: Numbers,
        check_every: float,
    ) -> None:
        self.app = app
        self.patterns = patterns
        self.read_stamp = stamp
        self.session = session.encode()
        self.numbers = numbers
        self.check_every = check_every
        self.pages: OrderedDict[_Key, _Page] = OrderedDict()
        self.size = 0
        self._stamp: object = None
        self._checked_at = float("-inf")
        self._checking = asyncio.Lock()
        self._making: dict[_Key, asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(scope)
        if key is None:
            await self.app(scope, receive, send)
            return
        began, page = time.perf_counter(), self.pages.get(key)
        known = page is not None and (self._is_certain(page) or await self._is_true(page))
        if not known:
            if not self._may_keep(scope["path"]):
                await self.app(scope, receive, send)
                return
            page = await self._make(key, scope, receive, send)
            if page is None:
                return
        assert page is not None  # kept, or made on the lines above  # noqa: S101
        status, headers, body = page.kept.answer(scope["headers"])
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        if known:
            self.pages.move_to_end(key)
            self.numbers.note((scope["method"], page.route, status), time.perf_counter() - began)

    def _key(self, scope: Scope) -> _Key | None:
        """Under what a page is kept: its address and its language; None for whoever is known or sends a body."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            return None
        path, query, accepted = scope["path"], scope["query_string"], b""
        if path.startswith("/static/") or len(query) > _LONGEST_QUERY:
            return None
        for name, value in scope["headers"]:
            if name == b"authorization" or (name == b"cookie" and self.session in value):
                return None
            if name == b"accept-language":
                accepted = value
        first = path[1:].partition("/")[0]
        return path, query, _readings(accepted.decode("latin-1"), first if first in LANGUAGES else "")

    def _may_keep(self, path: str) -> bool:
        first, _, rest = path[1:].partition("/")
        bare = f"/{rest}" if first in LANGUAGES else path
        return any(pattern.match(bare) for pattern in self.patterns)

    def _is_certain(self, page: _Page) -> bool:
        """Whether the page is true without asking anybody."""
        fresh = time.monotonic() - self._checked_at < self.check_every
        return fresh and page.stamp == self._stamp and abs(now().timestamp() - page.made_at) < OLDEST

    async def _is_true(self, page: _Page) -> bool:
        return abs(now().timestamp() - page.made_at) < OLDEST and page.stamp == await self._present()

    async def _present(self) -> object:
        """The database's stamp, at most `check_every` seconds old; while the database is away, the last one."""
        if time.monotonic() - self._checked_at >= self.check_every:
            async with self._checking:
                if time.monotonic() - self._checked_at >= self.check_every:
                    began = time.monotonic()
                    try:
                        self._stamp = await self.read_stamp()
                    except Exception:
                        log.exception("the database could not be asked whether public pages changed")
                    self._checked_at = began
        return self._stamp

    async def _make(self, key: _Key, scope: Scope, receive: Receive, send: Send) -> _Page | None:
        """The page, rendered once for all who wait for it; None where it was no page to keep, and was sent."""
        async with self._making.setdefault(key, asyncio.Lock()):
            page = self.pages.get(key)
            if page and await self._is_true(page):
                return page
            # Before the reads of the page: a change between the two makes the page old, never the stamp.
            stamp, made_at, answer = await self._present(), now().timestamp(), _Answer()
            asked: dict[str, Any] = {**scope, "method": "GET"}
            try:
                await self.app(asked, receive, answer.take)
            finally:
                self._making.pop(key, None)
            door: Any = asked.get("door")
            # A door beside it may match the same pattern, such as an event's calendar file.
            if not getattr(door, "kept", False) or not _keepable(answer):
                body = b"" if scope["method"] == "HEAD" else bytes(answer.body)
                await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
                await send({"type": "http.response.body", "body": body})
                return None
            return self._keep(key, answer, stamp, made_at, str(door.path))

    def _keep(self, key: _Key, answer: _Answer, stamp: object, made_at: float, route: str) -> _Page:
        body, before = bytes(answer.body), self.pages.pop(key, None)
        if before and before.first_body == body:
            page = _Page(before.kept, stamp, made_at, body, route)
        else:
            page = _Page(_kept(answer, body, named=bool(key[2])), stamp, made_at, body, route)
            self.size += 2 * len(body)
        self.pages[key] = page
        while len(self.pages) > 1 and (len(self.pages) > _MOST_PAGES or self.size > _MOST_BYTES):
            self.pages.popitem(last=False)
            self.size = sum(2 * len(one.first_body) for one in self.pages.values())
        return page


def _keepable(answer: _Answer) -> bool:
    headers = Headers(raw=answer.headers)
    plain = "set-cookie" not in headers and "content-encoding" not in headers
    return answer.status == 200 and plain and "no-store" not in headers.get("cache-control", "")


def _kept(answer: _Answer, body: bytes, *, named: bool) -> Kept:
    """The answer with its validators. `named` where the browser's languages chose the text."""
    raw: Mapping[str, str] = {name.decode(): value.decode("latin-1") for name, value in answer.headers}
    headers = {name: value for name, value in raw.items() if name not in _OWN}
    headers.setdefault("cache-control", "no-cache")
    headers["vary"] = "Accept-Encoding, Accept-Language, Cookie" if named else "Accept-Encoding, Cookie"
    return Kept(body, raw.get("content-type", "text/html; charset=utf-8"), now(), headers.items())
