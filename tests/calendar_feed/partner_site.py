"""A partner's web server, real sockets on loopback, which answers what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class PartnerSite:
    """`answers` by path: status, headers and body; `asked` holds each request's text."""

    port: int = 0
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(
        default_factory=dict[str, tuple[int, dict[str, str], bytes]]
    )
    asked: list[str] = field(default_factory=list[str])

    @property
    def host(self) -> str:
        """Host and port, as they stand in FETCH_ALLOW."""
        return f"localhost:{self.port}"

    def url(self, path: str = "/feed.ics") -> str:
        """A whole address."""
        return f"http://{self.host}{path}"

    def say(self, body: bytes, path: str = "/feed.ics", status: int = 200, **headers: str) -> None:
        """Answer `path` with this from now on."""
        self.answers[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@asynccontextmanager
async def partner_site() -> AsyncIterator[PartnerSite]:
    """Serve until the block ends."""
    site = PartnerSite()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            site.asked.append(request)
            path = request.split(" ")[1]
            status, headers, body = site.answers.get(path, (404, {}, b""))
            if headers.get("ETag") and f"if-none-match: {headers['ETag']}".lower() in request.lower():
                status, body = 304, b""
            lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
