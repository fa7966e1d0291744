"""Quota, Offer, OfferQuestion, Claim, Ticket, WaitlistEntry, ClaimWish, SigningKey."""

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
    # Places kept for the door or offered to somebody on the waitlist; `door` is the first part of them.
    held = fields.IntField(default=0)
    door = fields.IntField(default=0, db_default=0)
    claimed = fields.IntField(default=0)
    party_most = fields.IntField(default=10)
    waitlist = fields.BooleanField(default=True)
    opens_at: dt.datetime | None = UtcField(null=True)
    closes_at: dt.datetime | None = UtcField(null=True)
    # The gate admits from `valid_from` to `valid_until`.
    valid_from: dt.datetime = UtcField()
    valid_until: dt.datetime = UtcField()
    code_digest = fields.CharField(max_length=64, default="")
    # Places of whoever has not come go to the door so many minutes after the start.
    release_minutes = fields.IntField(null=True)
    released_at: dt.datetime | None = UtcField(null=True)
    # How many people may be inside, and how many percent of ticket holders stay away: what `capacity` was chosen by.
    fire_limit = fields.IntField(null=True)
    no_show_percent = fields.IntField(null=True)
    # Places for one address, and for one household, in all claims together.
    person_most = fields.IntField(null=True)
    household_most = fields.IntField(null=True)
    # What the form asks besides: {"age_bands": [label], "languages": true, "access": true}.
    asks = fields.JSONField[dict[str, Any]](null=True)
    # An arrival slot: the gate's window is what visitors choose by.
    slot = fields.BooleanField(default=False, db_default=False)
    # Claims count only after a link sent to the address was opened.
    confirm = fields.BooleanField(default=False, db_default=False)
    # Names and addresses are erased so many days after `valid_until`.
    keep_days = fields.IntField(default=30, db_default=30)
    state = fields.CharField(max_length=10, default="open")
    position = fields.IntField(default=0)
    waitlist_sequence = fields.IntField(default=0)
    revision = fields.IntField(default=1)
    created_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "offer"
        checks: ClassVar = {
            "ck_offer_bounds": (
                "capacity >= 0 AND held >= 0 AND claimed >= 0 AND claimed + held <= capacity "
                "AND door >= 0 AND door <= held"
            ),
            "ck_offer_numbers": (
                "keep_days >= 0 AND (person_most IS NULL OR person_most > 0) AND (household_most IS NULL OR "
                "household_most > 0) AND (no_show_percent IS NULL OR (no_show_percent >= 0 AND no_show_percent < 100))"
            ),
            "ck_offer_party": "party_most > 0 AND party_most <= 255",
            "ck_offer_state": "state IN ('open', 'closed')",
        }


class OfferQuestion(Model):
    """What an organizer asks everybody who takes places, once for the party or for each person of it."""

    id: int = fields.BigIntField(primary_key=True)
    offer: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField("app.Offer", related_name="questions")
    offer_id: int
    position = fields.IntField(default=0)
    label = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=8, default="text")
    options = fields.JSONField[list[str]](null=True)
    per_person = fields.BooleanField(default=False)
    required = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        table = "offer_question"
        checks: ClassVar = {"ck_offer_question_kind": "kind IN ('text', 'choice', 'yes_no')"}


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
    # What the form asked besides:
    # {"bands": {label: count}, "answers": {question: [text]}, "languages": [code], "access": [word]}.
    facts = fields.JSONField[dict[str, Any]](null=True)
    # Fingerprints by which limits per address and household count; empty where the offer has none.
    person_digest = fields.CharField(max_length=64, default="", db_default="")
    household_digest = fields.CharField(max_length=64, default="", db_default="")
    # Which of its links is good: every one withdrawn or passed on counts one up.
    link_number = fields.IntField(default=0, db_default=0)
    # Places given to the door because nobody came for them.
    released = fields.IntField(default=0, db_default=0)
    blocked_at: dt.datetime | None = UtcField(null=True)
    revision = fields.IntField(default=1)
    tickets: fields.ReverseRelation[Ticket]

    class Meta(Model.Meta):
        table = "claim"
        unique_together = (("offer", "idempotency_key"),)
        indexes = (("email",), ("offer_id", "state"), ("person_digest",), ("household_digest",))
        checks: ClassVar = {
            "ck_claim_party": ("party > 0 AND people_in >= 0 AND people_in <= people_seen AND people_seen <= party"),
            "ck_claim_released": "released >= 0 AND released <= party",
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
    # Wants a text when the door queue opens.
    door_text = fields.BooleanField(default=False, db_default=False)
    told_at: dt.datetime | None = UtcField(null=True)
    facts = fields.JSONField[dict[str, Any]](null=True)
    person_digest = fields.CharField(max_length=64, default="", db_default="")
    household_digest = fields.CharField(max_length=64, default="", db_default="")
    erased_at: dt.datetime | None = UtcField(null=True)
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


class ClaimWish(Model):
    """A wish for places that waits until the link sent to its address was opened."""

    id: int = fields.BigIntField(primary_key=True)
    offer: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField("app.Offer", related_name="wishes")
    offer_id: int
    digest = fields.CharField(max_length=64, unique=True)
    email = fields.CharField(max_length=254)
    language = fields.CharField(max_length=12)
    # The form as it was sent, and its key.
    form = fields.JSONField[dict[str, Any]]()
    created_at: dt.datetime = UtcField()
    expires_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "claim_wish"


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
