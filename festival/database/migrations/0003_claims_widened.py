import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0002_schedule_steps_and_hours")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ClaimWish",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "offer",
                    fields.ForeignKeyField(
                        "app.Offer",
                        source_field="offer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="wishes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("email", fields.CharField(max_length=254)),
                ("language", fields.CharField(max_length=12)),
                ("form", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("created_at", UtcField(auto_now=False, auto_now_add=False)),
                ("expires_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "claim_wish",
                "app": "app",
                "pk_attr": "id",
                "table_description": "A wish for places that waits until the link sent to its address was opened.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OfferQuestion",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "offer",
                    fields.ForeignKeyField(
                        "app.Offer",
                        source_field="offer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="questions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField(default=0)),
                ("label", fields.CharField(max_length=200)),
                ("kind", fields.CharField(default="text", max_length=8)),
                (
                    "options",
                    fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("per_person", fields.BooleanField(default=False)),
                ("required", fields.BooleanField(default=False)),
            ],
            options={
                "table": "offer_question",
                "app": "app",
                "pk_attr": "id",
                "table_description": "What an organizer asks everybody who takes places, once for the party or for each person of it.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Claim",
            name="blocked_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Claim",
            name="facts",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="Claim",
            name="household_digest",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
        ops.AddField(
            model_name="Claim",
            name="link_number",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Claim",
            name="person_digest",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
        ops.AddField(
            model_name="Claim",
            name="released",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddIndex(
            model_name="Claim",
            index=Index(fields=["person_digest"]),
        ),
        ops.AddIndex(
            model_name="Claim",
            index=Index(fields=["household_digest"]),
        ),
        ops.AddField(
            model_name="Offer",
            name="asks",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="Offer",
            name="confirm",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Offer",
            name="door",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Offer",
            name="fire_limit",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Offer",
            name="household_most",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Offer",
            name="keep_days",
            field=fields.IntField(default=30, db_default=30),
        ),
        ops.AddField(
            model_name="Offer",
            name="no_show_percent",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Offer",
            name="person_most",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Offer",
            name="released_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Offer",
            name="slot",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="WaitlistEntry",
            name="door_text",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="WaitlistEntry",
            name="erased_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="WaitlistEntry",
            name="facts",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="WaitlistEntry",
            name="household_digest",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
        ops.AddField(
            model_name="WaitlistEntry",
            name="person_digest",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
        ops.AddField(
            model_name="WaitlistEntry",
            name="told_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        # What was held before there was a waitlist was held for the door.
        ops.RunSQL("UPDATE offer SET door = held", ""),
        ops.RunSQL(
            "UPDATE claim SET link_number = (SELECT count(*) FROM ticket t "
            "WHERE t.claim_id = claim.id AND t.ended_by = 'transferred')",
            "",
        ),
    ]
