"""ChangeRequest, ChangeItem: what the team asked an applicant to change, and what came back."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField
from vendors.models.applications import Application


class ChangeRequest(Model):
    """One round of changes that an applicant was asked for, at most one open an application."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="change_requests"
    )
    application_id: int
    # The team's words about all of it; those about single parts stand with the items.
    words = fields.CharField(max_length=300, default="")
    asked_by: int = fields.BigIntField()
    asked_at: dt.datetime = UtcField()
    due_at: dt.datetime = UtcField()
    returned_at: dt.datetime | None = UtcField(null=True)
    # Taken back by the team before anything was returned.
    ended_at: dt.datetime | None = UtcField(null=True)
    # The last reminder sent: how many days before the end, 0 after it.
    reminded = fields.IntField(null=True)
    items: fields.ReverseRelation[ChangeItem]

    class Meta(Model.Meta):
        table = "change_request"
        unique_where: ClassVar = {
            "ux_change_request_open": "(application_id) WHERE returned_at IS NULL AND ended_at IS NULL",
        }


class ChangeItem(Model):
    """One answer, paper, extra or line about the applicant that is to be changed, with the value before and after."""

    id: int = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyRelation[ChangeRequest] = fields.ForeignKeyField(
        "app.ChangeRequest", related_name="items"
    )
    request_id: int
    # Such as about.name, answer.menu, paper.insurance, extra.power.
    part = fields.CharField(max_length=60)
    note = fields.CharField(max_length=300)
    before = fields.TextField()
    document_before_id: int | None = fields.BigIntField(null=True)
    # What the applicant wants to say to it, above all where the value stays as it is.
    reply = fields.CharField(max_length=300, default="")
    after = fields.TextField(null=True)
    document_after_id: int | None = fields.BigIntField(null=True)
    state = fields.CharField(max_length=10, default="asked")
    judged_by: int | None = fields.BigIntField(null=True)
    judged_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "change_item"
        checks: ClassVar = {
            "ck_change_item_state": "state IN ('asked', 'returned', 'accepted', 'again', 'dropped')",
        }
        unique_together = (("request", "part"),)
