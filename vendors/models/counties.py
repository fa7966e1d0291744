"""Office, OfficePaper, Packet, PacketPart."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.database.fields import UtcField
from festival.storage.models import StoredFile
from vendors.models.calls import Call, DocumentKind


class Office(Model):
    """An office outside the city that wants some papers before opening day, such as the county's health department."""

    id: int = fields.BigIntField(primary_key=True)
    call: fields.ForeignKeyRelation[Call] = fields.ForeignKeyField("app.Call", related_name="offices")
    call_id: int
    slug = fields.CharField(max_length=40)
    name = fields.CharField(max_length=120)
    county = fields.CharField(max_length=80, default="")
    email = fields.CharField(max_length=254, default="")
    due_days_before = fields.IntField(null=True)

    class Meta(Model.Meta):
        table = "office"
        checks: ClassVar = {
            "ck_office_due": "due_days_before IS NULL OR due_days_before BETWEEN 0 AND 365",
        }
        unique_together = (("call", "slug"),)


class OfficePaper(Model):
    """A kind of paper that an office wants, its packet holds everybody who must bring one of them."""

    id: int = fields.BigIntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField("app.Office", related_name="papers")
    office_id: int
    kind: fields.ForeignKeyRelation[DocumentKind] = fields.ForeignKeyField("app.DocumentKind", related_name="offices")
    kind_id: int

    class Meta(Model.Meta):
        table = "office_paper"
        unique_together = (("office", "kind"),)


class Packet(Model):
    """One packet made for an office, the papers and their index in one file."""

    id: int = fields.BigIntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField("app.Office", related_name="packets")
    office_id: int
    state = fields.CharField(max_length=10, default="waiting")
    # Papers that go in, and those that are in by now.
    total = fields.IntField(default=0)
    done = fields.IntField(default=0)
    # Of all that the packet says: the same again needs no new packet.
    fingerprint = fields.CharField(max_length=64, default="")
    # The papers (name in the packet, stored file) as they were when making it began.
    plan = fields.JSONField[list[tuple[str, int]]](default=list)
    asked_by: int = fields.BigIntField()
    asked_at: dt.datetime = UtcField()
    ready_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "packet"
        checks: ClassVar = {
            "ck_packet_state": "state IN ('waiting', 'making', 'ready', 'failed')",
            "ck_packet_done": "done >= 0 AND done <= total",
        }
        unique_where: ClassVar = {
            "ux_packet_one_at_work": "(office_id) WHERE state IN ('waiting', 'making')",
        }


class PacketPart(Model):
    """A stretch of a packet's bytes, with what its directory has to say of them."""

    id: int = fields.BigIntField(primary_key=True)
    packet: fields.ForeignKeyRelation[Packet] = fields.ForeignKeyField("app.Packet", related_name="parts")
    packet_id: int
    position = fields.IntField()
    file: fields.ForeignKeyRelation[StoredFile] = fields.ForeignKeyField(
        "app.StoredFile", related_name="packet_parts", on_delete=fields.RESTRICT
    )
    file_id: int
    # Name, checksum, size and offset of each file in it.
    entries = fields.JSONField[list[tuple[str, int, int, int]]](default=list)

    class Meta(Model.Meta):
        table = "packet_part"
        unique_together = (("packet", "position"),)
