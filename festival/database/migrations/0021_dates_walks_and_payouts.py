from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0020_papers_for_offices")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CategoryDate",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "category",
                    fields.ForeignKeyField(
                        "app.Category",
                        source_field="category_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="dates",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("held_on", fields.DateField()),
                ("cap", fields.IntField()),
                ("taken", fields.IntField(default=0)),
            ],
            options={
                "table": "category_date",
                "app": "app",
                "unique_together": (("category", "held_on"),),
                "pk_attr": "id",
                "table_description": "One day of a category that is held on several, with a cap of its own that `taken` never passes.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ApplicationDate",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "application",
                    fields.ForeignKeyField(
                        "app.Application",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="dates",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "date",
                    fields.ForeignKeyField(
                        "app.CategoryDate",
                        source_field="date_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="requests",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("state", fields.CharField(default="asked", max_length=10)),
                ("line_id", fields.BigIntField(null=True)),
                ("changed_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "application_date",
                "app": "app",
                "unique_together": (("application", "date"),),
                "pk_attr": "id",
                "table_description": "A day that an application asks for, and what became of it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="GuardianConsent",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "application",
                    fields.ForeignKeyField(
                        "app.Application",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="guardian_consents",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("minor_name", fields.CharField(max_length=120)),
                ("guardian_name", fields.CharField(max_length=120)),
                ("email", fields.CharField(max_length=254)),
                ("language", fields.CharField(default="en", max_length=12)),
                ("state", fields.CharField(default="asked", max_length=8)),
                ("wording", fields.TextField(default="", unique=False)),
                ("pictures", fields.BooleanField(default=False)),
                ("signed_name", fields.CharField(default="", max_length=120)),
                ("asked_by", fields.BigIntField()),
                ("asked_at", UtcField(auto_now=False, auto_now_add=False)),
                ("answered_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "guardian_consent",
                "app": "app",
                "indexes": [Index(fields=["application_id"])],
                "pk_attr": "id",
                "table_description": "What the parent or guardian of somebody under 18 said to their taking part, by a link that was mailed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Payout",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("stripe_ref", fields.CharField(unique=True, max_length=120)),
                ("amount_cents", fields.BigIntField()),
                ("currency", fields.CharField(default="usd", max_length=3)),
                ("state", fields.CharField(max_length=12)),
                ("arrives_on", fields.DateField()),
                ("charged_cents", fields.BigIntField(default=0)),
                ("refunded_cents", fields.BigIntField(default=0)),
                ("disputed_cents", fields.BigIntField(default=0)),
                ("other_cents", fields.BigIntField(default=0)),
                ("fee_cents", fields.BigIntField(default=0)),
                ("seen_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "payout",
                "app": "app",
                "indexes": [Index(fields=["arrives_on"])],
                "pk_attr": "id",
                "table_description": "What Stripe sends to the city's bank account at once, and of what it is made.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WalkPlace",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "application",
                    fields.OneToOneField(
                        "app.Application",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="walk_place",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "category",
                    fields.ForeignKeyField(
                        "app.Category",
                        source_field="category_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="walk_places",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
                ("confirmed_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("confirmed_starts_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("confirmed_stage_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "walk_place",
                "app": "app",
                "indexes": [Index(fields=["category_id", "position"])],
                "pk_attr": "id",
                "table_description": "The place of a group in the order in which a parade or a show walks, and its yes to the time.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Answer",
            name="file_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Category",
            name="act_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Category",
            name="part",
            field=fields.CharField(default="", db_default="", max_length=8),
        ),
        ops.AddField(
            model_name="Category",
            name="walk_call_minutes",
            field=fields.IntField(default=45, db_default=45),
        ),
        ops.AddField(
            model_name="Category",
            name="walk_seconds",
            field=fields.IntField(default=60, db_default=60),
        ),
        ops.AddField(
            model_name="FeeRule",
            name="from_dates",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="FeeRule",
            name="together",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Payment",
            name="fee_cents",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Reconciliation",
            name="fee_cents",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Reconciliation",
            name="payout_cents",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Reconciliation",
            name="payouts",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.RunSQL("UPDATE category SET part = 'stage' WHERE slug = 'performer'", ""),
        ops.RunSQL("UPDATE category SET part = 'walk' WHERE slug IN ('parade', 'fashion_show')", ""),
    ]
