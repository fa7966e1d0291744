"""A program of its own that draws one page of a PDF: PDF on its input, JPEG on its output, nothing else.

It is run by `drawing.py`, once a page, with little memory and time and without any secret in its environment, because
a PDF comes from a stranger and its reader is written in C++. Arguments: the page, counted from 0, and how far to turn.
"""

from __future__ import annotations

import io
import sys

import pypdfium2  # pyright: ignore[reportMissingTypeStubs]
from PIL import Image

LONGEST_SIDE = 2000
MEMORY = 1 << 30
SECONDS = 10


def _lock_in() -> None:
    """Bound what this process may use from here on; where the system has no such bounds, the parent's clock is left."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NPROC, 0), (resource.RLIMIT_NOFILE, 3),
    ):  # fmt: skip
        resource.setrlimit(kind, (most, most))


def draw(content: bytes, number: int, turn: int) -> bytes:
    """The page as a JPEG, its longest side 2000 px."""
    page = pypdfium2.PdfDocument(content)[number]
    width, height = page.get_size()
    scale = min(LONGEST_SIDE / max(width, height, 1), 4)
    drawn = io.BytesIO()
    page.render(scale=scale, rotation=turn).to_pil().convert("RGB").save(drawn, "JPEG", quality=82)  # pyright: ignore[reportUnknownMemberType]
    return drawn.getvalue()


def main() -> None:
    """Read, draw, write."""
    Image.init()  # before the bounds: a module is a file
    _lock_in()
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])))


if __name__ == "__main__":
    main()
