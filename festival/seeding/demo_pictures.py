"""Pictures of the demo: drawn here, so that nobody's photo is borrowed, and described in two languages."""

from __future__ import annotations

import asyncio
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from events.pictures.actions import add_picture
from events.pictures.forms import PictureForm
from events.pictures.queries import get_owner, list_pictures
from festival.kit.errors import NotFound
from festival.kit.web.access import NOBODY
from festival.organisation.actions import save_translation

_WIDTH, _HEIGHT = 960, 540
_SCALE = 2  # drawn larger and made smaller: round edges
_SUN, _CLAY, _PLUM, _TEAL, _LEAF, _PAPER, _NIGHT = (
    "#f4b942", "#b6410a", "#7d2a61", "#0b6b67", "#5d8c3a", "#fdf3e3", "#1d2440",
)  # fmt: skip
_FLAGS = (_CLAY, _SUN, _TEAL, _PLUM)
Point = tuple[float, float]


class Sketch:
    """A sheet of 960 by 540 to draw on."""

    def __init__(self, ground: str) -> None:
        self.sheet = Image.new("RGB", (_WIDTH * _SCALE, _HEIGHT * _SCALE), ground)
        self._pen = ImageDraw.Draw(self.sheet)

    def shape(self, points: Sequence[Point], colour: str) -> None:
        """A filled shape."""
        self._pen.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def disc(self, at: Point, radius: float, colour: str, flat: float = 1) -> None:
        """A filled disc, or with `flat` below 1 an ellipse."""
        (x, y), tall = at, radius * flat
        box = [(x - radius) * _SCALE, (y - tall) * _SCALE, (x + radius) * _SCALE, (y + tall) * _SCALE]
        self._pen.ellipse(box, fill=colour)

    def line(self, points: Sequence[Point], colour: str, width: float = 6) -> None:
        """A line with round corners."""
        flat = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._pen.line(flat, fill=colour, width=round(width * _SCALE), joint="curve")

    def png(self) -> bytes:
        """The sheet at its size."""
        kept = io.BytesIO()
        self.sheet.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS).save(kept, "PNG")
        return kept.getvalue()


def _hill(sketch: Sketch, top: float, colour: str, sway: float) -> None:
    edge = [(x, top + sway * math.sin(x / 150)) for x in range(0, _WIDTH + 20, 20)]
    sketch.shape([*edge, (_WIDTH, _HEIGHT), (0, _HEIGHT)], colour)


def _bunting(sketch: Sketch, top: float, sag: float) -> None:
    def rope(x: float) -> float:
        return top + sag * math.sin(math.pi * x / _WIDTH)

    sketch.line([(x, rope(x)) for x in range(0, _WIDTH + 20, 20)], _NIGHT, 3)
    for number, x in enumerate(range(10, _WIDTH - 40, 60)):
        flag = [(x, rope(x)), (x + 44, rope(x + 44)), (x + 22, rope(x + 22) + 52)]
        sketch.shape(flag, _FLAGS[number % len(_FLAGS)])


def _dancer(sketch: Sketch, x: float, skirt: str, lean: float) -> None:
    sketch.shape([(x, 290), (x - 95 + lean, 445), (x + 95 + lean, 445)], skirt)
    sketch.disc((x + lean, 445), 95, skirt, 0.2)
    sketch.line([(x, 300), (x - 10, 225)], skirt, 34)
    sketch.disc((x - 12, 180), 27, "#6b4430")
    sketch.line([(x - 10, 235), (x - 75, 190), (x - 100 + lean, 130)], "#6b4430", 13)
    sketch.line([(x - 10, 235), (x + 60, 215), (x + 105 + lean, 150)], "#6b4430", 13)


def draw_lawn() -> bytes:
    """Flags over a lawn with tents."""
    sketch = Sketch("#bfe3ef")
    sketch.disc((770, 130), 68, _SUN)
    _hill(sketch, 330, "#8fb45a", 22)
    _hill(sketch, 400, _LEAF, 14)
    for x, colour in ((180, _CLAY), (430, _PLUM), (690, _TEAL)):
        sketch.shape([(x - 78, 395), (x + 78, 395), (x + 64, 470), (x - 64, 470)], _PAPER)
        sketch.shape([(x, 305), (x - 96, 398), (x + 96, 398)], colour)
        sketch.shape([(x - 22, 470), (x, 400), (x + 22, 470)], _NIGHT)
    _bunting(sketch, 40, 70)
    _bunting(sketch, 0, 130)
    return sketch.png()


def draw_dancers() -> bytes:
    """Three dancers."""
    sketch = Sketch(_PAPER)
    sketch.disc((480, 300), 255, _SUN)
    sketch.shape([(0, 440), (_WIDTH, 440), (_WIDTH, _HEIGHT), (0, _HEIGHT)], _PLUM)
    for x, skirt, lean in ((235, _CLAY, -14), (480, _TEAL, 0), (725, _CLAY, 14)):
        _dancer(sketch, x, skirt, lean)
    return sketch.png()


