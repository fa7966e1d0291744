from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("app", "0023_papers_after_answers")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ThreadMail",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("digest", fields.CharField(unique=True, max_length=64)),
                (
                    "message",
                    fields.ForeignKeyField(
                        "app.ApplicationMessage",
                        source_field="message_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="mails",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("left_out", fields.SmallIntField(default=0)),
            ],
            options={
                "table": "thread_mail",
                "app": "app",
                "pk_attr": "id",
                "table_description": "A mail that became a message of a thread, known by its digest so that it does so once.",
            },
            bases=["Model"],
        ),
    ]
