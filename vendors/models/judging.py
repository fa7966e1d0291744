"""Criterion, CriterionScore, SavedView: what jurors score by, their scores, and the views of the queue people keep."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.accounts.models import Person
from festival.database.fields import UtcField
from vendors.models.applications import Review
from vendors.models.calls import Call, Category


class Criterion(Model):
    """One thing that jurors score in a call, or in one category of it, from 1 to `points`."""

    id: int = fields.BigIntField(primary_key=True)
    call: fields.ForeignKeyRelation[Call] = fields.ForeignKeyField("app.Call", related_name="criteria")
    call_id: int
    # None for every category of the call.
    category: fields.ForeignKeyNullableRelation[Category] = fields.ForeignKeyField(
        "app.Category", related_name="criteria", null=True
    )
    category_id: int | None
    name = fields.CharField(max_length=80)
    help = fields.CharField(max_length=300, default="")
    points: int = fields.SmallIntField(default=5)
    weight: int = fields.SmallIntField(default=1)
    position = fields.IntField(default=0)
    # It is scored no longer and counts no longer; what was scored with it is kept.
    ended_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "criterion"
        checks: ClassVar = {
            "ck_criterion_scale": "points BETWEEN 2 AND 10 AND weight BETWEEN 1 AND 10",
        }
        indexes = (("call_id",),)


class CriterionScore(Model):
    """What one juror gives one application for one criterion, with a short note."""

    id: int = fields.BigIntField(primary_key=True)
    review: fields.ForeignKeyRelation[Review] = fields.ForeignKeyField("app.Review", related_name="by_criterion")
    review_id: int
    criterion: fields.ForeignKeyRelation[Criterion] = fields.ForeignKeyField(
        "app.Criterion", related_name="scores", on_delete=fields.RESTRICT
    )
    criterion_id: int
    # None where there is only a note so far.
    score: int | None = fields.SmallIntField(null=True)
    note = fields.CharField(max_length=500, default="")

    class Meta(Model.Meta):
        table = "criterion_score"
        checks: ClassVar = {
            "ck_criterion_score": "score IS NULL OR (score >= 1 AND score <= 10)",
        }
        unique_together = (("review", "criterion"),)


class SavedView(Model):
    """A choice of filters and an order of the queue under a name, for oneself or for the whole team."""

    id: int = fields.BigIntField(primary_key=True)
    owner: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("app.Person", related_name="saved_views")
    owner_id: int
    name = fields.CharField(max_length=60)
    # The query of the queue's address, as the filters themselves write it.
    query = fields.CharField(max_length=400)
    shared = fields.BooleanField(default=False)
    created_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "saved_view"
        unique_together = (("owner", "name"),)
