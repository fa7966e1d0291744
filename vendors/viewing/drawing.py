"""Kept papers as pictures: photos turned, PDF pages drawn by a process of its own."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from festival.kit.errors import NotFound, UnsupportedType
from festival.kit.words import N_
from vendors.viewing.rules import Turn

_PROGRAM = Path(__file__).with_name("draw_page.py")
LONGEST_S = 15
# Each drawing is a process: two at a time leave the machine to everybody else.
_at_work = asyncio.Semaphore(2)
_TURNS: dict[int, Image.Transpose] = {
    90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90
}  # fmt: skip


class CannotBeShown(UnsupportedType):
    """The file cannot be drawn; it can still be saved and opened elsewhere."""

    code = "cannot_be_shown"
    message = N_("This file cannot be shown here. Save it and open it on your device.")


async def count_pages(content: bytes, media_type: str) -> int:
    """How many pages a paper has; a photo has one. 0 where a PDF cannot be read."""
    return await asyncio.to_thread(_count, content) if media_type == "application/pdf" else 1


def _count(content: bytes) -> int:
    try:
        return len(PdfReader(io.BytesIO(content)).pages)
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, RecursionError):
        return 0


async def draw_paper(content: bytes, media_type: str, page: int, turn: Turn) -> tuple[bytes, str]:
    """One page as a picture and its media type; raises CannotBeShown, NotFound for a page that there is not."""
    if media_type == "application/pdf":
        if page >= await count_pages(content, media_type):
            raise NotFound
        async with _at_work:
            return await _draw_page(content, page, turn), "image/jpeg"
    if not media_type.startswith("image/"):
        raise CannotBeShown
    if page:
        raise NotFound
    if not turn:
        return content, media_type
    async with _at_work:
        return await asyncio.to_thread(_turned, content, turn), media_type


def _turned(content: bytes, turn: Turn) -> bytes:
    """A picture that we drew ourselves at its upload, turned clockwise."""
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
        drawn = io.BytesIO()
        picture.transpose(_TURNS[turn]).save(drawn, picture.format, quality=90)
    return drawn.getvalue()


async def _draw_page(content: bytes, page: int, turn: Turn) -> bytes:
    """The page by `draw_page.py`: no environment, bounded memory and time, killed when it takes too long."""
    drawer = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(_PROGRAM), str(page), str(turn),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env={},
    )  # fmt: skip
    try:
        async with asyncio.timeout(LONGEST_S):
            drawn, _ = await drawer.communicate(content)
    except TimeoutError:
        raise CannotBeShown from None
    finally:
        if drawer.returncode is None:
            drawer.kill()
            await drawer.wait()
    if drawer.returncode or not drawn.startswith(b"\xff\xd8\xff"):
        raise CannotBeShown
    return drawn
