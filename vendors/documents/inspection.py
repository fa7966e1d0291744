"""What a file is, by its content: pictures are made anew, PDFs are searched, everything else is refused."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from festival.kit.errors import Refusal, UnsupportedType
from festival.kit.words import N_

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2400
MOST_PAGES = 60
_MOST_OBJECTS = 20_000
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# Keys that make a PDF act or carry other files (ISO 32000-2, sections 12.6.4 and 7.11.4).
_ACTIVE = frozenset({"/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/AA"})
_TAIL = 70_000


class NotAPaper(UnsupportedType):
    """Neither a picture nor a PDF, by content."""

    code = "not_a_paper"
    message = N_("This is not a picture or a PDF. Send a photo (JPEG, PNG, WebP) or a PDF.")


class TooManyPixels(UnsupportedType):
    """A picture that would fill the memory."""

    code = "too_many_pixels"
    message = N_("This picture has too many pixels. A photo straight from a phone is large enough.")


class Unreadable(UnsupportedType):
    """A picture or PDF that cannot be opened."""

    code = "unreadable"
    message = N_("This file cannot be opened; it may be damaged. Try another one, or take a photo of the paper.")


class EncryptedPdf(UnsupportedType):
    """A PDF with a password."""

    code = "encrypted_pdf"
    message = N_("This PDF has a password. Save it without one, or take a photo of the paper.")


class ActivePdf(UnsupportedType):
    """A PDF with scripts, forms that run, or other files inside."""

    code = "active_pdf"
    message = N_("This PDF has scripts or other files inside. Print it to a plain PDF, or take a photo of the paper.")


class TooManyPages(UnsupportedType):
    """A book instead of a paper."""

    code = "too_many_pages"
    message = N_("This PDF has more than 60 pages. Send only the pages that matter.")


@dataclass(frozen=True)
class Checked:
    """Bytes that may be kept, and what they are."""

    content: bytes
    media_type: str
    suffix: str


def inspect(content: bytes) -> Checked:
    """`content` as it may be kept; raises the refusals above. Slow: call it in a thread."""
    kind: Any = filetype.guess(content)
    media_type = str(kind.mime) if kind else ""
    if media_type in _PICTURES:
        return _redraw(content, _PICTURES[media_type])
    if content.startswith(b"%PDF-"):
        _search_pdf(content)
        return Checked(content, "application/pdf", "pdf")
    raise NotAPaper


def _redraw(content: bytes, form: str) -> Checked:
    """The picture drawn anew: turned upright, without metadata or anything appended, at most 2400 px."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(content), formats=[form])
        if picture.width * picture.height > MOST_PIXELS:
            raise TooManyPixels
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is then decoded at a fraction of its size
        picture = ImageOps.exif_transpose(picture)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        drawn = io.BytesIO()
        if "A" in picture.getbands() or "transparency" in picture.info:
            _without_metadata(picture.convert("RGBA")).save(drawn, "PNG", optimize=True)
            return Checked(drawn.getvalue(), "image/png", "png")
        _without_metadata(picture.convert("RGB")).save(drawn, "JPEG", quality=85)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Unreadable from None
    return Checked(drawn.getvalue(), "image/jpeg", "jpg")


def _without_metadata(picture: Image.Image) -> Image.Image:
    picture.info = {}
    return picture


def _search_pdf(content: bytes) -> None:
    """Refuse what a PDF could do to its reader. It is kept as it is, so everything in it is looked at."""
    tail = content[-_TAIL:]
    if b"PK\x05\x06" in tail or not tail.rstrip(b"\0\r\n\t ").endswith(b"%%EOF"):
        raise NotAPaper  # something else stands behind the PDF: a file of two kinds
    if b"<html" in content[:1024].lower() or b"<script" in content[:1024].lower():
        raise NotAPaper
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise EncryptedPdf
        if len(reader.pages) > MOST_PAGES:
            raise TooManyPages
        if _is_active(reader):
            raise ActivePdf
    except Refusal:
        raise
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, RecursionError):
        raise Unreadable from None


def _is_active(reader: PdfReader) -> bool:
    """Whether any object that the trailer leads to acts by itself or carries a file. Streams stay closed."""
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    looked_at = 0
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            place = (found.idnum, found.generation)
            if place in seen:
                continue
            seen.add(place)
            found = found.get_object()
        looked_at += 1
        if looked_at > 50 * _MOST_OBJECTS or len(seen) > _MOST_OBJECTS:
            raise Unreadable
        if isinstance(found, DictionaryObject):
            items = cast(dict[str, Any], found)
            if not _ACTIVE.isdisjoint(items) or items.get("/S") in _ACTIVE or items.get("/Type") in _ACTIVE:
                return True
            # raw values: a reference is followed above, once
            waiting.extend(cast(Iterable[Any], dict.values(items)))
        elif isinstance(found, ArrayObject):
            waiting.extend(cast(Iterable[Any], list.__iter__(found)))
    return False
