"""Whether an upload carries malware: clamd is asked before anything is kept, where one is configured.

The protocol is `INSTREAM` of clamd(8): the command, then the content in stretches each after its length, then a
length of nought; the answer names what was found. Without an answer nothing is taken: a scanner that is away must
not become a way in.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import struct
from urllib.parse import urlsplit

from festival.kit.errors import Overloaded, Refusal
from festival.kit.web.access import NOBODY, Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.settings import settings

log = logging.getLogger("festival.scanning")

_STRETCH = 64 * 1024
_LONGEST_ANSWER = 4096
# Within the time in which a browser still waits; clamd needs well under a second for what we take.
_PATIENCE_S = 20.0
_USUAL_PORT = 3310


class Infected(Refusal):
    """The scanner found something in it."""

    status = 422
    code = "infected"
    message = N_(
        "A virus scanner found something harmful in this file, so it was not kept. Send another file, or a photo."
    )


class ScannerAway(Overloaded):
    """The scanner does not answer, so nothing is taken for now."""

    code = "scanner_away"
    message = N_("Files cannot be checked for viruses at the moment, so none is taken. Try again in a few minutes.")

    def __init__(self) -> None:
        super().__init__(retry_after=120)


async def require_clean(content: bytes, by: Principal = NOBODY, about: tuple[str, int] = ("", 0)) -> None:
    """Let `content` pass; raises Infected or ScannerAway. Without a scanner everything passes.

    It waits for the network: call it outside transactions, over the bytes as they came. What is found goes to the
    log and the audit log, without the file's name, which may say who somebody is.
    """
    where = settings().clamd_url
    if not where:
        return
    try:
        answer = await asyncio.wait_for(_ask(where, content), _PATIENCE_S)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        log.error("the scanner at FESTIVAL_CLAMD_URL does not answer: %r", error)
        raise ScannerAway from None
    if answer == "stream: OK":
        return
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        found = answer.removeprefix("stream: ").removesuffix(" FOUND")[:120]
        digest = hashlib.sha256(content).hexdigest()
        log.warning("an upload of %d bytes was refused: %s", len(content), found)
        await record_audit(
            by, "upload.infected", about, after={"found": found, "bytes": len(content), "sha256": digest}
        )
        raise Infected
    log.error("the scanner answers in words that we do not know: %r", answer[:200])
    raise ScannerAway


async def find_fault(where: str) -> str:
    """What is wrong with the scanner at `where`, in one sentence; empty when it answers."""
    try:
        reader, writer = await asyncio.wait_for(_connect(where), 5)
        try:
            writer.write(b"zPING\0")
            answer = await asyncio.wait_for(reader.readuntil(b"\0"), 5)
        finally:
            writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return "The virus scanner of FESTIVAL_CLAMD_URL does not answer: no upload is taken until it does."
    return "" if answer == b"PONG\0" else "What answers at FESTIVAL_CLAMD_URL is no clamd: no upload is taken."


async def _connect(where: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(where)
    if parts.scheme == "unix":
        return await asyncio.open_unix_connection(parts.path, limit=_LONGEST_ANSWER)
    return await asyncio.open_connection(parts.hostname, parts.port or _USUAL_PORT, limit=_LONGEST_ANSWER)


async def _ask(where: str, content: bytes) -> str:
    reader, writer = await _connect(where)
    try:
        sending = asyncio.create_task(_send(writer, content))
        try:
            # clamd may answer before it has everything, for a stream that is too long for it, and close.
            answer = await reader.readuntil(b"\0")
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
    finally:
        writer.close()
    return answer.rstrip(b"\0").decode(errors="replace").strip()


async def _send(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(b"zINSTREAM\0")
    for start in range(0, len(content), _STRETCH):
        stretch = content[start : start + _STRETCH]
        writer.write(struct.pack(">I", len(stretch)) + stretch)
        await writer.drain()
    writer.write(struct.pack(">I", 0))
    await writer.drain()
