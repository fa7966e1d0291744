"""PersonalFeed, StarredItem."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models import Act, Occurrence
from festival.database.fields import UtcField


class PersonalFeed(Model):
    """Somebody's own calendar under a secret address that can be withdrawn."""

    id: int = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    # A claim's holder, or a person with an account.
    claim_id: int | None = fields.BigIntField(null=True, db_index=True)
    person_id: int | None = fields.BigIntField(null=True, db_index=True)
    language = fields.CharField(max_length=12, default="en")
    created_at: dt.datetime = UtcField()
    revoked_at: dt.datetime | None = UtcField(null=True)
    starred: fields.ReverseRelation[StarredItem]

    class Meta(Model.Meta):
        table = "personal_feed"


class StarredItem(Model):
    """An occurrence or an act that a personal feed carries besides the tickets."""

    id: int = fields.BigIntField(primary_key=True)
    feed: fields.ForeignKeyRelation[PersonalFeed] = fields.ForeignKeyField("app.PersonalFeed", related_name="starred")
    feed_id: int
    occurrence: fields.ForeignKeyNullableRelation[Occurrence] = fields.ForeignKeyField(
        "app.Occurrence", related_name="stars", null=True
    )
    occurrence_id: int | None
    act: fields.ForeignKeyNullableRelation[Act] = fields.ForeignKeyField("app.Act", related_name="stars", null=True)
    act_id: int | None
    at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "starred_item"
        checks: ClassVar = {
            "ck_starred_item_one": "(occurrence_id IS NULL) <> (act_id IS NULL)",
        }
