import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0011_online_address")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Consent",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("person_id", fields.BigIntField()),
                ("subject_kind", fields.CharField(max_length=32)),
                ("subject_id", fields.BigIntField()),
                ("wording", fields.TextField(unique=False)),
                ("language", fields.CharField(max_length=12)),
                ("given_by", fields.BigIntField()),
                ("given_at", UtcField(auto_now=False, auto_now_add=False)),
                ("withdrawn_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "card_consent",
                "app": "app",
                "indexes": [Index(fields=["person_id"])],
                "pk_attr": "id",
                "table_description": "The words with which somebody let us charge a kept card for one thing, and when.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Difference",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=24)),
                ("stripe_ref", fields.CharField(default="", max_length=120)),
                ("obligation_id", fields.BigIntField(default=0)),
                ("our_cents", fields.BigIntField(null=True)),
                ("stripe_cents", fields.BigIntField(null=True)),
                ("found_at", UtcField(auto_now=False, auto_now_add=False)),
                ("seen_at", UtcField(auto_now=False, auto_now_add=False)),
                ("gone_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("explained_by", fields.BigIntField(default=0)),
                ("explanation", fields.CharField(default="", max_length=300)),
            ],
            options={
                "table": "money_difference",
                "app": "app",
                "indexes": [Index(fields=["gone_at"])],
                "pk_attr": "id",
                "table_description": "Something in which our books and Stripe disagree, until it is gone or somebody explains it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Discount",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "application",
                    fields.ForeignKeyField(
                        "app.Application",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="discounts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("label", fields.CharField(max_length=120)),
                ("amount_cents", fields.IntField()),
                ("reason", fields.CharField(max_length=300)),
                ("given_by", fields.BigIntField()),
                ("given_at", UtcField(auto_now=False, auto_now_add=False)),
                ("ended_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "discount",
                "app": "app",
                "pk_attr": "id",
                "table_description": "An amount taken off what an application costs, by whom and why.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Dispute",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("obligation_id", fields.BigIntField(db_index=True)),
                ("payment_id", fields.BigIntField()),
                ("stripe_id", fields.CharField(unique=True, max_length=120)),
                ("amount_cents", fields.BigIntField()),
                ("reason", fields.CharField(default="", max_length=60)),
                ("state", fields.CharField(default="open", max_length=8)),
                ("answer_by", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("opened_at", UtcField(auto_now=False, auto_now_add=False)),
                ("closed_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "dispute",
                "app": "app",
                "pk_attr": "id",
                "table_description": "A payment that the payer's bank took back for now, and what became of it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Instalment",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "obligation",
                    fields.ForeignKeyField(
                        "app.Obligation",
                        source_field="obligation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="instalments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField()),
                ("amount_cents", fields.BigIntField()),
                ("due_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "instalment",
                "app": "app",
                "unique_together": (("obligation", "position"),),
                "indexes": [Index(fields=["due_at"])],
                "pk_attr": "id",
                "table_description": "A part of an obligation with a day of its own, paid in the order of its position.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Paper",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("series", fields.CharField(max_length=8)),
                ("year", fields.IntField()),
                ("number", fields.IntField()),
                ("entry_id", fields.BigIntField(unique=True)),
                ("obligation_id", fields.BigIntField(db_index=True)),
                ("facts", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("issued_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "paper",
                "app": "app",
                "unique_together": (("series", "year", "number"),),
                "pk_attr": "id",
                "table_description": "An invoice, receipt or credit note as it was issued, numbered without gaps and never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PaperSeries",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("series", fields.CharField(max_length=8)),
                ("year", fields.IntField()),
                ("given", fields.IntField(default=0)),
            ],
            options={
                "table": "paper_series",
                "app": "app",
                "unique_together": (("series", "year"),),
                "pk_attr": "id",
                "table_description": "The last number given in one series of papers of one year.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("since", UtcField(auto_now=False, auto_now_add=False)),
                ("until", UtcField(auto_now=False, auto_now_add=False)),
                ("payments", fields.IntField(default=0)),
                ("refunds", fields.IntField(default=0)),
                ("disputes", fields.IntField(default=0)),
                ("stripe_cents", fields.BigIntField(default=0)),
                ("our_cents", fields.BigIntField(default=0)),
                ("mended", fields.IntField(default=0)),
                ("finished_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "reconciliation",
                "app": "app",
                "pk_attr": "id",
                "table_description": "One comparison of our books with what Stripe says, over a span of days.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Category",
            name="deposit_percent",
            field=fields.IntField(default=100, db_default=100),
        ),
        ops.AddField(
            model_name="Category",
            name="instalments_due",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="Category",
            name="security_cents",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="ObligationLine",
            name="kind",
            field=fields.CharField(default="other", db_default="other", max_length=12),
        ),
        ops.AddField(
            model_name="ObligationLine",
            name="refunded_cents",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Payment",
            name="paid_with",
            field=fields.CharField(default="", db_default="", max_length=60),
        ),
        ops.AddField(
            model_name="SavedCard",
            name="consent_id",
            field=fields.BigIntField(null=True),
        ),
    ]
