"""Files that a browser saves instead of showing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from anyio.to_thread import run_sync
from starlette.responses import Response

from festival.kit.sheets import MEDIA_TYPES, Format, write_sheet


def download(content: bytes, name: str, media_type: str) -> Response:
    """`content` to be saved as `name`, kept by nobody on the way."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Cache-Control": "private, no-store",
        },
    )


async def download_sheet(
    form: Format, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Response:  # fmt: skip
    """A table as CSV or XLSX, saved as `name` with the ending of its form; written in a thread."""
    content = await run_sync(write_sheet, form, list(columns), list(rows), name)
    return download(content, f"{name}.{form}", MEDIA_TYPES[form])
