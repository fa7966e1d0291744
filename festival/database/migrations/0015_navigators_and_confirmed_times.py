from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from festival.database.fields import UtcField


class Migration(migrations.Migration):
    dependencies = [("app", "0014_several_at_once")]

    initial = False

    operations = [
        ops.CreateModel(
            name="HelpConsent",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "application",
                    fields.ForeignKeyField(
                        "app.Application",
                        source_field="application_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="help_consents",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("helper_id", fields.BigIntField()),
                ("helper_name", fields.CharField(max_length=200)),
                ("means", fields.CharField(max_length=12)),
                ("words", fields.TextField(unique=False)),
                ("given_at", UtcField(auto_now=False, auto_now_add=False)),
                ("confirmed_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
                ("withdrawn_at", UtcField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "navigator_consent",
                "app": "app",
                "pk_attr": "id",
                "table_description": "An applicant's word that a navigator may fill in one application, and how it was given.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Act",
            name="confirmed_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Act",
            name="confirmed_stage_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Act",
            name="confirmed_starts_at",
            field=UtcField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
