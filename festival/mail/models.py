"""MailMessage, MailWish."""

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
    # `mail`, or `text` for a phone, whose number is then the recipient.
    channel = fields.CharField(max_length=8, default="mail", db_default="mail")
    # What it is about, such as a claim, so that staff find all that was written about it.
    about_kind = fields.CharField(max_length=16, default="", db_default="")
    about_id: int = fields.BigIntField(default=0, db_default=0)
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
    # When a mail server told what became of it.
    fate_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "mail_message"
        checks: ClassVar = {
            "ck_mail_state": "state IN ('queued', 'sent', 'kept', 'failed', 'bounced')",
        }
        indexes = (("recipient",), ("state",), ("about_kind", "about_id"), ("message_id",))


class MailWish(Model):
    """Whether a reader wants letters of a topic, under the digest of the link that changes it."""

    id: int = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    recipient = fields.CharField(max_length=254)
    topic = fields.CharField(max_length=20)
    stopped_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "mail_wish"
        indexes = (("recipient", "topic"),)
