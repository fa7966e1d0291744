"""StoredFile."""

from __future__ import annotations

import datetime as dt

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField


class StoredFile(Model):
    """A file that was checked and kept under a random name."""

    id: int = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=64, unique=True)
    original_name = fields.CharField(max_length=200)
    media_type = fields.CharField(max_length=80)
    size: int = fields.BigIntField()
    digest = fields.CharField(max_length=64)
    owner_id: int = fields.BigIntField(default=0)
    uploaded_at: dt.datetime = UtcField()
    removed_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "stored_file"
        indexes = (("owner_id",),)
