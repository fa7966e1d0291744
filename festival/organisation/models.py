"""Organisation, Translation, AuditEntry."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField


class Organisation(Model):
    """The city office that runs the festival, one row."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=200)
    tagline = fields.CharField(max_length=200, default="")
    language = fields.CharField(max_length=12, default="en")
    time_zone = fields.CharField(max_length=64, default="America/Denver")
    currency = fields.CharField(max_length=3, default="usd")
    contact_email = fields.CharField(max_length=254, default="")
    contact_phone = fields.CharField(max_length=40, default="")
    address = fields.CharField(max_length=300, default="")
    policy = fields.JSONField[dict[str, Any]](default=dict)
    updated_at: dt.datetime = UtcField(auto_now=True)

    class Meta(Model.Meta):
        table = "organisation"
        checks: ClassVar = {
            "ck_organisation_one_row": "id = 1",
        }


class Translation(Model):
    """One text of one object in one language, with the digest of the text it was made from."""

    id: int = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=32)
    object_id: int = fields.BigIntField()
    field = fields.CharField(max_length=32)
    language = fields.CharField(max_length=12)
    text = fields.TextField()
    state = fields.CharField(max_length=10, default="confirmed")
    source_digest = fields.CharField(max_length=64, default="")
    updated_at: dt.datetime = UtcField(auto_now=True)

    class Meta(Model.Meta):
        table = "translation"
        checks: ClassVar = {
            "ck_translation_state": "state IN ('draft', 'confirmed')",
        }
        unique_together = (("kind", "object_id", "field", "language"),)


class AuditEntry(Model):
    """Who did what to which object, before and after, from where. Rows are only ever added."""

    id: int = fields.BigIntField(primary_key=True)
    at: dt.datetime = UtcField()
    actor_kind = fields.CharField(max_length=10)
    actor_id: int = fields.BigIntField(default=0)
    actor_label = fields.CharField(max_length=254, default="")
    action = fields.CharField(max_length=60)
    object_kind = fields.CharField(max_length=32, default="")
    object_id: int = fields.BigIntField(default=0)
    before = fields.JSONField[dict[str, Any]](null=True)
    after = fields.JSONField[dict[str, Any]](null=True)
    address = fields.CharField(max_length=64, default="")

    class Meta(Model.Meta):
        table = "audit_entry"
        append_only = True
        indexes = (("object_kind", "object_id"), ("at",))
