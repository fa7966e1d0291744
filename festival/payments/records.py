"""What is kept to be shown later: Consent, Dispute, PaperSeries, Paper, Payout, Reconciliation, Difference."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField


class Consent(Model):
    """The words with which somebody let us charge a kept card for one thing, and when."""

    id: int = fields.BigIntField(primary_key=True)
    person_id: int = fields.BigIntField()
    subject_kind = fields.CharField(max_length=32)
    subject_id: int = fields.BigIntField()
    wording = fields.TextField()
    language = fields.CharField(max_length=12)
    # The words name this amount, and more than it is never charged.
    most_cents: int = fields.BigIntField(default=0, db_default=0)
    given_by: int = fields.BigIntField()
    given_at: dt.datetime = UtcField()
    withdrawn_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "card_consent"
        unique_where: ClassVar = {
            "ux_card_consent_one_live": "(subject_kind, subject_id) WHERE withdrawn_at IS NULL",
        }
        indexes = (("person_id",),)


class Dispute(Model):
    """A payment that the payer's bank took back for now, and what became of it."""

    id: int = fields.BigIntField(primary_key=True)
    obligation_id: int = fields.BigIntField(db_index=True)
    payment_id: int = fields.BigIntField()
    stripe_id = fields.CharField(max_length=120, unique=True)
    amount_cents: int = fields.BigIntField()
    reason = fields.CharField(max_length=60, default="")
    state = fields.CharField(max_length=8, default="open")
    answer_by: dt.datetime | None = UtcField(null=True)
    opened_at: dt.datetime = UtcField()
    closed_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "dispute"
        checks: ClassVar = {
            "ck_dispute_state": "state IN ('open', 'won', 'lost')",
        }


class PaperSeries(Model):
    """The last number given in one series of papers of one year."""

    id: int = fields.BigIntField(primary_key=True)
    series = fields.CharField(max_length=8)
    year = fields.IntField()
    given = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "paper_series"
        unique_together = (("series", "year"),)


class Paper(Model):
    """An invoice, receipt or credit note as it was issued, numbered without gaps and never changed."""

    id: int = fields.BigIntField(primary_key=True)
    series = fields.CharField(max_length=8)
    year = fields.IntField()
    number = fields.IntField()
    entry_id: int = fields.BigIntField(unique=True)
    obligation_id: int = fields.BigIntField(db_index=True)
    facts = fields.JSONField[dict[str, Any]]()
    issued_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "paper"
        append_only = True
        unique_together = (("series", "year", "number"),)


class Payout(Model):
    """What Stripe sends to the city's bank account at once, and of what it is made."""

    id: int = fields.BigIntField(primary_key=True)
    stripe_ref = fields.CharField(max_length=120, unique=True)
    amount_cents: int = fields.BigIntField()
    currency = fields.CharField(max_length=3, default="usd")
    state = fields.CharField(max_length=12)
    arrives_on: dt.date = fields.DateField()
    charged_cents: int = fields.BigIntField(default=0)
    refunded_cents: int = fields.BigIntField(default=0)
    disputed_cents: int = fields.BigIntField(default=0)
    other_cents: int = fields.BigIntField(default=0)
    fee_cents: int = fields.BigIntField(default=0)
    seen_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "payout"
        indexes = (("arrives_on",),)


class Reconciliation(Model):
    """One comparison of our books with what Stripe says, over a span of days."""

    id: int = fields.BigIntField(primary_key=True)
    since: dt.datetime = UtcField()
    until: dt.datetime = UtcField()
    payments = fields.IntField(default=0)
    refunds = fields.IntField(default=0)
    disputes = fields.IntField(default=0)
    stripe_cents: int = fields.BigIntField(default=0)
    our_cents: int = fields.BigIntField(default=0)
    mended = fields.IntField(default=0)
    payouts = fields.IntField(default=0, db_default=0)
    payout_cents: int = fields.BigIntField(default=0, db_default=0)
    fee_cents: int = fields.BigIntField(default=0, db_default=0)
    finished_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "reconciliation"


class Difference(Model):
    """Something in which our books and Stripe disagree, until it is gone or somebody explains it."""

    id: int = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=24)
    stripe_ref = fields.CharField(max_length=120, default="")
    obligation_id: int = fields.BigIntField(default=0)
    our_cents: int | None = fields.BigIntField(null=True)
    stripe_cents: int | None = fields.BigIntField(null=True)
    found_at: dt.datetime = UtcField()
    seen_at: dt.datetime = UtcField()
    gone_at: dt.datetime | None = UtcField(null=True)
    explained_by: int = fields.BigIntField(default=0)
    explanation = fields.CharField(max_length=300, default="")

    class Meta(Model.Meta):
        table = "money_difference"
        unique_where: ClassVar = {
            "ux_money_difference_open": "(kind, stripe_ref, obligation_id) WHERE gone_at IS NULL",
        }
        indexes = (("gone_at",),)
