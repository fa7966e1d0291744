from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("app", "0009_letters_and_their_fate")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Scan",
            name="left_people",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Scan",
            name="left_zone_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name="Scan",
            index=Index(fields=["left_zone_id", "trusted_at"]),
        ),
    ]
