import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0008_conflicts_settled")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BulkMessage",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "offer",
                    fields.ForeignKeyField(
                        "app.Offer",
                        source_field="offer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="messages",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("whole_occurrence", fields.BooleanField(default=False)),
                (
                    "texts",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("language", fields.CharField(max_length=12)),
                ("important", fields.BooleanField(default=False)),
                ("state", fields.CharField(default="draft", max_length=8)),
                ("total", fields.IntField(default=0)),
                ("written_by", fields.BigIntField()),
                ("written_by_label", fields.CharField(default="", max_length=254)),
                ("created_at", UtcField(auto_now=False, auto_now_add=False)),
                ("sent_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "bulk_message",
                "app": "app",
                "pk_attr": "id",
                "table_description": "What an organizer wrote to everybody with a ticket, in one or more languages, and how far it got.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MailWish",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("recipient", fields.CharField(max_length=254)),
                ("topic", fields.CharField(max_length=20)),
                ("stopped_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mail_wish",
                "app": "app",
                "indexes": [Index(fields=["recipient", "topic"])],
                "pk_attr": "id",
                "table_description": "Whether a reader wants letters of a topic, under the digest of the link that changes it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "claim",
                    fields.OneToOneField(
                        "app.Claim",
                        source_field="claim_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="answer",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "occurrence",
                    fields.ForeignKeyField(
                        "app.Occurrence",
                        source_field="occurrence_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="answers",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("stars", fields.SmallIntField()),
                ("words", fields.TextField(default="", unique=False)),
                ("language", fields.CharField(default="en", max_length=12)),
                ("answered_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "survey_answer",
                "app": "app",
                "pk_attr": "id",
                "table_description": "What a party said afterwards, once, without its name.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="MailMessage",
            name="about_id",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="MailMessage",
            name="about_kind",
            field=fields.CharField(default="", db_default="", max_length=16),
        ),
        ops.AddField(
            model_name="MailMessage",
            name="channel",
            field=fields.CharField(default="mail", db_default="mail", max_length=8),
        ),
        ops.AddField(
            model_name="MailMessage",
            name="fate_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name="MailMessage",
            index=Index(fields=["about_kind", "about_id"]),
        ),
        ops.AddIndex(
            model_name="MailMessage",
            index=Index(fields=["message_id"]),
        ),
    ]
