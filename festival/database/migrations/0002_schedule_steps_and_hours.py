import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ScheduleStep",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "plan",
                    fields.ForeignKeyField(
                        "app.SchedulePlan",
                        source_field="plan_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="steps",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=12)),
                ("subject", fields.CharField(default="", max_length=200)),
                ("minutes", fields.IntField(default=0)),
                ("before", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("after", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("by_label", fields.CharField(default="", max_length=254)),
                ("at", UtcField(auto_now=False, auto_now_add=False)),
                ("undone_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "schedule_step",
                "app": "app",
                "indexes": [Index(fields=["plan_id", "id"])],
                "pk_attr": "id",
                "table_description": "One change of a plan with the placements before and after it, so that it can be undone.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VenueHours",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "venue",
                    fields.ForeignKeyField(
                        "app.Venue",
                        source_field="venue_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="hours",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("weekday", fields.SmallIntField()),
                ("opens_minute", fields.SmallIntField()),
                ("closes_minute", fields.SmallIntField()),
            ],
            options={
                "table": "venue_hours",
                "app": "app",
                "unique_together": (("venue", "weekday", "opens_minute"),),
                "pk_attr": "id",
                "table_description": "When a venue is open on one day of the week, in the wall time of the city, a venue without any always is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VolunteerShift",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "occurrence",
                    fields.ForeignKeyField(
                        "app.Occurrence",
                        source_field="occurrence_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="volunteers",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("added_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "volunteer_shift",
                "app": "app",
                "unique_together": (("occurrence", "name"),),
                "pk_attr": "id",
                "table_description": "A volunteer who helps at one date of a program.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Act",
            name="contact_email",
            field=fields.CharField(default="", db_default="", max_length=254),
        ),
        ops.AddField(
            model_name="Program",
            name="volunteers_needed",
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
