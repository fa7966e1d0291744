"""How much of a hard set of pictures is read: the ticket's form of QR beside three others of the same signed token.

The reader is zxing-cpp, the engine that the scanner's worker runs as WebAssembly, with the worker's options.
Pictures are drawn from fixed seeds: blurred, skewed, turned, dim, glary, small, noisy, and all of it at once.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import qrcode
import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from qrcode import util
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_Q

from bench.harness import machine
from ticketing.delivery.qr import matrix_png, token_matrix
from ticketing.delivery.token import TicketBody, issue_token, signing_key

_EACH = 60
_SIZE = (640, 480)
_Picture = Image.Image
_Spoil = Callable[[_Picture, random.Random], _Picture]


def _hold(code: _Picture, dice: random.Random, share: float = 0.62) -> _Picture:
    """The code in a camera's picture of 640 by 480, on a grey room."""
    side = round(_SIZE[1] * share)
    room = Image.new("L", _SIZE, dice.randrange(60, 150))
    small = code.resize((side, side), Image.Resampling.LANCZOS)
    room.paste(small, ((_SIZE[0] - side) // 2 + dice.randint(-60, 60), (_SIZE[1] - side) // 2 + dice.randint(-40, 40)))
    return room


def _blurred(code: _Picture, dice: random.Random) -> _Picture:
    return _hold(code, dice).filter(ImageFilter.GaussianBlur(dice.uniform(1.0, 3.2)))


def _turned(code: _Picture, dice: random.Random) -> _Picture:
    picture = _hold(code, dice)
    return picture.rotate(dice.uniform(-180, 180), Image.Resampling.BICUBIC, fillcolor=100)


def _skewed(code: _Picture, dice: random.Random) -> _Picture:
    """Seen from the side: the far edge shrinks to as little as half."""
    picture, near = _hold(code, dice, 0.8), dice.uniform(0.05, 0.28)
    wide, high = _SIZE
    corners = [(0, 0), (wide, 0), (wide, high), (0, high)]
    seen = [(0, high * near), (wide * (1 - near * 0.6), 0), (wide * (1 - near * 0.6), high), (0, high * (1 - near))]
    return picture.transform(_SIZE, Image.Transform.PERSPECTIVE, _coefficients(seen, corners), Image.Resampling.BICUBIC)


def _coefficients(
    seen: Sequence[tuple[float, float]], corners: Sequence[tuple[float, float]]
) -> list[float]:  # fmt: skip
    """Of the perspective that takes `seen` to `corners`: eight linear equations by Gauss and Jordan."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(seen, corners, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        best = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[best] = rows[best], rows[column]
        head = rows[column][column]
        rows[column] = [value / head for value in rows[column]]
        for other in range(8):
            if other != column:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[column], strict=True)]
    return [row[8] for row in rows]


def _dim(code: _Picture, dice: random.Random) -> _Picture:
    picture = ImageEnhance.Contrast(_hold(code, dice)).enhance(dice.uniform(0.08, 0.35))
    return _noisy(ImageEnhance.Brightness(picture).enhance(dice.uniform(0.25, 0.6)), dice, 5)


def _glary(code: _Picture, dice: random.Random) -> _Picture:
    """A lamp or the sun in the glass of a phone."""
    picture = _hold(code, dice)
    light = Image.new("L", _SIZE, 0)
    x, y, wide = dice.randint(200, 440), dice.randint(140, 340), dice.randint(25, 75)
    ImageDraw.Draw(light).ellipse((x - wide, y - wide // 2, x + wide, y + wide // 2), fill=255)
    light = light.filter(ImageFilter.GaussianBlur(14))
    return Image.composite(Image.new("L", _SIZE, 255), picture, light)


def _small(code: _Picture, dice: random.Random) -> _Picture:
    return _hold(code, dice, dice.uniform(0.16, 0.32)).filter(ImageFilter.GaussianBlur(0.6))


def _noisy(picture: _Picture, dice: random.Random, most: int = 60) -> _Picture:
    noise = Image.effect_noise(_SIZE, dice.uniform(most / 3, most))
    return Image.blend(picture, noise, 0.35 if most > 10 else 0.1)


def _hard(code: _Picture, dice: random.Random) -> _Picture:
    """All at once, none of it extreme."""
    picture = _skewed(code, dice).rotate(dice.uniform(-30, 30), Image.Resampling.BICUBIC, fillcolor=90)
    picture = ImageEnhance.Contrast(picture).enhance(dice.uniform(0.4, 0.8))
    return _noisy(picture.filter(ImageFilter.GaussianBlur(dice.uniform(0.5, 1.4))), dice, 20)


SPOILS: dict[str, _Spoil] = {
    "blurred": _blurred, "turned": _turned, "skewed": _skewed, "dim": _dim, "glary": _glary, "small": _small,
    "noisy": lambda code, dice: _noisy(_hold(code, dice), dice), "all at once": _hard,
}  # fmt: skip


def draw(token: str, level: int) -> _Picture:
    """The same text at another level of error correction, in as many modules as it needs."""
    code = qrcode.QRCode(None, level, border=4)
    code.add_data(util.QRData(token.encode(), mode=util.MODE_ALPHA_NUM), optimize=0)
    code.make(fit=True)
    rows: Any = code.get_matrix()
    return Image.open(io.BytesIO(matrix_png(tuple(tuple(map(bool, row)) for row in rows)))).convert("L")


def read_rate(code: _Picture, text: str, spoil: _Spoil, seed: int) -> tuple[float, float]:
    """The share that is read, and the median of milliseconds; a wrong text ends the run."""
    dice, read, times = random.Random(seed), 0, list[float]()
    for _ in range(_EACH):
        picture = spoil(code, dice)
        started = time.perf_counter()
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        times.append((time.perf_counter() - started) * 1000)
        if found and found[0].text != text:
            raise SystemExit(f"read wrongly: {found[0].text!r}")
        read += bool(found)
    return read / _EACH, sorted(times)[_EACH // 2]


def main() -> None:
    """Print the table."""
    token = issue_token(TicketBody(1, 2**62 + 5, 12, 4, dt.date(2027, 6, 12)), signing_key("bench", 1))
    ours = Image.open(io.BytesIO(matrix_png(token_matrix(token)))).convert("L")
    levels = {"L": ERROR_CORRECT_L, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
    forms = {"ours, 5-M": ours, **{name: draw(token, level) for name, level in levels.items()}}
    print(machine())
    print(f"{'pictures read, of ' + str(_EACH):22}" + "".join(f"{name:>12}" for name in forms) + "   ms (ours)")
    sums = dict.fromkeys(forms, 0.0)
    for seed, (name, spoil) in enumerate(SPOILS.items()):
        rates = {form: read_rate(code, token, spoil, seed) for form, code in forms.items()}
        for form, (rate, _) in rates.items():
            sums[form] += rate / len(SPOILS)
        line = "".join(f"{rate:>11.0%} " for rate, _ in rates.values())
        print(f"{name:22}{line}   {rates['ours, 5-M'][1]:.1f}")
    print(f"{'all':22}" + "".join(f"{rate:>11.0%} " for rate in sums.values()))


if __name__ == "__main__":
    main()