def draw_lanterns() -> bytes:
    """Lanterns at night."""
    sketch = Sketch(_NIGHT)
    sketch.disc((800, 110), 52, _PAPER)
    for x, y, size in ((150, 210, 60), (330, 300, 74), (520, 190, 66), (690, 330, 80), (860, 280, 58)):
        sketch.line([(x, 0), (x, y - size)], "#4a5478", 3)
        sketch.disc((x, y), size, "#d8432e", 0.82)
        for part in (0.66, 0.3):
            sketch.disc((x, y), size * part, "#ef7a4c" if part > 0.5 else _SUN, 0.82 / part if part > 0.5 else 2.2)
        for edge in (-1, 1):
            sketch.shape(
                [
                    (x - 24, y + edge * size * 0.82 - 6),
                    (x + 24, y + edge * size * 0.82 - 6),
                    (x + 24, y + edge * size * 0.82 + 6),
                    (x - 24, y + edge * size * 0.82 + 6),
                ],
                _SUN,
            )
        sketch.line([(x, y + size * 0.9), (x, y + size * 0.9 + 46)], _SUN, 5)
    return sketch.png()


def draw_soccer() -> bytes:
    """A ball before a goal."""
    sketch = Sketch("#bfe3ef")
    _hill(sketch, 300, _LEAF, 4)
    for x in range(0, _WIDTH, 160):
        sketch.shape([(x, 310), (x + 80, 310), (x + 60, _HEIGHT), (x - 60, _HEIGHT)], "#6a9b44")
    for x in range(300, 681, 38):
        sketch.line([(x, 120), (x, 330)], "#ffffff", 1.5)
    for y in range(120, 331, 35):
        sketch.line([(300, y), (680, y)], "#ffffff", 1.5)
    sketch.line([(296, 334), (296, 116), (684, 116), (684, 334)], "#ffffff", 11)
    sketch.disc((420, 430), 62, "#ffffff")
    for angle in range(0, 360, 72):
        turn = math.radians(angle)
        sketch.disc((420 + 42 * math.cos(turn), 430 + 42 * math.sin(turn)), 14, _NIGHT)
    sketch.disc((420, 430), 17, _NIGHT)
    return sketch.png()


def draw_storytime() -> bytes:
    """An open book with a rainbow."""
    sketch = Sketch("#e8f1ee")
    for number, colour in enumerate((_CLAY, _SUN, _LEAF, _TEAL, _PLUM, "#e8f1ee")):
        sketch.disc((480, 400), 300 - 34 * number, colour)
    sketch.shape([(0, 400), (_WIDTH, 400), (_WIDTH, _HEIGHT), (0, _HEIGHT)], "#d9b98a")
    sketch.shape([(480, 380), (190, 340), (170, 480), (480, 510)], "#ffffff")
    sketch.shape([(480, 380), (770, 340), (790, 480), (480, 510)], _PAPER)
    for row in range(4):
        y = 375 + 27 * row
        sketch.line([(225, y), (440, y + 22)], "#b9b2a6", 5)
        sketch.line([(520, y + 22), (735, y)], "#b9b2a6", 5)
    sketch.line([(480, 380), (480, 510)], "#8a7a63", 5)
    return sketch.png()


@dataclass(frozen=True)
class Drawn:
    """A picture of the demo: of what, how it is drawn, and what it shows in English and Spanish."""

    kind: str
    slug: str
    draw: Callable[[], bytes]
    alt: str
    spanish: str


DEMO_PICTURES: Sequence[Drawn] = (
    Drawn(
        "festival",
        "global-fest-2027",
        draw_lawn,
        "A lawn with three tents under rows of colored flags",
        "Un prado con tres carpas bajo hileras de banderines de colores",
    ),
    Drawn(
        "venue",
        "amc",
        draw_lawn,
        "The Great Lawn with tents and flags, a drawing",
        "El Gran Prado con carpas y banderines, un dibujo",
    ),
    Drawn(
        "program",
        "salsa-for-beginners",
        draw_dancers,
        "Three dancers in wide skirts with their arms raised",
        "Tres bailarinas de faldas amplias con los brazos en alto",
    ),
    Drawn(
        "program",
        "lunar-new-year-family-day",
        draw_lanterns,
        "Five red lanterns in the night under a full moon",
        "Cinco faroles rojos en la noche bajo la luna llena",
    ),
    Drawn(
        "program",
        "newcomer-soccer-game-day",
        draw_soccer,
        "A soccer ball on the grass in front of a goal",
        "Un balón de fútbol sobre el césped frente a una portería",
    ),
    Drawn(
        "program",
        "storytime-in-many-languages",
        draw_storytime,
        "An open book in front of a rainbow",
        "Un libro abierto delante de un arcoíris",
    ),
)


async def add_demo_pictures() -> int:
    """Draw what has no picture yet; returns how many were added."""
    added = 0
    for one in DEMO_PICTURES:
        try:
            owner = await get_owner(one.kind, one.slug)
        except NotFound:
            continue  # another programme than the demo's
        if await list_pictures(owner.kind, owner.id):
            continue
        content = await asyncio.to_thread(one.draw)
        picture = await add_picture(owner, content, PictureForm(alt=one.alt), NOBODY)
        await save_translation(("picture", picture.id), "alt", "es", one.spanish, one.alt)
        added += 1
    return added
