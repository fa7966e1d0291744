"""Reads: the pictures of a program, a festival or a place, and one variant to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.models import Festival, Picture, PictureVariant, Program, Venue
from festival.kit.errors import NotFound
from festival.kit.i18n import current_language
from festival.kit.languages import DEFAULT
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


@dataclass(frozen=True)
class Owner:
    """What pictures are of: a `kind` of row, the language of its texts, and its page on the staff's side."""

    kind: str
    id: int
    title: str
    language: str
    home: str
    base: str

    @property
    def path(self) -> str:
        """The page of its pictures."""
        return f"{self.base}/pictures"

    @property
    def column(self) -> Mapping[str, int]:
        """The column of a picture that names it."""
        return {f"{self.kind}_id": self.id}


async def get_owner(kind: str, slug: str) -> Owner:
    """The program, festival or venue at `slug`, in any state; raises NotFound."""
    if kind == "program" and (program := await Program.get_or_none(slug=slug)):
        base = f"/organize/programs/{slug}"
        return Owner(kind, program.id, program.title, program.language, base, base)
    if kind == "festival" and (festival := await Festival.get_or_none(slug=slug)):
        base = f"/organize/festivals/{slug}"
        return Owner(kind, festival.id, festival.name, DEFAULT, f"{base}/details", base)
    if kind == "venue" and (venue := await Venue.get_or_none(slug=slug)):
        base = f"/organize/places/{slug}"
        return Owner(kind, venue.id, venue.name, DEFAULT, base, base)
    raise NotFound


async def owner_of(picture: Picture) -> Owner:
    """What a picture is of; raises NotFound."""
    row = await Picture.get(id=picture.id).select_related("program", "festival", "venue")
    if row.program:
        return await get_owner("program", row.program.slug)
    if row.festival:
        return await get_owner("festival", row.festival.slug)
    if row.venue:
        return await get_owner("venue", row.venue.slug)
    raise NotFound


async def list_pictures(kind: str, owner_id: int) -> list[Shown]:
    """The pictures of something in their order, described in the reader's language where that is known."""
    rows = await (
        Picture.filter(removed_at=None, **{f"{kind}_id": owner_id})
        .prefetch_related("variants")
        .order_by("position", "id")
    )
    texts = await list_texts("picture", [row.id for row in rows], current_language())
    return [_shown(row, texts.get((row.id, "alt"), row.alt)) for row in rows]


async def list_event_pictures(program: Program, venue_id: int) -> list[Shown]:
    """The pictures of a program; without any, those of its place."""
    return await list_pictures("program", program.id) or await list_pictures("venue", venue_id)


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


async def get_picture(owner: Owner, picture_id: int) -> Picture:
    """A picture of this very owner; raises NotFound."""
    found = await Picture.filter(**owner.column).get_or_none(id=picture_id, removed_at=None)
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
