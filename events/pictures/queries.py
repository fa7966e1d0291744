"""Reads: the pictures of a program, and one variant to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Picture, PictureVariant
from festival.kit.errors import NotFound
from festival.kit.i18n import current_language
from festival.organisation.queries import list_texts


@dataclass(frozen=True)
class Shown:
    """A picture as a page shows it: `sources` are (media type, srcset), the best first; `fallback` is a JPEG."""

    picture: Picture
    alt: str
    sources: Sequence[tuple[str, str]]
    fallback: str

    @property
    def focus(self) -> tuple[int, int]:
        """The point that stays in view, in tens of percent, as the stylesheet has classes for it."""
        return round(self.picture.focus_x / 10) * 10, round(self.picture.focus_y / 10) * 10


async def list_pictures(program_id: int) -> list[Shown]:
    """The pictures of a program in their order, described in the reader's language where that is known."""
    rows = await (
        Picture.filter(program_id=program_id, removed_at=None).prefetch_related("variants").order_by("position", "id")
    )
    texts = await list_texts("picture", [row.id for row in rows], current_language())
    return [_shown(row, texts.get((row.id, "alt"), row.alt)) for row in rows]


def _shown(row: Picture, alt: str) -> Shown:
    variants = sorted(row.variants, key=lambda variant: variant.width)
    sources = [
        (
            f"image/{form}",
            ", ".join(f"{_path(row, one)} {one.width}w" for one in variants if one.form == form),
        )
        for form in ("avif", "webp")
    ]
    fallback = next((_path(row, one) for one in variants if one.form == "jpeg"), "")
    return Shown(row, alt, sources, fallback)


def _path(row: Picture, variant: PictureVariant) -> str:
    return f"/pictures/{row.name}/{variant.width}.{variant.form}"


async def get_picture(program_id: int, picture_id: int) -> Picture:
    """A picture of this very program; raises NotFound."""
    found = await Picture.get_or_none(id=picture_id, program_id=program_id, removed_at=None)
    if found is None:
        raise NotFound
    return found


async def get_variant(name: str, file: str) -> PictureVariant:
    """The variant `960.avif` of the picture `name`, with its file; raises NotFound."""
    width, _, form = file.partition(".")
    if not width.isdigit() or len(width) > 5:
        raise NotFound
    found = await PictureVariant.get_or_none(
        picture__name=name, picture__removed_at=None, width=int(width), form=form
    ).select_related("file")
    if found is None:
        raise NotFound
    return found
