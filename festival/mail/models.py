"""MailMessage."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField


class MailMessage(Model):
    """One message to one address, and its fate. `cause` makes sure that one cause sends one mail."""

    id: int = fields.BigIntField(primary_key=True)
    cause = fields.CharField(max_length=200, unique=True)
    kind = fields.CharField(max_length=40)
    recipient = fields.CharField(max_length=254)
    language = fields.CharField(max_length=12)
    subject = fields.CharField(max_length=300)
    text = fields.TextField()
    html = fields.TextField(default="")
    attachments = fields.JSONField[list[dict[str, Any]]](default=list)
    headers = fields.JSONField[dict[str, str]](default=dict)
    state = fields.CharField(max_length=10, default="queued")
    attempts: int = fields.SmallIntField(default=0)
    error = fields.TextField(default="")
    message_id = fields.CharField(max_length=200, default="")
    queued_at: dt.datetime = UtcField()
    sent_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "mail_message"
        checks: ClassVar = {
            "ck_mail_state": "state IN ('queued', 'sent', 'kept', 'failed', 'bounced')",
        }
        indexes = (("recipient",), ("state",))
