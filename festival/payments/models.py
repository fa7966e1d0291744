"""Obligation, ObligationLine, Instalment, Payment, Refund, LedgerEntry, SavedCard, StripeEvent."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField


class Obligation(Model):
    """What somebody owes the city for one thing, with sums that the database keeps in bounds."""

    id: int = fields.BigIntField(primary_key=True)
    subject_kind = fields.CharField(max_length=32, default="")
    subject_id: int = fields.BigIntField(default=0)
    payer_id: int = fields.BigIntField(default=0)
    payer_email = fields.CharField(max_length=254, default="")
    secret_digest = fields.CharField(max_length=64, default="")
    description = fields.CharField(max_length=300)
    language = fields.CharField(max_length=12, default="en")
    currency = fields.CharField(max_length=3, default="usd")
    due_cents: int = fields.BigIntField()
    paid_cents: int = fields.BigIntField(default=0)
    refunded_cents: int = fields.BigIntField(default=0)
    disputed_cents: int = fields.BigIntField(default=0)
    state = fields.CharField(max_length=20, default="unpaid")
    due_at: dt.datetime | None = UtcField(null=True)
    created_at: dt.datetime = UtcField()
    revision = fields.IntField(default=1)
    payments: fields.ReverseRelation[Payment]
    lines: fields.ReverseRelation[ObligationLine]

    class Meta(Model.Meta):
        table = "obligation"
        checks: ClassVar = {
            "ck_obligation_sums": (
                "due_cents >= 0 AND paid_cents >= 0 AND refunded_cents >= 0 AND refunded_cents "
                "<= paid_cents AND disputed_cents >= 0 AND disputed_cents <= paid_cents"
            ),
        }
        unique_where: ClassVar = {
            "ux_obligation_secret": "(secret_digest) WHERE secret_digest <> ''",
        }
        indexes = (("subject_kind", "subject_id"), ("state",))


class ObligationLine(Model):
    """One line of what is owed: the space, an add-on, a discount."""

    id: int = fields.BigIntField(primary_key=True)
    obligation: fields.ForeignKeyRelation[Obligation] = fields.ForeignKeyField(
        "app.Obligation", related_name="lines", on_delete=fields.RESTRICT
    )
    obligation_id: int
    label = fields.CharField(max_length=200)
    quantity = fields.IntField(default=1)
    unit_cents: int = fields.BigIntField()
    # space, add_on, discount, deposit (comes back after the day) or other.
    kind = fields.CharField(max_length=12, default="other", db_default="other")
    refunded_cents: int = fields.BigIntField(default=0, db_default=0)

    class Meta(Model.Meta):
        table = "obligation_line"
        checks: ClassVar = {
            "ck_obligation_line_quantity": "quantity > 0",
            "ck_obligation_line_refunded": (
                "refunded_cents >= 0 AND (refunded_cents = 0 OR refunded_cents <= quantity * unit_cents)"
            ),
        }


class Instalment(Model):
    """A part of an obligation with a day of its own, paid in the order of its position."""

    id: int = fields.BigIntField(primary_key=True)
    obligation: fields.ForeignKeyRelation[Obligation] = fields.ForeignKeyField(
        "app.Obligation", related_name="instalments", on_delete=fields.RESTRICT
    )
    obligation_id: int
    position = fields.IntField()
    amount_cents: int = fields.BigIntField()
    due_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "instalment"
        checks: ClassVar = {
            "ck_instalment_amount": "amount_cents > 0",
        }
        unique_together = (("obligation", "position"),)
        indexes = (("due_at",),)


class Payment(Model):
    """One attempt to pay an obligation, at most one of them open at a time."""

    id: int = fields.BigIntField(primary_key=True)
    obligation: fields.ForeignKeyRelation[Obligation] = fields.ForeignKeyField(
        "app.Obligation", related_name="payments", on_delete=fields.RESTRICT
    )
    obligation_id: int
    attempt = fields.IntField()
    method = fields.CharField(max_length=20)
    amount_cents: int = fields.BigIntField()
    paid_cents: int = fields.BigIntField(default=0)
    refunded_cents: int = fields.BigIntField(default=0)
    state = fields.CharField(max_length=20, default="open")
    idempotency_key = fields.CharField(max_length=100, unique=True)
    checkout_id = fields.CharField(max_length=120, null=True, unique=True)
    intent_id = fields.CharField(max_length=120, null=True, unique=True)
    checkout_url = fields.CharField(max_length=2000, default="")
    note = fields.CharField(max_length=300, default="")
    # What it was paid with, in Stripe's words: "visa ····4242", "us_bank_account".
    paid_with = fields.CharField(max_length=60, default="", db_default="")
    # What Stripe kept of it, once Stripe says so.
    fee_cents: int | None = fields.BigIntField(null=True)
    recorded_by: int = fields.BigIntField(default=0)
    created_at: dt.datetime = UtcField()
    settled_at: dt.datetime | None = UtcField(null=True)
    refunds: fields.ReverseRelation[Refund]

    class Meta(Model.Meta):
        table = "payment"
        checks: ClassVar = {
            "ck_payment_sums": (
                "amount_cents > 0 AND paid_cents >= 0 AND refunded_cents >= 0 AND refunded_cents <= paid_cents"
            ),
            "ck_payment_state": (
                "state IN ('open', 'processing', 'action_required', 'declined', 'paid', 'expired', 'quarantined')"
            ),
        }
        unique_where: ClassVar = {
            "ux_payment_one_open": "(obligation_id) WHERE state IN ('open', 'processing', 'action_required')",
        }
        unique_together = (("obligation", "attempt"),)


class Refund(Model):
    """Money on its way back for one payment."""

    id: int = fields.BigIntField(primary_key=True)
    payment: fields.ForeignKeyRelation[Payment] = fields.ForeignKeyField(
        "app.Payment", related_name="refunds", on_delete=fields.RESTRICT
    )
    payment_id: int
    amount_cents: int = fields.BigIntField()
    # The line of the bill that it gives back, if it is for one.
    line_id: int | None = fields.BigIntField(null=True)
    state = fields.CharField(max_length=12, default="created")
    reason = fields.CharField(max_length=300, default="")
    idempotency_key = fields.CharField(max_length=100, unique=True)
    stripe_id = fields.CharField(max_length=120, null=True, unique=True)
    requested_by: int = fields.BigIntField(default=0)
    created_at: dt.datetime = UtcField()
    settled_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "refund"
        checks: ClassVar = {
            "ck_refund_amount": "amount_cents > 0",
            "ck_refund_state": "state IN ('created', 'in_transit', 'done', 'failed')",
        }


class LedgerEntry(Model):
    """One movement of money. Rows are only ever added, and their sums equal the obligation's."""

    id: int = fields.BigIntField(primary_key=True)
    obligation: fields.ForeignKeyRelation[Obligation] = fields.ForeignKeyField(
        "app.Obligation", related_name="entries", on_delete=fields.RESTRICT
    )
    obligation_id: int
    kind = fields.CharField(max_length=12)
    amount_cents: int = fields.BigIntField()
    cause = fields.CharField(max_length=150, unique=True)
    payment_id: int | None = fields.BigIntField(null=True)
    refund_id: int | None = fields.BigIntField(null=True)
    note = fields.CharField(max_length=300, default="")
    recorded_by: int = fields.BigIntField(default=0)
    at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "ledger_entry"
        append_only = True
        indexes = (("at",),)


class SavedCard(Model):
    """A card that its owner let us keep at Stripe, with the moment of consent."""

    id: int = fields.BigIntField(primary_key=True)
    person_id: int = fields.BigIntField(db_index=True)
    customer_ref = fields.CharField(max_length=120)
    method_ref = fields.CharField(max_length=120, default="")
    label = fields.CharField(max_length=60, default="")
    consented_at: dt.datetime = UtcField()
    consent_id: int | None = fields.BigIntField(null=True)
    removed_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "saved_card"
        unique_where: ClassVar = {
            "ux_saved_card_one_live": "(person_id) WHERE removed_at IS NULL",
        }


class StripeEvent(Model):
    """A webhook, stored once by its event id before anything is answered, applied later."""

    id: int = fields.BigIntField(primary_key=True)
    event_id = fields.CharField(max_length=120, unique=True)
    type = fields.CharField(max_length=80)
    object_ref = fields.CharField(max_length=120, default="")
    payload = fields.JSONField[dict[str, Any]]()
    state = fields.CharField(max_length=12, default="stored")
    note = fields.CharField(max_length=300, default="")
    received_at: dt.datetime = UtcField()
    applied_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "stripe_event"
        indexes = (("state",),)
