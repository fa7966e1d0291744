"""PowerCircuit, ApartGroup, ApartMember, SpaceNeed, SpaceChoosing, SpaceHold, SitePicture."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models import Festival
from festival.database.fields import UtcField
from festival.storage.models import StoredFile
from vendors.models.applications import Application
from vendors.models.booths import Booth
from vendors.models.calls import Category


class PowerCircuit(Model):
    """What one circuit can feed, in watts, and which spaces hang on it."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField("app.Festival", related_name="circuits")
    festival_id: int
    name = fields.CharField(max_length=40)
    group = fields.CharField(max_length=120)
    limit_watts = fields.IntField()

    class Meta(Model.Meta):
        table = "power_circuit"
        checks: ClassVar = {
            "ck_power_circuit_limit": "limit_watts > 0",
        }
        unique_together = (("festival", "name"),)


class ApartGroup(Model):
    """Applications that are not to stand near each other, and why, which only the team reads."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField("app.Festival", related_name="apart_groups")
    festival_id: int
    reason = fields.CharField(max_length=300)
    distance_ft = fields.IntField()
    made_by: int = fields.BigIntField()
    made_at: dt.datetime = UtcField()
    members: fields.ReverseRelation[ApartMember]

    class Meta(Model.Meta):
        table = "apart_group"
        checks: ClassVar = {
            "ck_apart_group_distance": "distance_ft > 0",
        }


class ApartMember(Model):
    """An application of a group that is kept apart."""

    id: int = fields.BigIntField(primary_key=True)
    group: fields.ForeignKeyRelation[ApartGroup] = fields.ForeignKeyField("app.ApartGroup", related_name="members")
    group_id: int
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="apart_members"
    )
    application_id: int

    class Meta(Model.Meta):
        table = "apart_member"
        unique_together = (("group", "application"),)


class SpaceNeed(Model):
    """What the team says an application needs of its space, in place of its own answers."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="space_needs", unique=True
    )
    application_id: int
    watts = fields.IntField()
    step_free = fields.BooleanField()
    near_vehicles = fields.BooleanField()
    accessible = fields.BooleanField()
    said_by: int = fields.BigIntField()
    said_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "space_need"
        checks: ClassVar = {
            "ck_space_need_watts": "watts >= 0",
        }


class SpaceChoosing(Model):
    """When those of a category choose their spaces themselves, all at once or one after another."""

    id: int = fields.BigIntField(primary_key=True)
    category: fields.ForeignKeyRelation[Category] = fields.ForeignKeyField(
        "app.Category", related_name="space_choosings", unique=True
    )
    category_id: int
    in_order = fields.BooleanField()
    opens_at: dt.datetime = UtcField()
    closes_at: dt.datetime = UtcField()
    # In order: so much later than the one before, by the moment of acceptance.
    step_minutes = fields.IntField()
    hold_minutes = fields.IntField()

    class Meta(Model.Meta):
        table = "space_choosing"
        checks: ClassVar = {
            "ck_space_choosing_times": "closes_at > opens_at AND step_minutes >= 0 AND hold_minutes BETWEEN 1 AND 120",
        }


class SpaceHold(Model):
    """A space held for an application while it makes up its mind, one a space and one an application."""

    id: int = fields.BigIntField(primary_key=True)
    booth: fields.ForeignKeyRelation[Booth] = fields.ForeignKeyField("app.Booth", related_name="holds")
    booth_id: int
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="space_holds"
    )
    application_id: int
    # What it cost more when it was held, which is what is agreed to.
    extra_cents = fields.IntField()
    held_at: dt.datetime = UtcField()
    expires_at: dt.datetime = UtcField()
    ended_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "space_hold"
        unique_where: ClassVar = {
            "ux_space_hold_one_a_space": "(booth_id) WHERE ended_at IS NULL",
            "ux_space_hold_one_an_application": "(application_id) WHERE ended_at IS NULL",
        }


class SitePicture(Model):
    """A drawing or a photo under the site plan, in feet from the map's origin."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField(
        "app.Festival", related_name="site_pictures", unique=True
    )
    festival_id: int
    file: fields.ForeignKeyRelation[StoredFile] = fields.ForeignKeyField(
        "app.StoredFile", related_name="site_pictures", on_delete=fields.RESTRICT
    )
    file_id: int
    x_ft = fields.FloatField()
    y_ft = fields.FloatField()
    width_ft = fields.FloatField()
    height_ft = fields.FloatField()
    opacity = fields.IntField()
    public = fields.BooleanField()
    changed_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "site_picture"
        checks: ClassVar = {
            "ck_site_picture_size": "width_ft > 0 AND height_ft > 0 AND opacity BETWEEN 5 AND 100",
        }
