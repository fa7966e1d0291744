"""Booth, BoothAssignment, LoadInWindow, LoadInChoice."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models import Festival
from festival.database.fields import UtcField
from vendors.models.applications import Application


class Booth(Model):
    """A space on the lawn, in feet from the map's origin."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField("app.Festival", related_name="booths")
    festival_id: int
    code = fields.CharField(max_length=10)
    prefix = fields.CharField(max_length=4)
    zone = fields.CharField(max_length=80)
    x_ft = fields.FloatField()
    y_ft = fields.FloatField()
    width_ft = fields.FloatField()
    depth_ft = fields.FloatField()
    corner = fields.BooleanField(default=False)
    has_power = fields.BooleanField(default=False)
    blocked_reason = fields.CharField(max_length=120, default="")
    # Turned clockwise about its middle, in degrees.
    angle = fields.IntField(default=0, db_default=0)
    step_free = fields.BooleanField(default=False, db_default=False)
    near_vehicles = fields.BooleanField(default=False, db_default=False)
    accessible = fields.BooleanField(default=False, db_default=False)
    # What it costs more than the fee of its category.
    extra_cents = fields.IntField(default=0, db_default=0)
    # Never open to vendors who choose for themselves.
    kept_back = fields.BooleanField(default=False, db_default=False)

    class Meta(Model.Meta):
        table = "booth"
        checks: ClassVar = {
            "ck_booth_angle": "angle BETWEEN 0 AND 359 AND extra_cents >= 0",
        }
        unique_together = (("festival", "code"),)


class BoothAssignment(Model):
    """A booth given to an application, one live assignment a booth."""

    id: int = fields.BigIntField(primary_key=True)
    booth: fields.ForeignKeyRelation[Booth] = fields.ForeignKeyField(
        "app.Booth", related_name="assignments", on_delete=fields.RESTRICT
    )
    booth_id: int
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="assignments", on_delete=fields.RESTRICT
    )
    application_id: int
    assigned_at: dt.datetime = UtcField()
    assigned_by: int = fields.BigIntField(default=0)
    ended_at: dt.datetime | None = UtcField(null=True)
    by_choice = fields.BooleanField(default=False, db_default=False)
    # What was agreed to be paid for it beyond the fee, and the bill of that.
    extra_cents = fields.IntField(default=0, db_default=0)
    obligation_id: int | None = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "booth_assignment"
        unique_where: ClassVar = {
            "ux_booth_one_live": "(booth_id) WHERE ended_at IS NULL",
        }


class LoadInWindow(Model):
    """When a group of booths drives in, through which gate, and when its vehicles are gone."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField(
        "app.Festival", related_name="load_in_windows"
    )
    festival_id: int
    group = fields.CharField(max_length=60)
    arrives_at: dt.datetime | None = UtcField(null=True)
    clears_at: dt.datetime = UtcField()
    entrance = fields.CharField(max_length=80, default="")
    vehicle_limit = fields.IntField(null=True)
    note = fields.CharField(max_length=200, default="")
    by_choice = fields.BooleanField(default=False, db_default=False)
    chosen = fields.IntField(default=0, db_default=0)

    class Meta(Model.Meta):
        table = "load_in_window"
        checks: ClassVar = {
            "ck_load_in_window_chosen": "chosen >= 0 AND (vehicle_limit IS NULL OR chosen <= vehicle_limit)",
        }


class LoadInChoice(Model):
    """The window that a vendor chose among those open to choice, one an application."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="load_in_choices", on_delete=fields.CASCADE, unique=True
    )
    application_id: int
    window: fields.ForeignKeyRelation[LoadInWindow] = fields.ForeignKeyField(
        "app.LoadInWindow", related_name="choices", on_delete=fields.RESTRICT
    )
    window_id: int
    chosen_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "load_in_choice"
