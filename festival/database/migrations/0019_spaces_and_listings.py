from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0018_changes_by_field")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ApartGroup",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "festival",
                    fields.ForeignKeyField(
                        "app.Festival",
                        source_field="festival_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="apart_groups",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("reason", fields.CharField(max_length=300)),
                ("distance_ft", fields.IntField()),
                ("made_by", fields.BigIntField()),
                ("made_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "apart_group",
                "app": "app",
                "pk_attr": "id",
                "table_description": "Applications that are not to stand near each other, and why, which only the team reads.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ApartMember",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "app.ApartGroup",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="members",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "application",
                    fields.ForeignKeyField(
                        "app.Application",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="apart_members",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "apart_member",
                "app": "app",
                "unique_together": (("group", "application"),),
                "pk_attr": "id",
                "table_description": "An application of a group that is kept apart.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Listing",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "festival",
                    fields.ForeignKeyField(
                        "app.Festival",
                        source_field="festival_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="listings",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "application",
                    fields.ForeignKeyField(
                        "app.Application",
                        source_field="application_id",
                        unique=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="listings",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("slug", fields.CharField(max_length=80)),
                ("title", fields.CharField(max_length=120)),
                ("text", fields.TextField(default="", unique=False)),
                ("language", fields.CharField(max_length=12)),
                ("website", fields.CharField(default="", max_length=300)),
                ("nations", fields.CharField(default="", max_length=60)),
                ("languages", fields.CharField(default="", max_length=120)),
                ("diets", fields.CharField(default="", max_length=120)),
                ("consented_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("hidden_reason", fields.CharField(default="", max_length=200)),
                ("changed_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "listing",
                "app": "app",
                "unique_together": (("festival", "slug"),),
                "pk_attr": "id",
                "table_description": "What a stand says about itself in public, once its owner agreed to that.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Dish",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "app.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="dishes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
                ("name", fields.CharField(max_length=120)),
                ("text", fields.CharField(default="", max_length=300)),
                ("price_cents", fields.IntField(null=True)),
                ("diets", fields.CharField(default="", max_length=120)),
                ("allergens", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "dish",
                "app": "app",
                "pk_attr": "id",
                "table_description": "One line of a menu, or one thing that is sold.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ListingPicture",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "listing",
                    fields.ForeignKeyField(
                        "app.Listing",
                        source_field="listing_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="pictures",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(unique=True, max_length=32)),
                ("alt", fields.CharField(max_length=300)),
                ("width", fields.IntField()),
                ("height", fields.IntField()),
                ("added_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "listing_picture",
                "app": "app",
                "pk_attr": "id",
                "table_description": "A picture of a stand or of what it sells.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ListingVariant",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "picture",
                    fields.ForeignKeyField(
                        "app.ListingPicture",
                        source_field="picture_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="variants",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("form", fields.CharField(max_length=8)),
                ("width", fields.IntField()),
                ("height", fields.IntField()),
                (
                    "file",
                    fields.ForeignKeyField(
                        "app.StoredFile",
                        source_field="file_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="listing_variants",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "listing_variant",
                "app": "app",
                "unique_together": (("picture", "form", "width"),),
                "pk_attr": "id",
                "table_description": "A stand's picture in one format and width.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PowerCircuit",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "festival",
                    fields.ForeignKeyField(
                        "app.Festival",
                        source_field="festival_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="circuits",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=40)),
                ("group", fields.CharField(max_length=120)),
                ("limit_watts", fields.IntField()),
            ],
            options={
                "table": "power_circuit",
                "app": "app",
                "unique_together": (("festival", "name"),),
                "pk_attr": "id",
                "table_description": "What one circuit can feed, in watts, and which spaces hang on it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SitePicture",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "festival",
                    fields.ForeignKeyField(
                        "app.Festival",
                        source_field="festival_id",
                        unique=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="site_pictures",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "file",
                    fields.ForeignKeyField(
                        "app.StoredFile",
                        source_field="file_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="site_pictures",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("x_ft", fields.FloatField()),
                ("y_ft", fields.FloatField()),
                ("width_ft", fields.FloatField()),
                ("height_ft", fields.FloatField()),
                ("opacity", fields.IntField()),
                ("public", fields.BooleanField()),
                ("changed_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "site_picture",
                "app": "app",
                "pk_attr": "id",
                "table_description": "A drawing or a photo under the site plan, in feet from the map's origin.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SpaceChoosing",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "category",
                    fields.ForeignKeyField(
                        "app.Category",
                        source_field="category_id",
                        unique=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="space_choosings",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("in_order", fields.BooleanField()),
                ("opens_at", UtcField(auto_now=False, auto_now_add=False)),
                ("closes_at", UtcField(auto_now=False, auto_now_add=False)),
                ("step_minutes", fields.IntField()),
                ("hold_minutes", fields.IntField()),
            ],
            options={
                "table": "space_choosing",
                "app": "app",
                "pk_attr": "id",
                "table_description": "When those of a category choose their spaces themselves, all at once or one after another.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SpaceHold",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "booth",
                    fields.ForeignKeyField(
                        "app.Booth",
                        source_field="booth_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="holds",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "application",
                    fields.ForeignKeyField(
                        "app.Application",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="space_holds",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("extra_cents", fields.IntField()),
                ("held_at", UtcField(auto_now=False, auto_now_add=False)),
                ("expires_at", UtcField(auto_now=False, auto_now_add=False)),
                ("ended_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "space_hold",
                "app": "app",
                "pk_attr": "id",
                "table_description": "A space held for an application while it makes up its mind, one a space and one an application.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SpaceNeed",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "application",
                    fields.ForeignKeyField(
                        "app.Application",
                        source_field="application_id",
                        unique=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="space_needs",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("watts", fields.IntField()),
                ("step_free", fields.BooleanField()),
                ("near_vehicles", fields.BooleanField()),
                ("accessible", fields.BooleanField()),
                ("said_by", fields.BigIntField()),
                ("said_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "space_need",
                "app": "app",
                "pk_attr": "id",
                "table_description": "What the team says an application needs of its space, in place of its own answers.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="AddOn",
            name="watts",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Booth",
            name="accessible",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Booth",
            name="angle",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Booth",
            name="extra_cents",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Booth",
            name="kept_back",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Booth",
            name="near_vehicles",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Booth",
            name="step_free",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="BoothAssignment",
            name="by_choice",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="BoothAssignment",
            name="extra_cents",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="BoothAssignment",
            name="obligation_id",
            field=fields.BigIntField(null=True),
        ),
    ]
