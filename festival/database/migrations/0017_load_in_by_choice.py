from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0016_consent_up_to_an_amount")]

    initial = False

    operations = [
        ops.CreateModel(
            name="LoadInChoice",
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
                        related_name="load_in_choices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "window",
                    fields.ForeignKeyField(
                        "app.LoadInWindow",
                        source_field="window_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="choices",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("chosen_at", UtcField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "load_in_choice",
                "app": "app",
                "pk_attr": "id",
                "table_description": "The window that a vendor chose among those open to choice, one an application.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="LoadInWindow",
            name="by_choice",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="LoadInWindow",
            name="chosen",
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
