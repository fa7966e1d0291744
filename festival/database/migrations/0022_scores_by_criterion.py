from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0021_dates_walks_and_payouts")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Criterion",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "call",
                    fields.ForeignKeyField(
                        "app.Call",
                        source_field="call_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="criteria",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "category",
                    fields.ForeignKeyField(
                        "app.Category",
                        source_field="category_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="criteria",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=80)),
                ("help", fields.CharField(default="", max_length=300)),
                ("points", fields.SmallIntField(default=5)),
                ("weight", fields.SmallIntField(default=1)),
                ("position", fields.IntField(default=0)),
                ("ended_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "criterion",
                "app": "app",
                "indexes": [Index(fields=["call_id"])],
                "pk_attr": "id",
                "table_description": "One thing that jurors score in a call, or in one category of it, from 1 to `points`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CriterionScore",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "review",
                    fields.ForeignKeyField(
                        "app.Review",
                        source_field="review_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="by_criterion",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "criterion",
                    fields.ForeignKeyField(
                        "app.Criterion",
                        source_field="criterion_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="scores",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("score", fields.SmallIntField(null=True)),
                ("note", fields.CharField(default="", max_length=500)),
            ],
            options={
                "table": "criterion_score",
                "app": "app",
                "unique_together": (("review", "criterion"),),
                "pk_attr": "id",
                "table_description": "What one juror gives one application for one criterion, with a short note.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SavedView",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "app.Person",
                        source_field="owner_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="saved_views",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=60)),
                ("query", fields.CharField(max_length=400)),
                ("shared", fields.BooleanField(default=False)),
                ("created_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "saved_view",
                "app": "app",
                "unique_together": (("owner", "name"),),
                "pk_attr": "id",
                "table_description": "A choice of filters and an order of the queue under a name, for oneself or for the whole team.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Call",
            name="blind",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="DocumentKind",
            name="shown_blind",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Question",
            name="hidden_blind",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AlterModelOptions(
            name="Review",
            options={
                "table": "review",
                "app": "app",
                "unique_together": (("application", "reviewer"),),
                "pk_attr": "id",
                "table_description": "What one reviewer thinks of one application, or that they have a conflict of interest.",
            },
        ),
        ops.AddField(
            model_name="Review",
            name="conflict_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Review",
            name="conflict_reason",
            field=fields.CharField(default="", db_default="", max_length=300),
        ),
        ops.AddField(
            model_name="Review",
            name="in_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Review",
            name="total",
            field=fields.IntField(null=True),
        ),
        ops.RunSQL("UPDATE review SET total = score * 100, in_at = at WHERE score IS NOT NULL", ""),
    ]
