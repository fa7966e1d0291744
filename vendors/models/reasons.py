"""OwnReason: a reason of the organizers' own, next to those that every call has."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField
from vendors.models.calls import Call


class OwnReason(Model):
    """A sentence that explains decisions of one call, its translations stand in the table of texts."""

    id: int = fields.BigIntField(primary_key=True)
    call: fields.ForeignKeyRelation[Call] = fields.ForeignKeyField("app.Call", related_name="own_reasons")
    call_id: int
    use = fields.CharField(max_length=10)
    text = fields.CharField(max_length=99)
    position = fields.IntField(default=0)
    # It is offered no longer; what was decided with it is still read in every language.
    ended_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "own_reason"
        checks: ClassVar = {
            "ck_own_reason_use": "use IN ('any', 'decline', 'waitlist', 'changes')",
        }
