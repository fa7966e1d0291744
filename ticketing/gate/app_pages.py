"""The scanner web app: its page, its service worker, its manifest. Anyone may open it; only a device may scan."""

from __future__ import annotations

import hashlib
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from festival.kit.i18n import put
from festival.kit.web.access import ANYONE
from festival.kit.web.assets import STATIC, asset_url
from festival.kit.web.pages import render, url_for_reader
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_
from festival.settings import settings

# The files the app needs without a network, beside its page.
_FILES = (
    "css/festival.css",
    "css/gate.css",
    "dist/gate.js",
    "dist/reader.js",
    "dist/zxing_reader.wasm",
    "fonts/bricolage-latin.woff2",
    "img/mark.svg",
)
_CAMERA_HERE = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"

# What the scripts say. {braces} are filled in the browser.
_WORDS = {
    "admitted": N_("Admitted"),
    "left": N_("Out"),
    "undone": N_("Undone"),
    "refused": N_("Refused"),
    "count": N_("{people} of {party} in"),
    "first_in": N_("First in at {time}, {gate}"),
    "admit": N_("Admit {people}"),
    "whole_party": N_("Whole party"),
    "all_sent": N_("All sent"),
    "waiting": N_("Waiting: {count}"),
    "stuck": N_("Not taken: {count}"),
    "offline": N_("Offline"),
    "no_camera": N_("The camera cannot be used. Allow it in the browser's settings, or type the code."),
    "no_network": N_("There is no network. Connect this phone once to enrol it."),
    "wrong_code": N_("This code is not good any more. Ask the organizer for a new one."),
    "too_many": N_("Too many tries. Wait a minute."),
    "zone_level": N_("{zone}: {percent} percent full"),
    "zone_full": N_("{zone} is full. Let people in only as others leave."),
    "found_none": N_("Nobody is found. Try another part of the name."),
    "found_many": N_("Only the first ten are shown. Type more of the name."),
    "search_offline": N_("Names can be looked up only with a network."),
    "found_one": N_("{name}: {people} of {party} in"),
    "send_first": N_("Waiting: {count}. Connect this phone, so that they are sent, before you change its gate."),
    "revoked": N_("This phone's time at the gate is over. Ask the organizer for a new code."),
}
# Each refusal: its title and its sentence, shown when this phone decides alone.
_CODES = {
    "unknown": (N_("Unknown code"), N_("This is not one of our tickets. Ask for the QR of the ticket.")),
    "wrong_event": (N_("Other event"), N_("The ticket is real, but for another event.")),
    "not_yet_valid": (N_("Too early"), N_("The ticket is good, but its time has not begun yet.")),
    "expired": (N_("Too late"), N_("The time of this ticket is over.")),
    "cancelled": (N_("Cancelled"), N_("Its holder or the office cancelled it. Send them to the information desk.")),
    "rotated": (N_("Old code"), N_("The holder renewed this code. Ask them to open their newest ticket.")),
    "already_in": (N_("Already in"), N_("Everybody of this party is inside.")),
    "party_full": (N_("Too many people"), N_("More people came than this ticket has places left for.")),
    "not_inside": (N_("Not inside"), N_("Nobody of this party came in before.")),
    "zone_full": (N_("Zone full"), N_("As many people are inside as are allowed. Wait until some leave.")),
    "gate_not_allowed": (N_("Other gate"), N_("This gate does not take this ticket. Send them to another gate.")),
    "device_revoked": (N_("This phone may not scan"), N_("Its time at the gate is over. Ask the organizer.")),
    "not_ready": (N_("Papers not in order"), N_("Not everything is in order. Ask a supervisor.")),
    "needs_network": (N_("No network"), N_("A short code can be checked only with a network. Scan the QR instead.")),
    "bad_signature": (N_("Forged code"), N_("The code was not signed by us. Call the organizer.")),
}


async def get_gate(request: Request) -> Response:
    """The scanner. It holds nothing about anybody, so it is the same page for all."""
    data = {
        "zone": settings().zone.key,
        "words": {name: put(text) for name, text in _WORDS.items()},
        "codes": {code: (put(title), put(why)) for code, (title, why) in _CODES.items()},
    }
    page = render(request, "ticketing/gate/app.html", data=data)
    page.headers["Permissions-Policy"] = _CAMERA_HERE
    return page


async def get_service_worker(request: Request) -> Response:
    """The service worker, told what to keep; a changed page or file changes it, and so the browser takes it."""
    page = await get_gate(request)
    url = url_for_reader(request)
    stamp = hashlib.sha256(bytes(page.body)).hexdigest()[:10]
    told = {"cache": f"{url('/gate')}@{stamp}", "page": url("/gate"), "files": [asset_url(name) for name in _FILES]}
    script = f"self.GATE={json.dumps(told)};\n{(STATIC / 'dist/sw.js').read_text()}"
    # The page itself lies above this script's folder, so its scope has to be granted.
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": url("/gate")}
    return Response(script, media_type="text/javascript", headers=headers)


async def get_manifest(request: Request) -> Response:
    """What a phone needs to install the scanner."""
    url = url_for_reader(request)
    icons = [
        {"src": asset_url("img/gate.svg"), "sizes": "any", "type": "image/svg+xml"},
        *(
            {"src": asset_url(f"img/gate-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": use}
            for size in (192, 512)
            for use in ("any", "maskable")
        ),
    ]
    manifest = {
        "name": put(N_("Gate scanner")),
        "short_name": put(N_("Gate")),
        "id": "/gate",
        "start_url": url("/gate"),
        "scope": url("/gate"),
        "display": "standalone",
        "background_color": "#16141b",
        "theme_color": "#16141b",
        "icons": icons,
    }
    return JSONResponse(manifest, media_type="application/manifest+json")


routes: Routes = [
    Door("/gate", ANYONE, get=get_gate),
    Door("/gate/sw.js", ANYONE, get=get_service_worker),
    Door("/gate/manifest.webmanifest", ANYONE, get=get_manifest),
]
