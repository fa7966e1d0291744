"""What stands between the server and the rooms, as plain ASGI: language, size, origin, headers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from festival.kit.errors import Forbidden, TooLarge
from festival.kit.i18n import use_language
from festival.kit.languages import LANGUAGES, negotiate, next_best
from festival.kit.words import N_

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; "
    "form-action 'self' {card_page}; base-uri 'none'; frame-ancestors 'none'"
)
CARD_PAGE = "https://checkout.stripe.com"


def secure_headers(*, https: bool, card_page: str = CARD_PAGE) -> dict[str, str]:
    """What every response bears."""
    headers = {
        "Content-Security-Policy": _CONTENT_POLICY.format(card_page=card_page),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


class SecureHeaders:
    """The headers of every response; a handler that sets one itself keeps its own."""

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class LanguagePrefix:
    """Takes `/am` off `/am/events/x` and answers in Amharic; without a prefix the browser's wish counts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            first, _, rest = scope["path"][1:].partition("/")
            state = scope.setdefault("state", {})
            accepted = Headers(scope=scope).get("accept-language", "")
            if first in LANGUAGES:
                scope["path"] = "/" + rest
                scope["raw_path"] = scope["path"].encode()
                state["prefix"] = f"/{first}"
                use_language(first, next_best(accepted, first))
            else:
                state["prefix"] = ""
                chosen = negotiate(accepted)
                use_language(chosen, next_best(accepted, chosen))
        await self.app(scope, receive, send)


class BodyCap:
    """Stops a body at the cap of its route, before anything is parsed. `caps` are tried in order."""

    def __init__(self, app: ASGIApp, *, caps: Sequence[tuple[re.Pattern[str], int]], otherwise: int) -> None:
        self.app = app
        self.caps = caps
        self.otherwise = otherwise

    def cap_for(self, path: str) -> int:
        """The cap in bytes for `path`."""
        return next((cap for pattern, cap in self.caps if pattern.match(path)), self.otherwise)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        cap = self.cap_for(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > cap:
            raise TooLarge
        received = 0

        async def receive_capped() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > cap:
                raise TooLarge
            return message

        await self.app(scope, receive_capped, send)


class SameOrigin:
    """Refuses an unsafe request that another site's page made (Fetch Metadata, Origin)."""

    def __init__(self, app: ASGIApp, *, origin: str, exempt: tuple[str, ...]) -> None:
        self.app = app
        self.origin = origin
        self.exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        unsafe = scope["type"] == "http" and scope["method"] not in SAFE_METHODS
        if unsafe and not scope["path"].startswith(self.exempt) and self._is_foreign(Headers(scope=scope)):
            raise Forbidden(N_("This form came from another site. Open it again on ours."))
        await self.app(scope, receive, send)

    def _is_foreign(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site:
            return site not in {"same-origin", "none"}
        origin = headers.get("origin")
        if not origin:
            return False  # not a browser's cross-site form; a cookie still needs its form token
        return origin != self.origin and urlsplit(origin).netloc != headers.get("host")
