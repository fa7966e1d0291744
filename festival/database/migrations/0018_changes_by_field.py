from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0017_load_in_by_choice")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ChangeRequest",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "application",
                    fields.ForeignKeyField(
                        "app.Application",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="change_requests",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("words", fields.CharField(default="", max_length=300)),
                ("asked_by", fields.BigIntField()),
                ("asked_at", UtcField(auto_now=False, auto_now_add=False)),
                ("due_at", UtcField(auto_now=False, auto_now_add=False)),
                ("returned_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("reminded", fields.IntField(null=True)),
            ],
            options={
                "table": "change_request",
                "app": "app",
                "pk_attr": "id",
                "table_description": "One round of changes that an applicant was asked for, at most one open an application.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ChangeItem",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "request",
                    fields.ForeignKeyField(
                        "app.ChangeRequest",
                        source_field="request_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="items",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("part", fields.CharField(max_length=60)),
                ("note", fields.CharField(max_length=300)),
                ("before", fields.TextField(unique=False)),
                ("document_before_id", fields.BigIntField(null=True)),
                ("reply", fields.CharField(default="", max_length=300)),
                ("after", fields.TextField(null=True, unique=False)),
                ("document_after_id", fields.BigIntField(null=True)),
                ("state", fields.CharField(default="asked", max_length=10)),
                ("judged_by", fields.BigIntField(null=True)),
                ("judged_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "change_item",
                "app": "app",
                "unique_together": (("request", "part"),),
                "pk_attr": "id",
                "table_description": "One answer, paper, extra or line about the applicant that is to be changed, with the value before and after.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OwnReason",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "call",
                    fields.ForeignKeyField(
                        "app.Call",
                        source_field="call_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="own_reasons",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("use", fields.CharField(max_length=10)),
                ("text", fields.CharField(max_length=99)),
                ("position", fields.IntField(default=0)),
                ("ended_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "own_reason",
                "app": "app",
                "pk_attr": "id",
                "table_description": "A sentence that explains decisions of one call, its translations stand in the table of texts.",
            },
            bases=["Model"],
        ),
    ]
