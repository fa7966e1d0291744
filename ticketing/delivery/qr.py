"""The QR picture of a token, and the only importer of qrcode.

Alphanumeric mode, version 5, level M, a quiet zone of four: 37 modules a side, the form that was read
best under blur, glare and tilt. The mask is fixed, since choosing one costs most of the time.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any, cast

import qrcode
from qrcode import util
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

QUIET = 4
_VERSION = 5
_MASK = 2


@lru_cache(maxsize=512)
def token_matrix(token: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of a ticket's token, quiet zone included."""
    code = qrcode.QRCode(_VERSION, ERROR_CORRECT_M, border=QUIET, mask_pattern=_MASK)
    code.add_data(_data(token.encode(), util.MODE_ALPHA_NUM), optimize=0)
    code.make(fit=False)
    return _rows(code)


def text_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of any short text, such as a device's enrolment address."""
    code = qrcode.QRCode(None, ERROR_CORRECT_Q, border=QUIET)
    code.add_data(_data(text.encode(), util.MODE_8BIT_BYTE), optimize=0)
    code.make(fit=True)
    return _rows(code)


def _data(raw: bytes, mode: Any) -> util.QRData:
    return util.QRData(raw, mode=mode)


def _rows(code: Any) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(bool(module) for module in row) for row in cast(list[list[bool]], code.get_matrix()))


def matrix_svg(matrix: tuple[tuple[bool, ...], ...], label: str) -> str:
    """A crisp SVG: one path of dark modules on white, whatever the page's colours are."""
    size = len(matrix)
    runs: list[str] = []
    for y, row in enumerate(matrix):
        x = 0
        while x < size:
            if row[x]:
                start = x
                while x < size and row[x]:
                    x += 1
                runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            else:
                x += 1
    title = label.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" '
        f'role="img"><title>{title}</title><rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path fill="#000" d="{"".join(runs)}"/></svg>'
    )


def matrix_png(matrix: tuple[tuple[bool, ...], ...], scale: int = 8) -> bytes:
    """The same as PNG, `scale` pixels a module, for mails."""
    from PIL import Image

    size = len(matrix)
    picture = Image.new("1", (size, size), 1)
    picture.putdata([0 if module else 1 for row in matrix for module in row])
    out = io.BytesIO()
    picture.resize((size * scale, size * scale), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()
