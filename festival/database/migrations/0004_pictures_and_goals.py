from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0003_claims_widened")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Picture",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("name", fields.CharField(unique=True, max_length=64)),
                (
                    "program",
                    fields.ForeignKeyField(
                        "app.Program",
                        source_field="program_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="pictures",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "festival",
                    fields.ForeignKeyField(
                        "app.Festival",
                        source_field="festival_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="pictures",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "venue",
                    fields.ForeignKeyField(
                        "app.Venue",
                        source_field="venue_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="pictures",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("alt", fields.CharField(max_length=300)),
                ("language", fields.CharField(default="en", max_length=12)),
                ("credit", fields.CharField(default="", max_length=200)),
                ("focus_x", fields.IntField(default=50)),
                ("focus_y", fields.IntField(default=50)),
                ("width", fields.IntField()),
                ("height", fields.IntField()),
                ("position", fields.IntField(default=0)),
                ("added_at", UtcField(auto_now=False, auto_now_add=False)),
                ("changed_at", UtcField(auto_now=False, auto_now_add=False)),
                ("removed_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "picture",
                "app": "app",
                "pk_attr": "id",
                "table_description": "A picture of a program, a festival or a venue, with words for whoever does not see it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PictureVariant",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "picture",
                    fields.ForeignKeyField(
                        "app.Picture",
                        source_field="picture_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="variants",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("form", fields.CharField(max_length=4)),
                ("width", fields.IntField()),
                ("height", fields.IntField()),
                (
                    "file",
                    fields.ForeignKeyField(
                        "app.StoredFile",
                        source_field="file_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="picture_variants",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "picture_variant",
                "app": "app",
                "unique_together": (("picture", "form", "width"),),
                "pk_attr": "id",
                "table_description": "A picture in one format and width, ready to be sent.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PlanGoal",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=80)),
                ("title", fields.CharField(max_length=200)),
                ("year", fields.IntField()),
                ("target_programs", fields.IntField(null=True)),
                ("target_attendance", fields.IntField(null=True)),
                ("position", fields.IntField(default=0)),
            ],
            options={
                "table": "plan_goal",
                "app": "app",
                "pk_attr": "id",
                "table_description": "A goal of the city's strategic plan, with the people that its programs are to reach in a year.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Festival",
            name="publish_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Festival",
            name="reason",
            field=fields.CharField(default="", db_default="", max_length=300),
        ),
        ops.AddField(
            model_name="Program",
            name="goal",
            field=fields.ForeignKeyField(
                "app.PlanGoal",
                source_field="goal_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="programs",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Program",
            name="reason",
            field=fields.CharField(default="", db_default="", max_length=300),
        ),
    ]
