"""Writes: pictures added, described, removed and brought back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from events.models import Picture, PictureVariant
from events.pictures.drawing import draw
from events.pictures.queries import Owner, owner_of
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.secrets import new_secret
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.organisation.models import AuditEntry
from festival.scanning.clamd import require_clean
from festival.storage.store import keep_file

if TYPE_CHECKING:
    from events.pictures.forms import PictureForm

MOST = 12
# One at a time: drawing takes a whole core and a few hundred megabytes.
_drawing = asyncio.Semaphore(1)


class TooManyPictures(Conflict):
    """Something has as many as it may."""

    code = "too_many_pictures"
    message = N_("There are twelve pictures already; remove one first.")


async def add_picture(owner: Owner, content: bytes, form: PictureForm, by: Principal) -> Picture:
    """Check, draw and keep a picture; raises the refusals of `drawing` and `scanning`, TooManyPictures.

    The files are kept before the rows are written: a crash leaves files that nobody links, never a broken link.
    """
    count = await Picture.filter(removed_at=None, **owner.column).count()
    if count >= MOST:
        raise TooManyPictures
    await require_clean(content, by, (owner.kind, owner.id))
    async with _drawing:
        drawn = await asyncio.to_thread(draw, content)
    files = [
        (variant, await keep_file(variant.content, f"{variant.width}.{variant.form}", f"image/{variant.form}", by.id))
        for variant in drawn.variants
    ]
    async with transaction():
        picture = await Picture.create(
            name=new_secret(12), language=owner.language, width=drawn.width, height=drawn.height, position=count,
            added_at=now(), changed_at=now(), **owner.column, **form.model_dump(),
        )  # fmt: skip
        await PictureVariant.bulk_create(
            PictureVariant(
                picture_id=picture.id, form=variant.form, width=variant.width, height=variant.height, file_id=file.id
            )
            for variant, file in files
        )
        await record_audit(by, "picture.added", (owner.kind, owner.id), after={"picture": picture.id})
        return picture


async def change_picture(owner: Owner, picture: Picture, form: PictureForm, by: Principal) -> None:
    """Say something else about a picture."""
    async with transaction():
        await Picture.filter(id=picture.id).update(**form.model_dump(), changed_at=now())
        await record_audit(
            by, "picture.changed", (owner.kind, owner.id),
            before={"alt": picture.alt}, after=form.model_dump(),
        )  # fmt: skip


async def remove_picture(owner: Owner, picture: Picture, by: Principal) -> AuditEntry:
    """Take a picture away; the files stay, so that it can be brought back. Returns what was recorded."""
    async with transaction():
        await Picture.filter(id=picture.id).update(removed_at=now(), changed_at=now())
        return await record_audit(by, "picture.removed", (owner.kind, owner.id), before={"picture": picture.id})


async def undo_removal(entry: AuditEntry, by: Principal) -> str:
    """Bring a picture back; returns the page to go to. Raises Conflict where it is there already."""
    async with transaction():
        number = (entry.before or {}).get("picture")
        picture = await Picture.get_or_none(id=number)
        if picture is None or picture.removed_at is None:
            raise Conflict
        owner = await owner_of(picture)
        await Picture.filter(id=picture.id).update(removed_at=None, changed_at=now())
        await record_audit(by, "picture.added", (owner.kind, owner.id), after={"picture": picture.id})
        return owner.path
