"""BulkMessage, SurveyAnswer."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models import Occurrence
from festival.database.fields import UtcField
from ticketing.models.claims import Claim, Offer


class BulkMessage(Model):
    """What an organizer wrote to everybody with a ticket, in one or more languages, and how far it got."""

    id: int = fields.BigIntField(primary_key=True)
    offer: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "app.Offer", related_name="messages", on_delete=fields.RESTRICT
    )
    offer_id: int
    # Whether everybody of the occurrence gets it, or the holders of this offer alone.
    whole_occurrence = fields.BooleanField(default=False)
    # Language to {"subject", "text"}; readers of other languages get that of `language`.
    texts = fields.JSONField[dict[str, dict[str, str]]](default=dict)
    language = fields.CharField(max_length=12)
    # Reaches also those who stopped news: where somebody would otherwise stand before a closed door.
    important = fields.BooleanField(default=False)
    state = fields.CharField(max_length=8, default="draft")
    total = fields.IntField(default=0)
    written_by: int = fields.BigIntField()
    written_by_label = fields.CharField(max_length=254, default="")
    created_at: dt.datetime = UtcField()
    sent_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "bulk_message"
        checks: ClassVar = {"ck_bulk_message_state": "state IN ('draft', 'sent')"}


class SurveyAnswer(Model):
    """What a party said afterwards, once, without its name."""

    id: int = fields.BigIntField(primary_key=True)
    claim: fields.OneToOneRelation[Claim] = fields.OneToOneField(
        "app.Claim", related_name="answer", on_delete=fields.CASCADE
    )
    claim_id: int
    occurrence: fields.ForeignKeyRelation[Occurrence] = fields.ForeignKeyField(
        "app.Occurrence", related_name="answers", on_delete=fields.RESTRICT
    )
    occurrence_id: int
    stars: int = fields.SmallIntField()
    words = fields.TextField(default="")
    language = fields.CharField(max_length=12, default="en")
    answered_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "survey_answer"
        checks: ClassVar = {"ck_survey_stars": "stars >= 1 AND stars <= 5"}
