"""Venue, VenueHours, Stage, StageWindow, Zone, Gate, SitePoint."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField

if TYPE_CHECKING:
    from events.models.programs import Festival


class Venue(Model):
    """A place in the city where something is on."""

    id: int = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=80, unique=True)
    name = fields.CharField(max_length=200)
    address = fields.CharField(max_length=300, default="")
    address_confirmed = fields.BooleanField(default=False)
    neighborhood = fields.CharField(max_length=80, default="")
    latitude = fields.FloatField(null=True)
    longitude = fields.FloatField(null=True)
    transit = fields.CharField(max_length=300, default="")
    parking = fields.TextField(default="")
    step_free = fields.BooleanField(null=True)
    hearing_loop = fields.BooleanField(null=True)
    quiet_room = fields.BooleanField(null=True)
    # What somebody with a disability needs to know besides: which door, where the lift is.
    access_note = fields.CharField(max_length=300, default="", db_default="")
    # Whether it has room for several events at once: halls, fields, a park.
    several_at_once = fields.BooleanField(default=False, db_default=False)
    revision = fields.IntField(default=1)
    changed_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "venue"


class VenueHours(Model):
    """When a venue is open on one day of the week, in the wall time of the city, a venue without any always is."""

    id: int = fields.BigIntField(primary_key=True)
    venue: fields.ForeignKeyRelation[Venue] = fields.ForeignKeyField("app.Venue", related_name="hours")
    venue_id: int
    # Monday is 0.
    weekday: int = fields.SmallIntField()
    # Minutes since midnight.
    opens_minute: int = fields.SmallIntField()
    closes_minute: int = fields.SmallIntField()

    class Meta(Model.Meta):
        table = "venue_hours"
        checks: ClassVar = {
            "ck_venue_hours_order": (
                "weekday BETWEEN 0 AND 6 AND opens_minute >= 0 AND closes_minute > opens_minute "
                "AND closes_minute <= 1440"
            ),
        }
        unique_together = (("venue", "weekday", "opens_minute"),)


class Stage(Model):
    """Where acts follow one another: a stage, a field, a room."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField("app.Festival", related_name="stages")
    festival_id: int
    venue: fields.ForeignKeyNullableRelation[Venue] = fields.ForeignKeyField(
        "app.Venue", related_name="stages", null=True, on_delete=fields.RESTRICT
    )
    venue_id: int | None
    slug = fields.CharField(max_length=80)
    name = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=20, default="stage")
    position = fields.IntField(default=0)
    changeover_minutes = fields.IntField(default=10)
    width_ft = fields.IntField(null=True)
    depth_ft = fields.IntField(null=True)
    power = fields.CharField(max_length=80, default="")
    sound = fields.CharField(max_length=200, default="")
    seats = fields.IntField(null=True)
    windows: fields.ReverseRelation[StageWindow]

    class Meta(Model.Meta):
        table = "stage"
        checks: ClassVar = {
            "ck_stage_changeover": "changeover_minutes >= 0",
        }
        unique_together = (("festival", "slug"),)


class StageWindow(Model):
    """When a stage is open, or when no amplified sound may come from it."""

    id: int = fields.BigIntField(primary_key=True)
    stage: fields.ForeignKeyRelation[Stage] = fields.ForeignKeyField("app.Stage", related_name="windows")
    stage_id: int
    kind = fields.CharField(max_length=8)
    starts_at: dt.datetime = UtcField()
    ends_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "stage_window"
        checks: ClassVar = {
            "ck_stage_window_order": "ends_at > starts_at AND kind IN ('open', 'quiet')",
        }


class Zone(Model):
    """A part of a site with a fire limit, whose people are counted."""

    id: int = fields.BigIntField(primary_key=True)
    venue: fields.ForeignKeyRelation[Venue] = fields.ForeignKeyField(
        "app.Venue", related_name="zones", on_delete=fields.RESTRICT
    )
    venue_id: int
    slug = fields.CharField(max_length=80)
    name = fields.CharField(max_length=200)
    fire_limit = fields.IntField(null=True)

    class Meta(Model.Meta):
        table = "zone"
        checks: ClassVar = {
            "ck_zone_limit": "fire_limit IS NULL OR fire_limit > 0",
        }
        unique_together = (("venue", "slug"),)


class Gate(Model):
    """Where people go in and out of a zone."""

    id: int = fields.BigIntField(primary_key=True)
    zone: fields.ForeignKeyRelation[Zone] = fields.ForeignKeyField(
        "app.Zone", related_name="gates", on_delete=fields.RESTRICT
    )
    zone_id: int
    slug = fields.CharField(max_length=80, unique=True)
    name = fields.CharField(max_length=200)
    directions = fields.CharField(max_length=4, default="both")
    position = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "gate"
        checks: ClassVar = {
            "ck_gate_directions": "directions IN ('in', 'out', 'both')",
        }


class SitePoint(Model):
    """A fixed point on a festival's site map, in feet from the map's origin."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField("app.Festival", related_name="points")
    festival_id: int
    code = fields.CharField(max_length=20)
    name = fields.CharField(max_length=200)
    x_ft = fields.FloatField()
    y_ft = fields.FloatField()

    class Meta(Model.Meta):
        table = "site_point"
        unique_together = (("festival", "code"),)
