"""WalkPlace, GuardianConsent: what groups need beside their answers."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField
from vendors.models.applications import Application
from vendors.models.calls import Category


class WalkPlace(Model):
    """The place of a group in the order in which a parade or a show walks, and its yes to the time."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.OneToOneRelation[Application] = fields.OneToOneField(
        "app.Application", related_name="walk_place"
    )
    application_id: int
    category: fields.ForeignKeyRelation[Category] = fields.ForeignKeyField("app.Category", related_name="walk_places")
    category_id: int
    position = fields.IntField()
    confirmed_at: dt.datetime | None = UtcField(null=True)
    # What the group said yes to; another time is another question.
    confirmed_starts_at: dt.datetime | None = UtcField(null=True)
    confirmed_stage_id: int | None = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "walk_place"
        checks: ClassVar = {
            "ck_walk_place_position": "position > 0",
        }
        indexes = (("category_id", "position"),)


class GuardianConsent(Model):
    """What the parent or guardian of somebody under 18 said to their taking part, by a link that was mailed."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="guardian_consents"
    )
    application_id: int
    minor_name = fields.CharField(max_length=120)
    guardian_name = fields.CharField(max_length=120)
    email = fields.CharField(max_length=254)
    language = fields.CharField(max_length=12, default="en")
    state = fields.CharField(max_length=8, default="asked")
    # The words that were agreed to, in the guardian's language, and whether pictures may be taken.
    wording = fields.TextField(default="")
    pictures = fields.BooleanField(default=False)
    signed_name = fields.CharField(max_length=120, default="")
    asked_by: int = fields.BigIntField()
    asked_at: dt.datetime = UtcField()
    answered_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "guardian_consent"
        checks: ClassVar = {
            "ck_guardian_consent_state": "state IN ('asked', 'given', 'refused', 'ended')",
        }
        indexes = (("application_id",),)
