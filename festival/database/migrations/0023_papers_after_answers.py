import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("app", "0022_scores_by_criterion")]

    initial = False

    operations = [
        ops.AddField(
            model_name="CategoryDocument",
            name="shown_if",
            field=fields.JSONField(
                null=True, default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
            ),
        ),
    ]
