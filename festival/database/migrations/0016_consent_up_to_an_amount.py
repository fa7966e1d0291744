from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("app", "0015_navigators_and_confirmed_times")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Consent",
            name="most_cents",
            field=fields.BigIntField(default=0, db_default=0),
        ),
    ]
