"""Picture, PictureVariant."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models.places import Venue
from events.models.programs import Festival, Program
from festival.database.fields import UtcField
from festival.storage.models import StoredFile

_OWNERS = " + ".join(
    f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)" for name in ("program_id", "festival_id", "venue_id")
)


class Picture(Model):
    """A picture of a program, a festival or a venue, with words for whoever does not see it."""

    id: int = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=64, unique=True)
    program: fields.ForeignKeyNullableRelation[Program] = fields.ForeignKeyField(
        "app.Program", related_name="pictures", null=True, on_delete=fields.CASCADE
    )
    program_id: int | None
    festival: fields.ForeignKeyNullableRelation[Festival] = fields.ForeignKeyField(
        "app.Festival", related_name="pictures", null=True, on_delete=fields.CASCADE
    )
    festival_id: int | None
    venue: fields.ForeignKeyNullableRelation[Venue] = fields.ForeignKeyField(
        "app.Venue", related_name="pictures", null=True, on_delete=fields.CASCADE
    )
    venue_id: int | None
    alt = fields.CharField(max_length=300)
    language = fields.CharField(max_length=12, default="en")
    credit = fields.CharField(max_length=200, default="")
    # The point that stays in view when the picture is cut, in percent from the top left.
    focus_x = fields.IntField(default=50)
    focus_y = fields.IntField(default=50)
    width = fields.IntField()
    height = fields.IntField()
    position = fields.IntField(default=0)
    added_at: dt.datetime = UtcField()
    changed_at: dt.datetime = UtcField()
    removed_at: dt.datetime | None = UtcField(null=True)
    variants: fields.ReverseRelation[PictureVariant]

    class Meta(Model.Meta):
        table = "picture"
        checks: ClassVar = {
            "ck_picture_owner": f"{_OWNERS} = 1",
            "ck_picture_focus": "focus_x BETWEEN 0 AND 100 AND focus_y BETWEEN 0 AND 100",
            "ck_picture_alt": "alt <> ''",
        }


class PictureVariant(Model):
    """A picture in one format and width, ready to be sent."""

    id: int = fields.BigIntField(primary_key=True)
    picture: fields.ForeignKeyRelation[Picture] = fields.ForeignKeyField("app.Picture", related_name="variants")
    picture_id: int
    form = fields.CharField(max_length=4)
    width = fields.IntField()
    height = fields.IntField()
    file: fields.ForeignKeyRelation[StoredFile] = fields.ForeignKeyField(
        "app.StoredFile", related_name="picture_variants", on_delete=fields.RESTRICT
    )
    file_id: int

    class Meta(Model.Meta):
        table = "picture_variant"
        checks: ClassVar = {
            "ck_picture_variant_form": "form IN ('avif', 'webp', 'jpeg')",
        }
        unique_together = (("picture", "form", "width"),)
