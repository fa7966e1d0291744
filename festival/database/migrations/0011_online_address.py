from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("app", "0010_zones_left")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Program",
            name="online_url",
            field=fields.CharField(default="", db_default="", max_length=500),
        ),
    ]
