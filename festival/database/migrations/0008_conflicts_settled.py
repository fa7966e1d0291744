from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0007_search_documents")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Scan",
            name="settled_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Scan",
            name="settled_by",
            field=fields.CharField(default="", db_default="", max_length=254),
        ),
        ops.AddField(
            model_name="Scan",
            name="settled_note",
            field=fields.CharField(default="", db_default="", max_length=200),
        ),
    ]
