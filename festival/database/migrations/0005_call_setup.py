from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0004_pictures_and_goals")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Category",
            name="invite_version",
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="Category",
            name="invited_only",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="FeeRule",
            name="sent_until",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
