"""A finished answer with its validators, and how a request is answered from it (RFC 9110, sections 8.8 and 13)."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import time
from collections.abc import Iterable
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import cast

import brotli
import zstandard
from starlette.responses import Response

RawHeaders = list[tuple[bytes, bytes]]
_SUFFIXES = {"": "", "gzip": "-g", "br": "-b", "zstd": "-z"}
# What we would rather send, when the asker likes several equally.
_PREFERRED = ("zstd", "br", "gzip")
_LEAST = 512
_MOST_FORMS = 64
# A Last-Modified younger than this could name two states of one second.
_SETTLED = 2.0


@lru_cache(256)
def choose_encoding(accepted: str) -> str:
    """The content coding for an Accept-Encoding header (RFC 9110, section 12.5.3); "" is identity."""
    weights: dict[str, float] = {}
    for part in accepted.split(",")[:20]:
        name, _, parameter = part.strip().lower().partition(";")
        try:
            weights[name.strip()] = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weights[name.strip()] = 0.0
    rest = weights.get("*", 0.0)
    liked = max(_PREFERRED, key=lambda name: weights.get(name, rest))
    weight = weights.get(liked, rest)
    return liked if weight > 0 and weight >= weights.get("identity", 0.0) else ""


def _compress(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.compress(body, 6, mtime=0)
    if encoding == "br":
        return cast(bytes, brotli.compress(body, quality=5))
    return zstandard.ZstdCompressor(level=9).compress(body)


class Variant:
    """The answer in one encoding: its body, and its headers with and without Last-Modified."""

    def __init__(self, body: bytes, headers: Iterable[tuple[str, str]], etag: str, last_modified: str) -> None:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        validators = [(b"etag", etag.encode()), (b"last-modified", last_modified.encode())]
        length = (b"content-length", str(len(body)).encode())
        self.body = body
        self.etag = etag.encode()
        self.full: RawHeaders = [*raw, *validators, length]
        self.full_unsettled: RawHeaders = [*raw, validators[0], length]
        # A 304 repeats what a cache would use; the rest it has (RFC 9110, section 15.4.5).
        short = [pair for pair in raw if pair[0] not in {b"content-type", b"content-encoding", b"content-disposition"}]
        self.unchanged: RawHeaders = [*short, *validators]
        self.unchanged_unsettled: RawHeaders = [*short, validators[0]]


class Kept:
    """One document in every encoding, each made when first asked for and then kept."""

    def __init__(
        self, body: bytes, media_type: str, modified_at: dt.datetime, headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        vary = [] if any(name == "vary" for name, _ in headers) else [("vary", "Accept-Encoding")]
        self._headers = [("content-type", media_type), *vary, *headers]
        self._body = body
        self._etag = base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:15]).decode()
        self._modified = int(modified_at.timestamp())
        self._modified_text = format_datetime(dt.datetime.fromtimestamp(self._modified, dt.UTC), usegmt=True)
        self._variants: dict[str, Variant] = {}
        # By the very bytes of Accept-Encoding, of which askers have few forms.
        self._asked: dict[bytes, Variant] = {}

    @property
    def size(self) -> int:
        """Bytes kept."""
        return sum(len(variant.body) for variant in self._variants.values()) + len(self._body)

    def variant(self, accepted: str) -> Variant:
        """The variant for an Accept-Encoding header."""
        encoding = choose_encoding(accepted) if len(self._body) >= _LEAST else ""
        found = self._variants.get(encoding)
        if not found:
            headers = [*self._headers, ("content-encoding", encoding)] if encoding else self._headers
            body = _compress(self._body, encoding) if encoding else self._body
            etag = f'"{self._etag}{_SUFFIXES[encoding]}"'
            found = self._variants[encoding] = Variant(body, headers, etag, self._modified_text)
        return found

    def answer(self, asked: Iterable[tuple[bytes, bytes]]) -> tuple[int, RawHeaders, bytes]:
        """Status, headers and body for a GET with the raw headers `asked`."""
        accepted = none_match = since = b""
        for name, value in asked:
            if name == b"accept-encoding":
                accepted = value
            elif name == b"if-none-match":
                none_match = value
            elif name == b"if-modified-since":
                since = value
        variant = self._asked.get(accepted)
        if not variant:
            variant = self.variant(accepted.decode("latin-1"))
            if len(self._asked) < _MOST_FORMS:
                self._asked[accepted] = variant
        settled = time.time() - self._modified >= _SETTLED
        if none_match:
            unchanged = none_match == variant.etag or _names(none_match, variant.etag)
        else:
            unchanged = bool(since) and settled and self._is_unchanged_since(since.decode("latin-1"))
        if unchanged:
            return 304, variant.unchanged if settled else variant.unchanged_unsettled, b""
        return 200, variant.full if settled else variant.full_unsettled, variant.body

    def _is_unchanged_since(self, date: str) -> bool:
        try:
            return self._modified <= parsedate_to_datetime(date).timestamp()
        except (ValueError, OverflowError):
            return False

    def respond(self, asked: Iterable[tuple[bytes, bytes]]) -> Response:
        """The same as a response."""
        status, headers, body = self.answer(asked)
        response = Response(body, status)
        response.raw_headers = list(headers)
        return response


def _names(none_match: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names `etag`, by weak comparison (RFC 9110, section 13.1.2)."""
    return any(one.strip().removeprefix(b"W/") in {etag, b"*"} for one in none_match.split(b","))
