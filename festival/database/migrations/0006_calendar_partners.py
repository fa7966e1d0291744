import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0005_call_setup")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CarriedTicket",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "feed",
                    fields.ForeignKeyField(
                        "app.PersonalFeed",
                        source_field="feed_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="tickets",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "claim",
                    fields.ForeignKeyField(
                        "app.Claim",
                        source_field="claim_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="carried",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("manage_digest", fields.CharField(max_length=64)),
                ("at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "carried_ticket",
                "app": "app",
                "unique_together": (("feed", "claim"),),
                "pk_attr": "id",
                "table_description": "A ticket that its holder put into a personal feed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PartnerSource",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=120)),
                ("url", fields.CharField(default="", max_length=1000)),
                ("home_url", fields.CharField(default="", max_length=500)),
                ("trust", fields.CharField(default="review", max_length=8)),
                ("state", fields.CharField(default="active", max_length=8)),
                ("area", fields.CharField(default="cultural", max_length=12)),
                ("language", fields.CharField(default="en", max_length=12)),
                (
                    "venue",
                    fields.ForeignKeyField(
                        "app.Venue",
                        source_field="venue_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="partner_sources",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("every_minutes", fields.IntField(default=60)),
                ("etag", fields.CharField(default="", max_length=300)),
                ("last_modified", fields.CharField(default="", max_length=60)),
                ("content_digest", fields.CharField(default="", max_length=64)),
                ("checked_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("succeeded_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("next_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("failures", fields.IntField(default=0)),
                ("error", fields.CharField(default="", max_length=300)),
                (
                    "findings",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("created_at", UtcField(auto_now=False, auto_now_add=False)),
                ("revision", fields.IntField(default=1)),
                ("changed_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "partner_source",
                "app": "app",
                "indexes": [Index(fields=["state", "next_at"])],
                "pk_attr": "id",
                "table_description": "A partner's calendar that we show items of, fetched from `url`, or read from files by hand where it is empty.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PartnerItem",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "source",
                    fields.ForeignKeyField(
                        "app.PartnerSource",
                        source_field="source_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="items",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("uid", fields.CharField(max_length=300)),
                ("title", fields.CharField(max_length=200)),
                ("description", fields.TextField(default="", unique=False)),
                ("url", fields.CharField(default="", max_length=1000)),
                ("place", fields.CharField(default="", max_length=300)),
                (
                    "venue",
                    fields.ForeignKeyField(
                        "app.Venue",
                        source_field="venue_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="partner_items",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("area", fields.CharField(max_length=12)),
                ("language", fields.CharField(default="en", max_length=12)),
                ("state", fields.CharField(default="waiting", max_length=10)),
                ("double_of", fields.CharField(default="", max_length=300)),
                ("digest", fields.CharField(max_length=64)),
                ("seen_at", UtcField(auto_now=False, auto_now_add=False)),
                ("revision", fields.IntField(default=1)),
                ("changed_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "partner_item",
                "app": "app",
                "unique_together": (("source", "uid"),),
                "indexes": [Index(fields=["state"])],
                "pk_attr": "id",
                "table_description": "Something in a partner's calendar, as the partner last told it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PartnerTime",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "item",
                    fields.ForeignKeyField(
                        "app.PartnerItem",
                        source_field="item_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="times",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("original_local", fields.CharField(max_length=20)),
                ("starts_at", UtcField(auto_now=False, auto_now_add=False)),
                ("ends_at", UtcField(auto_now=False, auto_now_add=False)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
                ("all_day", fields.BooleanField(default=False)),
                ("cancelled", fields.BooleanField(default=False)),
            ],
            options={
                "table": "partner_time",
                "app": "app",
                "unique_together": (("item", "original_local"),),
                "indexes": [Index(fields=["ends_on"])],
                "pk_attr": "id",
                "table_description": "One time of a partner's item, expanded from its rule when the calendar was read.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SyncEntry",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("uid", fields.CharField(unique=True, max_length=300)),
                ("digest", fields.CharField(max_length=64)),
                ("sequence", fields.BigIntField(db_index=True)),
                ("gone_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sync_entry",
                "app": "app",
                "pk_attr": "id",
                "table_description": "The change at which an item of the calendar last became another, or left.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SyncState",
            fields=[
                ("id", fields.SmallIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("sequence", fields.BigIntField(default=0)),
                ("oldest", fields.BigIntField(default=0)),
                ("digest", fields.CharField(default="", max_length=64)),
            ],
            options={
                "table": "sync_state",
                "app": "app",
                "pk_attr": "id",
                "table_description": "One row: the number of the last change that sync tokens know, and the state of the calendar it belongs to.",
            },
            bases=["Model"],
        ),
    ]
