"""Writes: pictures added, described, removed and brought back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from events.models import Picture, PictureVariant, Program
from events.pictures.drawing import draw
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.secrets import new_secret
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.organisation.models import AuditEntry
from festival.storage.store import keep_file

if TYPE_CHECKING:
    from events.pictures.forms import PictureForm

MOST = 12
# One at a time: drawing takes a whole core and a few hundred megabytes.
_drawing = asyncio.Semaphore(1)


class TooManyPictures(Conflict):
    """A program has as many as it may."""

    code = "too_many_pictures"
    message = N_("This program has twelve pictures; remove one first.")


async def add_picture(program: Program, content: bytes, form: PictureForm, by: Principal) -> Picture:
    """Check, draw and keep a picture; raises the refusals of `drawing` and TooManyPictures.

    The files are kept before the rows are written: a crash leaves files that nobody links, never a broken link.
    """
    count = await Picture.filter(program_id=program.id, removed_at=None).count()
    if count >= MOST:
        raise TooManyPictures
    async with _drawing:
        drawn = await asyncio.to_thread(draw, content)
    files = [
        (variant, await keep_file(variant.content, f"{variant.width}.{variant.form}", f"image/{variant.form}", by.id))
        for variant in drawn.variants
    ]
    async with transaction():
        picture = await Picture.create(
            name=new_secret(12), program_id=program.id, language=program.language, width=drawn.width,
            height=drawn.height, position=count, added_at=now(), changed_at=now(), **form.model_dump(),
        )  # fmt: skip
        await PictureVariant.bulk_create(
            PictureVariant(
                picture_id=picture.id, form=variant.form, width=variant.width, height=variant.height, file_id=file.id
            )
            for variant, file in files
        )
        await record_audit(by, "picture.added", ("program", program.id), after={"picture": picture.id})
        return picture


async def change_picture(picture: Picture, form: PictureForm, by: Principal) -> None:
    """Say something else about a picture."""
    async with transaction():
        await Picture.filter(id=picture.id).update(**form.model_dump(), changed_at=now())
        await record_audit(
            by, "picture.changed", ("program", picture.program_id or 0),
            before={"alt": picture.alt}, after=form.model_dump(),
        )  # fmt: skip


async def remove_picture(picture: Picture, by: Principal) -> AuditEntry:
    """Take a picture away; the files stay, so that it can be brought back. Returns what was recorded."""
    async with transaction():
        await Picture.filter(id=picture.id).update(removed_at=now(), changed_at=now())
        return await record_audit(
            by, "picture.removed", ("program", picture.program_id or 0), before={"picture": picture.id}
        )


async def undo_removal(entry: AuditEntry, by: Principal) -> str:
    """Bring a picture back; returns the page to go to. Raises Conflict where it is there already."""
    async with transaction():
        number = (entry.before or {}).get("picture")
        picture = await Picture.get_or_none(id=number).select_related("program")
        if picture is None or picture.program is None or picture.removed_at is None:
            raise Conflict
        await Picture.filter(id=picture.id).update(removed_at=None, changed_at=now())
        await record_audit(by, "picture.added", ("program", picture.program.id), after={"picture": picture.id})
        return f"/organize/programs/{picture.program.slug}/pictures"
