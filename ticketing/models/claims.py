"""Quota, Offer, Claim, Ticket, WaitlistEntry, SigningKey."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models import Act, Occurrence
from festival.database.fields import UtcField


class Quota(Model):
    """Places that several offers share."""

    id: int = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=120)
    capacity = fields.IntField()
    claimed = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "quota"
        checks: ClassVar = {"ck_quota_bounds": "claimed >= 0 AND claimed <= capacity"}


class Offer(Model):
    """Places of one kind for one occurrence, never claimed beyond capacity."""

    id: int = fields.BigIntField(primary_key=True)
    occurrence: fields.ForeignKeyRelation[Occurrence] = fields.ForeignKeyField(
        "app.Occurrence", related_name="offers", on_delete=fields.RESTRICT
    )
    occurrence_id: int
    # Set where the places are for one act of a festival, such as a workshop.
    act: fields.ForeignKeyNullableRelation[Act] = fields.ForeignKeyField(
        "app.Act", related_name="offers", null=True, on_delete=fields.RESTRICT
    )
    act_id: int | None
    quota: fields.ForeignKeyNullableRelation[Quota] = fields.ForeignKeyField(
        "app.Quota", related_name="offers", null=True, on_delete=fields.RESTRICT
    )
    quota_id: int | None
    name = fields.CharField(max_length=120, default="")
    capacity = fields.IntField()
    # Places kept for the door or offered to somebody on the waitlist.
    held = fields.IntField(default=0)
    claimed = fields.IntField(default=0)
    party_most = fields.IntField(default=10)
    waitlist = fields.BooleanField(default=True)
    opens_at: dt.datetime | None = UtcField(null=True)
    closes_at: dt.datetime | None = UtcField(null=True)
    # The gate admits from `valid_from` to `valid_until`.
    valid_from: dt.datetime = UtcField()
    valid_until: dt.datetime = UtcField()
    code_digest = fields.CharField(max_length=64, default="")
    release_minutes = fields.IntField(null=True)
    state = fields.CharField(max_length=10, default="open")
    position = fields.IntField(default=0)
    waitlist_sequence = fields.IntField(default=0)
    revision = fields.IntField(default=1)
    created_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "offer"
        checks: ClassVar = {
            "ck_offer_bounds": ("capacity >= 0 AND held >= 0 AND claimed >= 0 AND claimed + held <= capacity"),
            "ck_offer_party": "party_most > 0 AND party_most <= 255",
            "ck_offer_state": "state IN ('open', 'closed')",
        }


class Claim(Model):
    """A party's places under one offer, admitted in pieces up to its size."""

    id: int = fields.BigIntField(primary_key=True)
    offer: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "app.Offer", related_name="claims", on_delete=fields.RESTRICT
    )
    offer_id: int
    # What people and programs call it; the row's own number would tell how many there are.
    reference = fields.CharField(max_length=20, unique=True)
    manage_digest = fields.CharField(max_length=64, unique=True)
    party = fields.IntField()
    name = fields.CharField(max_length=200, default="")
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=40, default="")
    language = fields.CharField(max_length=12, default="en")
    state = fields.CharField(max_length=10, default="live")
    source = fields.CharField(max_length=10, default="page")
    people_in = fields.IntField(default=0)
    # How many of the party ever came in: a guest who leaves and returns is counted once.
    people_seen = fields.IntField(default=0)
    first_in_at: dt.datetime | None = UtcField(null=True)
    first_in_gate = fields.CharField(max_length=200, default="")
    idempotency_key = fields.CharField(max_length=100)
    request_digest = fields.CharField(max_length=64)
    created_at: dt.datetime = UtcField()
    cancelled_at: dt.datetime | None = UtcField(null=True)
    erased_at: dt.datetime | None = UtcField(null=True)
    revision = fields.IntField(default=1)
    tickets: fields.ReverseRelation[Ticket]

    class Meta(Model.Meta):
        table = "claim"
        unique_together = (("offer", "idempotency_key"),)
        indexes = (("email",), ("offer_id", "state"))
        checks: ClassVar = {
            "ck_claim_party": ("party > 0 AND people_in >= 0 AND people_in <= people_seen AND people_seen <= party"),
            "ck_claim_state": "state IN ('live', 'cancelled')",
        }


class Ticket(Model):
    """The code that a party shows, until renewed, passed on or cancelled. `id` is 63 random bits."""

    id: int = fields.BigIntField(primary_key=True)
    claim: fields.ForeignKeyRelation[Claim] = fields.ForeignKeyField(
        "app.Claim", related_name="tickets", on_delete=fields.RESTRICT
    )
    claim_id: int
    key_id: int = fields.SmallIntField()
    token = fields.CharField(max_length=130)
    issued_at: dt.datetime = UtcField()
    ended_at: dt.datetime | None = UtcField(null=True)
    ended_by = fields.CharField(max_length=12, default="")

    class Meta(Model.Meta):
        table = "ticket"
        unique_where: ClassVar = {"ux_ticket_one_live": "(claim_id) WHERE ended_at IS NULL"}


class WaitlistEntry(Model):
    """A party in line for an offer, in the order of `sequence`, never split."""

    id: int = fields.BigIntField(primary_key=True)
    offer: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "app.Offer", related_name="entries", on_delete=fields.RESTRICT
    )
    offer_id: int
    reference = fields.CharField(max_length=20, unique=True)
    manage_digest = fields.CharField(max_length=64, unique=True)
    sequence = fields.IntField()
    party = fields.IntField()
    name = fields.CharField(max_length=200, default="")
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=40, default="")
    language = fields.CharField(max_length=12, default="en")
    state = fields.CharField(max_length=10, default="waiting")
    offered_until: dt.datetime | None = UtcField(null=True)
    claim_id: int | None = fields.BigIntField(null=True)
    idempotency_key = fields.CharField(max_length=100)
    request_digest = fields.CharField(max_length=64)
    created_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "waitlist_entry"
        unique_together = (("offer", "sequence"), ("offer", "idempotency_key"))
        indexes = (("offer_id", "state"),)
        checks: ClassVar = {
            "ck_waitlist_party": "party > 0",
            "ck_waitlist_state": "state IN ('waiting', 'offered', 'claimed', 'expired', 'left')",
        }


class SigningKey(Model):
    """A public key that tickets were signed with. The private half is derived and never kept."""

    id: int = fields.SmallIntField(primary_key=True)
    public_key = fields.CharField(max_length=64, unique=True)
    facts = fields.JSONField[dict[str, Any]](default=dict)
    created_at: dt.datetime = UtcField()
    retired_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "signing_key"
        unique_where: ClassVar = {"ux_signing_key_one_live": "((retired_at IS NULL)) WHERE retired_at IS NULL"}
