from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("app", "0024_mail_in_threads")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Venue",
            name="access_note",
            field=fields.CharField(default="", db_default="", max_length=300),
        ),
    ]
