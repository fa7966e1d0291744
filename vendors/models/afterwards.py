"""VendorSurvey, VendorSurveyQuestion, VendorSurveyLink, VendorSurveyReply, VendorSurveyAnswer, DepositRun."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField
from vendors.models.applications import Application
from vendors.models.calls import Call


class VendorSurvey(Model):
    """What a call asks those who took part, once the festival is over."""

    id: int = fields.BigIntField(primary_key=True)
    call: fields.OneToOneRelation[Call] = fields.OneToOneField("app.Call", related_name="survey")
    call_id: int
    intro = fields.TextField(default="")
    anonymous = fields.BooleanField(default=True)
    send_on = fields.DateField(null=True)
    closes_on = fields.DateField(null=True)
    sent_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "vendor_survey"


class VendorSurveyQuestion(Model):
    """One question of a survey, put away instead of removed once it was answered."""

    id: int = fields.BigIntField(primary_key=True)
    survey: fields.ForeignKeyRelation[VendorSurvey] = fields.ForeignKeyField(
        "app.VendorSurvey", related_name="questions"
    )
    survey_id: int
    kind = fields.CharField(max_length=10)
    label = fields.CharField(max_length=300)
    options = fields.JSONField[list[str]](default=list)
    required = fields.BooleanField(default=False)
    position = fields.IntField(default=0)
    removed_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "vendor_survey_question"
        checks: ClassVar = {
            "ck_vendor_survey_question_kind": "kind IN ('stars', 'choice', 'yes_no', 'text')",
        }


class VendorSurveyLink(Model):
    """One application's private link to the survey, good for one answer."""

    id: int = fields.BigIntField(primary_key=True)
    survey: fields.ForeignKeyRelation[VendorSurvey] = fields.ForeignKeyField("app.VendorSurvey", related_name="links")
    survey_id: int
    application: fields.OneToOneRelation[Application] = fields.OneToOneField(
        "app.Application", related_name="survey_link"
    )
    application_id: int
    secret_digest = fields.CharField(max_length=64, unique=True)
    # Only whether, not when: a moment would lead from an anonymous answer back to its link.
    answered = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        table = "vendor_survey_link"


class VendorSurveyReply(Model):
    """What one of them said, without a name where they wanted none."""

    id: UUID = fields.UUIDField(primary_key=True)
    survey: fields.ForeignKeyRelation[VendorSurvey] = fields.ForeignKeyField("app.VendorSurvey", related_name="replies")
    survey_id: int
    application_id: int | None = fields.BigIntField(null=True, unique=True)
    language = fields.CharField(max_length=12, default="")

    class Meta(Model.Meta):
        table = "vendor_survey_reply"


class VendorSurveyAnswer(Model):
    """The answer to one question."""

    id: UUID = fields.UUIDField(primary_key=True)
    reply: fields.ForeignKeyRelation[VendorSurveyReply] = fields.ForeignKeyField(
        "app.VendorSurveyReply", related_name="answers"
    )
    reply_id: UUID
    question: fields.ForeignKeyRelation[VendorSurveyQuestion] = fields.ForeignKeyField(
        "app.VendorSurveyQuestion", related_name="answers", on_delete=fields.RESTRICT
    )
    question_id: int
    value = fields.TextField()

    class Meta(Model.Meta):
        table = "vendor_survey_answer"
        unique_together = (("reply", "question"),)


class DepositRun(Model):
    """Deposits given back in one go, how far it is and what it came to."""

    id: int = fields.BigIntField(primary_key=True)
    call: fields.ForeignKeyRelation[Call] = fields.ForeignKeyField("app.Call", related_name="deposit_runs")
    call_id: int
    state = fields.CharField(max_length=10, default="waiting")
    # Lines of bills that were still to be given back when it was asked for.
    line_ids = fields.JSONField[list[int]](default=list)
    done = fields.IntField(default=0)
    refused = fields.IntField(default=0)
    refunded_cents: int = fields.BigIntField(default=0)
    asked_by: int = fields.BigIntField()
    asked_at: dt.datetime = UtcField()
    ended_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "deposit_run"
        checks: ClassVar = {
            "ck_deposit_run_state": "state IN ('waiting', 'ended')",
        }
        unique_where: ClassVar = {
            "ux_deposit_run_one_at_work": "(call_id) WHERE state = 'waiting'",
        }
