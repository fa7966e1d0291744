"""HelpConsent: what an applicant allowed a navigator."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField
from vendors.models.applications import Application


class HelpConsent(Model):
    """An applicant's word that a navigator may fill in one application, and how it was given."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="help_consents"
    )
    application_id: int
    helper_id: int = fields.BigIntField()
    helper_name = fields.CharField(max_length=200)
    means = fields.CharField(max_length=12)
    words = fields.TextField()
    given_at: dt.datetime = UtcField()
    confirmed_at: dt.datetime | None = UtcField(null=True)
    withdrawn_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "navigator_consent"
        checks: ClassVar = {
            "ck_navigator_consent_means": "means IN ('in_person', 'phone', 'writing')",
        }
        unique_where: ClassVar = {
            "ux_navigator_consent_live": "(application_id) WHERE withdrawn_at IS NULL",
        }
