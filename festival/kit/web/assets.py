"""Our own static files: named by a digest of all of them, compressed once, kept for a year by browsers."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import NotFound

STATIC = Path(__file__).parent.parent.parent / "static"
_TEXTUAL = {".css", ".js", ".svg", ".json", ".webmanifest", ".wasm", ".txt", ".map"}
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".wasm": "application/wasm"}
_YEAR = 31_536_000


@cache
def build() -> str:
    """A digest over every static file: a changed file changes every address once."""
    running = hashlib.sha256()
    for path in sorted(p for p in STATIC.rglob("*") if p.is_file()):
        running.update(path.relative_to(STATIC).as_posix().encode())
        running.update(path.read_bytes())
    return running.hexdigest()[:10]


def asset_url(name: str) -> str:
    """The address of a static file, such as `css/festival.css`."""
    return f"/static/{build()}/{name}"


@dataclass(frozen=True)
class _Asset:
    media_type: str
    encodings: dict[str, bytes]


@cache
def _load(name: str) -> _Asset:
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC) or not path.is_file():
        raise NotFound
    raw = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix not in _TEXTUAL:
        return _Asset(media_type, {"": raw})
    return _Asset(media_type, {"": raw, "br": brotli.compress(raw, quality=9), "gzip": gzip.compress(raw, 9, mtime=0)})


async def get_asset(request: Request) -> Response:
    """A static file, in the best encoding that the browser takes."""
    asset = _load(request.path_params["name"])
    accepted = request.headers.get("accept-encoding", "")
    encoding = next((code for code in ("br", "gzip") if code in accepted and code in asset.encodings), "")
    headers = {"Vary": "Accept-Encoding", "Cache-Control": f"public, max-age={_YEAR}, immutable"}
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(asset.encodings[encoding], headers=headers, media_type=asset.media_type)
