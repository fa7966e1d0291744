from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("app", "0012_consents_papers_and_reconciling")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Refund",
            name="line_id",
            field=fields.BigIntField(null=True),
        ),
    ]
