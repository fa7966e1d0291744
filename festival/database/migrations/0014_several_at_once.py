from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("app", "0013_refunds_of_one_line")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Venue",
            name="several_at_once",
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
