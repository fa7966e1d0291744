import functools
from json import dumps, loads
from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0019_spaces_and_listings")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DepositRun",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "call",
                    fields.ForeignKeyField(
                        "app.Call",
                        source_field="call_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="deposit_runs",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("state", fields.CharField(default="waiting", max_length=10)),
                (
                    "line_ids",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("done", fields.IntField(default=0)),
                ("refused", fields.IntField(default=0)),
                ("refunded_cents", fields.BigIntField(default=0)),
                ("asked_by", fields.BigIntField()),
                ("asked_at", UtcField(auto_now=False, auto_now_add=False)),
                ("ended_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "deposit_run",
                "app": "app",
                "pk_attr": "id",
                "table_description": "Deposits given back in one go, how far it is and what it came to.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Office",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "call",
                    fields.ForeignKeyField(
                        "app.Call",
                        source_field="call_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="offices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("slug", fields.CharField(max_length=40)),
                ("name", fields.CharField(max_length=120)),
                ("county", fields.CharField(default="", max_length=80)),
                ("email", fields.CharField(default="", max_length=254)),
                ("due_days_before", fields.IntField(null=True)),
            ],
            options={
                "table": "office",
                "app": "app",
                "unique_together": (("call", "slug"),),
                "pk_attr": "id",
                "table_description": "An office outside the city that wants some papers before opening day, such as the county's health department.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OfficePaper",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "office",
                    fields.ForeignKeyField(
                        "app.Office",
                        source_field="office_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="papers",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "kind",
                    fields.ForeignKeyField(
                        "app.DocumentKind",
                        source_field="kind_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="offices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "office_paper",
                "app": "app",
                "unique_together": (("office", "kind"),),
                "pk_attr": "id",
                "table_description": "A kind of paper that an office wants, its packet holds everybody who must bring one of them.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Packet",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "office",
                    fields.ForeignKeyField(
                        "app.Office",
                        source_field="office_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="packets",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("state", fields.CharField(default="waiting", max_length=10)),
                ("total", fields.IntField(default=0)),
                ("done", fields.IntField(default=0)),
                ("fingerprint", fields.CharField(default="", max_length=64)),
                (
                    "plan",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("asked_by", fields.BigIntField()),
                ("asked_at", UtcField(auto_now=False, auto_now_add=False)),
                ("ready_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "packet",
                "app": "app",
                "pk_attr": "id",
                "table_description": "One packet made for an office, the papers and their index in one file.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PacketPart",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "packet",
                    fields.ForeignKeyField(
                        "app.Packet",
                        source_field="packet_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="parts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
                (
                    "file",
                    fields.ForeignKeyField(
                        "app.StoredFile",
                        source_field="file_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="packet_parts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "entries",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
            ],
            options={
                "table": "packet_part",
                "app": "app",
                "unique_together": (("packet", "position"),),
                "pk_attr": "id",
                "table_description": "A stretch of a packet's bytes, with what its directory has to say of them.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VendorSurvey",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "call",
                    fields.OneToOneField(
                        "app.Call",
                        source_field="call_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="survey",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("intro", fields.TextField(default="", unique=False)),
                ("anonymous", fields.BooleanField(default=True)),
                ("send_on", fields.DateField(null=True)),
                ("closes_on", fields.DateField(null=True)),
                ("sent_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "vendor_survey",
                "app": "app",
                "pk_attr": "id",
                "table_description": "What a call asks those who took part, once the festival is over.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VendorSurveyLink",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "survey",
                    fields.ForeignKeyField(
                        "app.VendorSurvey",
                        source_field="survey_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="links",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "application",
                    fields.OneToOneField(
                        "app.Application",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="survey_link",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("secret_digest", fields.CharField(unique=True, max_length=64)),
                ("answered", fields.BooleanField(default=False)),
            ],
            options={
                "table": "vendor_survey_link",
                "app": "app",
                "pk_attr": "id",
                "table_description": "One application's private link to the survey, good for one answer.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VendorSurveyQuestion",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "survey",
                    fields.ForeignKeyField(
                        "app.VendorSurvey",
                        source_field="survey_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="questions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=10)),
                ("label", fields.CharField(max_length=300)),
                (
                    "options",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("required", fields.BooleanField(default=False)),
                ("position", fields.IntField(default=0)),
                ("removed_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "vendor_survey_question",
                "app": "app",
                "pk_attr": "id",
                "table_description": "One question of a survey, put away instead of removed once it was answered.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VendorSurveyReply",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "survey",
                    fields.ForeignKeyField(
                        "app.VendorSurvey",
                        source_field="survey_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="replies",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("application_id", fields.BigIntField(null=True, unique=True)),
                ("language", fields.CharField(default="", max_length=12)),
            ],
            options={
                "table": "vendor_survey_reply",
                "app": "app",
                "pk_attr": "id",
                "table_description": "What one of them said, without a name where they wanted none.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VendorSurveyAnswer",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "reply",
                    fields.ForeignKeyField(
                        "app.VendorSurveyReply",
                        source_field="reply_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="answers",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "question",
                    fields.ForeignKeyField(
                        "app.VendorSurveyQuestion",
                        source_field="question_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="answers",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("value", fields.TextField(unique=False)),
            ],
            options={
                "table": "vendor_survey_answer",
                "app": "app",
                "unique_together": (("reply", "question"),),
                "pk_attr": "id",
                "table_description": "The answer to one question.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Call",
            name="keep_no_show_deposit",
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.AddField(
            model_name="Document",
            name="number",
            field=fields.CharField(default="", db_default="", max_length=60),
        ),
        ops.AddField(
            model_name="FestivalDeadline",
            name="done_by",
            field=fields.BigIntField(null=True),
        ),
    ]
