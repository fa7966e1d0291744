"""Fetching somebody else's address without being led astray (OWASP, server-side request forgery).

http and https only; the name is resolved once, every address must be global, and the connection goes to that very
address; the same again at each redirect. No proxies or netrc of the environment; bytes, time and decompression capped.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import socket
import ssl
import zlib
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from calendar_feed.reading.lines import MOST_BYTES
from festival.kit.words import N_
from festival.settings import settings

_WITHIN_S = 20.0
_MOST_REDIRECTS = 5
_MOST_ADDRESS = 1000
_AGENT = "GlobalFest-Calendar/1 (+%s)"


class FetchRefused(Exception):
    """The address cannot or must not be fetched; `args[0]` says why, to be shown to staff."""


@dataclass(frozen=True)
class Fetched:
    """What came back: `body` is None where nothing changed since (304)."""

    body: bytes | None
    etag: str
    last_modified: str


async def fetch(address: str, etag: str = "", last_modified: str = "") -> Fetched:
    """The calendar at `address`; raises FetchRefused on anything but a whole answer in time."""
    headers = {
        "User-Agent": _AGENT % settings().base_url,
        "Accept": "text/calendar, */*;q=0.1",
        "Accept-Encoding": "gzip",
    }
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    try:
        async with asyncio.timeout(_WITHIN_S):
            for _ in range(_MOST_REDIRECTS + 1):
                found = await _fetch_once(address, headers)
                if isinstance(found, Fetched):
                    return found
                address = urljoin(address, found)
    except TimeoutError:
        raise FetchRefused(N_("The server did not answer in time.")) from None
    except (httpx.HTTPError, OSError, ValueError, zlib.error):
        raise FetchRefused(N_("The server could not be reached, or broke off.")) from None
    raise FetchRefused(N_("The address leads from one to the next without end."))


async def _fetch_once(address: str, headers: dict[str, str]) -> Fetched | str:
    """The answer, or where it redirects to."""
    parts = split_address(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    ip = await resolve(host, port)
    literal = f"[{ip}]" if ":" in ip else ip
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    timeout = httpx.Timeout(10.0)
    async with httpx.AsyncClient(
        trust_env=False, follow_redirects=False, timeout=timeout, http2=False, verify=trusted()
    ) as client:
        request = client.build_request(
            "GET", f"{parts.scheme}://{literal}:{port}{path}",
            headers={**headers, "Host": parts.netloc}, extensions={"sni_hostname": host},
        )  # fmt: skip
        answer = await client.send(request, stream=True)
        try:
            if answer.status_code in {301, 302, 303, 307, 308} and "location" in answer.headers:
                return str(answer.headers["location"])
            if answer.status_code == 304:
                return Fetched(None, headers.get("If-None-Match", ""), headers.get("If-Modified-Since", ""))
            if answer.status_code in {404, 410}:
                raise FetchRefused(N_("There is no calendar under this address any more."))
            if answer.status_code != 200:
                raise FetchRefused(N_("The server answered with an error."))
            body = await _read(answer)
        finally:
            await answer.aclose()
    validators = (str(answer.headers.get(name, "")) for name in ("etag", "last-modified"))
    return Fetched(body, *(value if len(value) <= 300 else "" for value in validators))


@functools.cache
def trusted() -> ssl.SSLContext:
    """Whom a certificate may be from: the usual authorities, and those that this machine trusts besides."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


async def _read(answer: httpx.Response) -> bytes:
    """The body, unpacked by ourselves so that a small answer cannot become a large one."""
    coding = answer.headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"identity", "", "gzip", "x-gzip"}:
        raise FetchRefused(N_("The server packed its answer in a way that was not asked for."))
    unpacker = zlib.decompressobj(31) if "gzip" in coding else None
    body = bytearray()
    async for chunk in answer.aiter_raw():
        if unpacker:
            body += unpacker.decompress(chunk, MOST_BYTES + 1 - len(body))
        else:
            body += chunk
        if len(body) > MOST_BYTES:
            raise FetchRefused(N_("The calendar is larger than 5 MB."))
    return bytes(body)


def split_address(address: str) -> SplitResult:
    """`address` in parts; raises FetchRefused on one that is not plain http or https."""
    address = address.strip().replace("webcal://", "https://", 1)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise FetchRefused(N_("This is not a whole address, like https://example.org/calendar.ics.")) from None
    if len(address) > _MOST_ADDRESS or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FetchRefused(N_("This is not a whole address, like https://example.org/calendar.ics."))
    if parts.username is not None or parts.password is not None or any(c.isspace() or ord(c) < 32 for c in address):
        raise FetchRefused(N_("An address with a user name in it is not fetched."))
    allowed = f"{parts.hostname}:{port}" in settings().fetch_allow
    if port not in {None, 80, 443, 8080, 8443} and not allowed:
        raise FetchRefused(N_("Calendars are fetched from the usual web ports only."))
    return parts


async def resolve(host: str, port: int) -> str:
    """The address to connect to; raises FetchRefused unless every address of the name is a public one."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchRefused(N_("There is no server of this name.")) from None
    addresses = [str(entry[4][0]) for entry in found]
    if f"{host}:{port}" in settings().fetch_allow:
        return addresses[0]
    if not addresses or not all(map(is_public, addresses)):
        raise FetchRefused(N_("This address lies inside a private network, and is not fetched."))
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody may reach, whatever it wraps."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return ip.ipv4_mapped is not None and is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
