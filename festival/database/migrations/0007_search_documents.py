from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("app", "0006_calendar_partners")]

    initial = False

    operations = [
        ops.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=12)),
                ("object_id", fields.BigIntField()),
                ("body", fields.TextField(default="", unique=False)),
                ("wanted", fields.IntField(default=1)),
                ("done", fields.IntField(default=0)),
            ],
            options={
                "table": "search_document",
                "app": "app",
                "unique_together": (("kind", "object_id"),),
                "pk_attr": "id",
                "table_description": "The folded words of something that can be searched for, stale while `done` is behind `wanted`.",
            },
            bases=["Model"],
        ),
    ]
