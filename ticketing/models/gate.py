"""Device, EnrolmentCode, GateRule, Scan, WalkUp."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models import Gate
from festival.database.fields import UtcField
from ticketing.models.claims import Offer


class Device(Model):
    """A phone at one gate, known by a token that is kept as a digest."""

    id: int = fields.BigIntField(primary_key=True)
    gate: fields.ForeignKeyRelation[Gate] = fields.ForeignKeyField(
        "app.Gate", related_name="devices", on_delete=fields.RESTRICT
    )
    gate_id: int
    name = fields.CharField(max_length=100)
    digest = fields.CharField(max_length=64, unique=True)
    directions = fields.CharField(max_length=4, default="both")
    enrolled_at: dt.datetime = UtcField()
    expires_at: dt.datetime = UtcField()
    revoked_at: dt.datetime | None = UtcField(null=True)
    seen_at: dt.datetime | None = UtcField(null=True)
    # Device clock minus ours, in milliseconds, as last measured.
    clock_skew_ms: int = fields.BigIntField(default=0)
    report = fields.JSONField[dict[str, Any]](default=dict)

    class Meta(Model.Meta):
        table = "device"
        checks: ClassVar = {"ck_device_directions": "directions IN ('in', 'out', 'both')"}


class EnrolmentCode(Model):
    """A short-lived code that makes one phone a device of one gate."""

    id: int = fields.BigIntField(primary_key=True)
    gate: fields.ForeignKeyRelation[Gate] = fields.ForeignKeyField(
        "app.Gate", related_name="enrolment_codes", on_delete=fields.RESTRICT
    )
    gate_id: int
    digest = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=100, default="")
    directions = fields.CharField(max_length=4, default="both")
    # How long the enrolled device may scan.
    device_until: dt.datetime = UtcField()
    created_by: int = fields.BigIntField(default=0)
    created_at: dt.datetime = UtcField()
    expires_at: dt.datetime = UtcField()
    used_at: dt.datetime | None = UtcField(null=True)
    device_id: int | None = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "enrolment_code"


class GateRule(Model):
    """An offer that a gate admits. A gate without any admits every offer."""

    id: int = fields.BigIntField(primary_key=True)
    gate: fields.ForeignKeyRelation[Gate] = fields.ForeignKeyField("app.Gate", related_name="rules")
    gate_id: int
    offer: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField("app.Offer", related_name="gate_rules")
    offer_id: int
    starts_at: dt.datetime | None = UtcField(null=True)
    ends_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "gate_rule"
        unique_together = (("gate", "offer"),)


class Scan(Model):
    """One reading of one code, with the first answer it got, kept for ever."""

    id: int = fields.BigIntField(primary_key=True)
    scan_id = fields.CharField(max_length=36, unique=True)
    device: fields.ForeignKeyRelation[Device] = fields.ForeignKeyField(
        "app.Device", related_name="scans", on_delete=fields.RESTRICT
    )
    device_id: int
    gate_id: int = fields.BigIntField()
    zone_id: int = fields.BigIntField()
    # No foreign keys: a forged or foreign code is kept too.
    ticket_id: int | None = fields.BigIntField(null=True)
    claim_id: int | None = fields.BigIntField(null=True)
    occurrence_id: int | None = fields.BigIntField(null=True)
    fingerprint = fields.CharField(max_length=16, default="")
    direction = fields.CharField(max_length=3)
    people = fields.IntField()
    scanned_at: dt.datetime = UtcField()
    # The device's moment corrected by its measured skew; what the order of scans follows.
    trusted_at: dt.datetime = UtcField()
    received_at: dt.datetime = UtcField()
    # The first answer, repeated to every retry.
    outcome = fields.CharField(max_length=10)
    code = fields.CharField(max_length=20, default="")
    answer = fields.JSONField[dict[str, Any]](default=dict)
    # Whether people went in or out on it: by our word, or by the phone's own when it was offline.
    let_pass = fields.BooleanField(default=False)
    # How many people it moved as things stand now, and if none although they passed, why.
    counted = fields.IntField(default=0)
    conflict = fields.CharField(max_length=20, default="")
    # People who were in another zone of the venue and left it by coming in here.
    left_zone_id: int | None = fields.BigIntField(null=True)
    left_people = fields.IntField(default=0, db_default=0)
    # Somebody of the team looked into the conflict.
    settled_at: dt.datetime | None = UtcField(null=True)
    settled_by = fields.CharField(max_length=254, default="", db_default="")
    settled_note = fields.CharField(max_length=200, default="", db_default="")

    class Meta(Model.Meta):
        table = "scan"
        indexes = (
            ("claim_id", "trusted_at"), ("occurrence_id", "trusted_at"), ("zone_id", "trusted_at"),
            ("left_zone_id", "trusted_at"),
        )  # fmt: skip
        checks: ClassVar = {
            "ck_scan_words": "direction IN ('in', 'out') AND outcome IN ('admitted', 'refused')",
            "ck_scan_people": "people > 0",
        }


class WalkUp(Model):
    """One person more or less inside without a ticket."""

    id: int = fields.BigIntField(primary_key=True)
    walkup_id = fields.CharField(max_length=36, unique=True)
    device: fields.ForeignKeyRelation[Device] = fields.ForeignKeyField(
        "app.Device", related_name="walkups", on_delete=fields.RESTRICT
    )
    device_id: int
    gate_id: int = fields.BigIntField()
    zone_id: int = fields.BigIntField()
    occurrence_id: int | None = fields.BigIntField(null=True)
    delta: int = fields.SmallIntField()
    at: dt.datetime = UtcField()
    received_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "walk_up"
        indexes = (("zone_id", "at"),)
        checks: ClassVar = {"ck_walk_up_delta": "delta IN (-1, 1)"}
