"""VolunteerShift."""

from __future__ import annotations

import datetime as dt

from tortoise import fields
from tortoise.models import Model

from events.models.programs import Occurrence
from festival.database.fields import UtcField


class VolunteerShift(Model):
    """A volunteer who helps at one date of a program."""

    id: int = fields.BigIntField(primary_key=True)
    occurrence: fields.ForeignKeyRelation[Occurrence] = fields.ForeignKeyField(
        "app.Occurrence", related_name="volunteers"
    )
    occurrence_id: int
    name = fields.CharField(max_length=200)
    added_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "volunteer_shift"
        unique_together = (("occurrence", "name"),)
