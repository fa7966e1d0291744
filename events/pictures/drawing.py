"""A picture drawn anew: no metadata, no place where it was taken, a few widths in AVIF, WebP and JPEG."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError

from festival.kit.errors import UnsupportedType
from festival.kit.words import N_

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
LEAST_SIDE = 200
WIDTHS = (480, 960, 1600)
_FORMS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/avif": "AVIF"}


class NotAPicture(UnsupportedType):
    """No picture of a kind that we draw, by content: an SVG named .png is none."""

    code = "not_a_picture"
    message = N_("This is not a picture that can be used. Send a JPEG, PNG, WebP or AVIF.")


class TooManyPixels(UnsupportedType):
    """A picture that would fill the memory."""

    code = "too_many_pixels"
    message = N_("This picture has too many pixels. A photo straight from a phone is large enough.")


class TooSmall(UnsupportedType):
    """A picture too small to be shown."""

    code = "too_small"
    message = N_("This picture is too small: it needs at least 200 pixels on each side.")


@dataclass(frozen=True)
class Variant:
    """The picture in one format and width."""

    form: str
    width: int
    height: int
    content: bytes


@dataclass(frozen=True)
class Drawn:
    """A picture ready to be kept: its own size, and its variants."""

    width: int
    height: int
    variants: Sequence[Variant]


def draw(content: bytes) -> Drawn:
    """`content` drawn anew; raises the refusals above. Slow: call it in a thread."""
    kind: Any = filetype.guess(content)
    form = _FORMS.get(str(kind.mime) if kind else "")
    if form is None:
        raise NotAPicture
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened: Image.Image = Image.open(io.BytesIO(content), formats=[form])
        if opened.width * opened.height > MOST_PIXELS:
            raise TooManyPixels
        if min(opened.size) < LEAST_SIDE:
            raise TooSmall
        opened.draft("RGB", (WIDTHS[-1] * 2, WIDTHS[-1] * 2))  # a JPEG is then decoded at a fraction of its size
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((WIDTHS[-1], WIDTHS[-1] * 2))
        plain = _flat(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise NotAPicture from None
    return Drawn(plain.width, plain.height, _variants(plain))


def _flat(picture: Image.Image) -> Image.Image:
    """On white where it is transparent, in plain colours, with nothing attached."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        white = Image.new("RGBA", with_alpha.size, "white")
        picture = Image.alpha_composite(white, with_alpha)
    plain = picture.convert("RGB")
    plain.info = {}
    return plain


def _variants(picture: Image.Image) -> list[Variant]:
    widths = [width for width in WIDTHS if width < picture.width] + [min(picture.width, WIDTHS[-1])]
    found: list[Variant] = []
    sized = picture
    for width in dict.fromkeys(widths):
        sized = picture.resize((width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS)
        found.append(_save(sized, "avif", quality=55, speed=8))
        found.append(_save(sized, "webp", quality=78, method=4))
    found.append(_save(sized, "jpeg", quality=80, optimize=True))  # for what knows neither, the widest
    return found


def _save(picture: Image.Image, form: str, **options: Any) -> Variant:
    written = io.BytesIO()
    picture.save(written, form.upper(), **options)
    return Variant(form, picture.width, picture.height, written.getvalue())
