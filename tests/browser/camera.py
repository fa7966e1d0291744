"""A clip for Chromium's fake camera: pictures of codes, held into the lens by a hand that is not quite still."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

FPS = 30  # what Chromium takes an .mjpeg to have
SIZE = (640, 480)


def make_clip(path: Path, codes: Sequence[bytes], *, hold: float = 1.0, gap: float = 0.0) -> Path:
    """Write the clip that shows each of `codes` (pictures in any format) for `hold` seconds, `gap` between them.

    Chromium plays it again and again, so a single code without a gap stays in the picture for good.
    """
    room = _make_room()
    with path.open("wb") as clip:
        for number, code in enumerate(codes):
            for frame in _hold_up(room, Image.open(io.BytesIO(code)).convert("L"), round(hold * FPS), seed=number):
                clip.write(_to_jpeg(frame))
            for _ in range(round(gap * FPS)):
                clip.write(_to_jpeg(room))
    return path


def _make_room() -> Image.Image:
    """What is behind the ticket: blurred things of all shades."""
    chance = random.Random(1)
    room = Image.new("L", SIZE, 96)
    draw = ImageDraw.Draw(room)
    for _ in range(40):
        x, y = chance.randrange(SIZE[0]), chance.randrange(SIZE[1])
        draw.rectangle((x, y, x + chance.randrange(10, 90), y + chance.randrange(10, 60)), chance.randrange(40, 200))
    return room.filter(ImageFilter.GaussianBlur(4))


def _hold_up(room: Image.Image, code: Image.Image, frames: int, seed: int) -> Iterator[Image.Image]:
    chance = random.Random(seed)
    start, turn = chance.uniform(0, math.tau), chance.uniform(6, 14)
    for number in range(frames):
        sway = math.sin(start + math.tau * number / frames)
        side = round(SIZE[1] * (0.66 + 0.05 * sway))
        small, whole = code.resize((side, side), Image.Resampling.LANCZOS), Image.new("L", (side, side), 255)
        angle = turn * sway
        tilted = small.rotate(angle, Image.Resampling.BICUBIC, expand=True)
        shape = whole.rotate(angle, Image.Resampling.BICUBIC, expand=True)
        frame = room.copy()
        left, top = (SIZE[0] - tilted.width) // 2, (SIZE[1] - tilted.height) // 2
        frame.paste(tilted, (left + round(12 * sway), top - round(8 * sway)), shape)
        yield frame.filter(ImageFilter.GaussianBlur(0.7))


def _to_jpeg(frame: Image.Image) -> bytes:
    out = io.BytesIO()
    frame.convert("RGB").save(out, "JPEG", quality=80, subsampling=2)
    return out.getvalue()
