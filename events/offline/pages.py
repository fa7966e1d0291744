"""The service worker of the public pages, and the page shown without a network."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.languages import LANGUAGES
from festival.kit.web.access import ANYONE
from festival.kit.web.assets import STATIC, asset_url, build
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes

_FILES = (
    "css/festival.css",
    "css/grid-rows.css",
    "js/site.js",
    "js/festival.js",
    "js/finder.js",
    "js/event.js",
    "fonts/bricolage-latin.woff2",
    "img/mark.svg",
    "img/bunting.svg",
    "img/quilt-strip.svg",
    "img/quilt.svg",
    "img/globe.svg",
    "img/find.svg",
    "img/star.svg",
)
# Whose pages are never kept on a phone, although they are found under the same address as public ones.
_PRIVATE = (
    "/organize",
    "/account",
    "/sign-in",
    "/api",
    "/gate",
    "/webhooks",
    "/apply",
    "/tickets",
    "/pay",
    "/calendar/my",
)


async def get_service_worker(_: Request) -> Response:
    """The service worker, told what to keep; a changed file changes it, and so the browser takes it."""
    told = {
        "build": build(),
        "files": [asset_url(name) for name in _FILES],
        "private": _PRIVATE,
        "languages": list(LANGUAGES),
    }
    script = f"self.FEST={json.dumps(told)};\n{(STATIC / 'js/worker.js').read_text('utf-8')}"
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


async def get_offline(request: Request) -> Response:
    """What stands where a page was not kept and there is no network."""
    return render(request, "events/offline.html")


routes: Routes = [
    Door("/sw.js", ANYONE, get=get_service_worker, kept=True),
    Door("/offline", ANYONE, get=get_offline, kept=True),
]
