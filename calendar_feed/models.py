"""PersonalFeed, StarredItem, CarriedTicket, PartnerSource, PartnerItem, PartnerTime, SyncState, SyncEntry."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models import Act, Occurrence, Venue
from festival.database.fields import UtcField
from ticketing.models import Claim


class PersonalFeed(Model):
    """Somebody's own calendar under a secret address that can be withdrawn."""

    id: int = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    # A claim's holder, or a person with an account.
    claim_id: int | None = fields.BigIntField(null=True, db_index=True)
    person_id: int | None = fields.BigIntField(null=True, db_index=True)
    language = fields.CharField(max_length=12, default="en")
    created_at: dt.datetime = UtcField()
    revoked_at: dt.datetime | None = UtcField(null=True)
    starred: fields.ReverseRelation[StarredItem]
    tickets: fields.ReverseRelation[CarriedTicket]

    class Meta(Model.Meta):
        table = "personal_feed"


class StarredItem(Model):
    """An occurrence or an act that a personal feed carries besides the tickets."""

    id: int = fields.BigIntField(primary_key=True)
    feed: fields.ForeignKeyRelation[PersonalFeed] = fields.ForeignKeyField("app.PersonalFeed", related_name="starred")
    feed_id: int
    occurrence: fields.ForeignKeyNullableRelation[Occurrence] = fields.ForeignKeyField(
        "app.Occurrence", related_name="stars", null=True
    )
    occurrence_id: int | None
    act: fields.ForeignKeyNullableRelation[Act] = fields.ForeignKeyField("app.Act", related_name="stars", null=True)
    act_id: int | None
    at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "starred_item"
        checks: ClassVar = {
            "ck_starred_item_one": "(occurrence_id IS NULL) <> (act_id IS NULL)",
        }


class CarriedTicket(Model):
    """A ticket that its holder put into a personal feed."""

    id: int = fields.BigIntField(primary_key=True)
    feed: fields.ForeignKeyRelation[PersonalFeed] = fields.ForeignKeyField("app.PersonalFeed", related_name="tickets")
    feed_id: int
    claim: fields.ForeignKeyRelation[Claim] = fields.ForeignKeyField("app.Claim", related_name="carried")
    claim_id: int
    # The link's digest at that time: a ticket that was passed on leaves the feed of the one who had it.
    manage_digest = fields.CharField(max_length=64)
    at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "carried_ticket"
        unique_together = (("feed", "claim"),)


class PartnerSource(Model):
    """A partner's calendar that we show items of, fetched from `url`, or read from files by hand where it is empty."""

    id: int = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=120)
    url = fields.CharField(max_length=1000, default="")
    home_url = fields.CharField(max_length=500, default="")
    trust = fields.CharField(max_length=8, default="review")
    state = fields.CharField(max_length=8, default="active")
    area = fields.CharField(max_length=12, default="cultural")
    language = fields.CharField(max_length=12, default="en")
    venue: fields.ForeignKeyNullableRelation[Venue] = fields.ForeignKeyField(
        "app.Venue", related_name="partner_sources", null=True, on_delete=fields.RESTRICT
    )
    venue_id: int | None
    every_minutes = fields.IntField(default=60)
    # What the partner's server said last, for a conditional request.
    etag = fields.CharField(max_length=300, default="")
    last_modified = fields.CharField(max_length=60, default="")
    content_digest = fields.CharField(max_length=64, default="")
    checked_at: dt.datetime | None = UtcField(null=True)
    succeeded_at: dt.datetime | None = UtcField(null=True)
    next_at: dt.datetime | None = UtcField(null=True)
    failures = fields.IntField(default=0)
    error = fields.CharField(max_length=300, default="")
    # The last reading's findings, a list of {line, level, text, params}.
    findings = fields.JSONField[list[dict[str, Any]]](default=list)
    created_at: dt.datetime = UtcField()
    revision = fields.IntField(default=1)
    changed_at: dt.datetime = UtcField()
    items: fields.ReverseRelation[PartnerItem]

    class Meta(Model.Meta):
        table = "partner_source"
        checks: ClassVar = {
            "ck_partner_source_state": "state IN ('active', 'paused') AND trust IN ('review', 'trusted')",
            "ck_partner_source_every": "every_minutes >= 15 AND failures >= 0",
        }
        indexes = (("state", "next_at"),)


class PartnerItem(Model):
    """Something in a partner's calendar, as the partner last told it."""

    id: int = fields.BigIntField(primary_key=True)
    source: fields.ForeignKeyRelation[PartnerSource] = fields.ForeignKeyField("app.PartnerSource", related_name="items")
    source_id: int
    uid = fields.CharField(max_length=300)
    title = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    url = fields.CharField(max_length=1000, default="")
    place = fields.CharField(max_length=300, default="")
    venue: fields.ForeignKeyNullableRelation[Venue] = fields.ForeignKeyField(
        "app.Venue", related_name="partner_items", null=True, on_delete=fields.RESTRICT
    )
    venue_id: int | None
    area = fields.CharField(max_length=12)
    language = fields.CharField(max_length=12, default="en")
    # waiting for review, shown, hidden by the office, double of another, or withdrawn by the partner.
    state = fields.CharField(max_length=10, default="waiting")
    # Why it is taken for another's double, for people: what matched, and with which item.
    double_of = fields.CharField(max_length=300, default="")
    digest = fields.CharField(max_length=64)
    seen_at: dt.datetime = UtcField()
    revision = fields.IntField(default=1)
    changed_at: dt.datetime = UtcField()
    times: fields.ReverseRelation[PartnerTime]

    class Meta(Model.Meta):
        table = "partner_item"
        checks: ClassVar = {
            "ck_partner_item_state": "state IN ('waiting', 'shown', 'hidden', 'double', 'withdrawn')",
        }
        unique_together = (("source", "uid"),)
        indexes = (("state",),)


class PartnerTime(Model):
    """One time of a partner's item, expanded from its rule when the calendar was read."""

    id: int = fields.BigIntField(primary_key=True)
    item: fields.ForeignKeyRelation[PartnerItem] = fields.ForeignKeyField("app.PartnerItem", related_name="times")
    item_id: int
    original_local = fields.CharField(max_length=20)
    starts_at: dt.datetime = UtcField()
    ends_at: dt.datetime = UtcField()
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    all_day = fields.BooleanField(default=False)
    cancelled = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        table = "partner_time"
        checks: ClassVar = {
            "ck_partner_time_order": "ends_at >= starts_at AND ends_on >= starts_on",
        }
        unique_together = (("item", "original_local"),)
        indexes = (("ends_on",),)


class SyncState(Model):
    """One row: the number of the last change that sync tokens know, and the state of the calendar it belongs to."""

    id: int = fields.SmallIntField(primary_key=True)
    sequence: int = fields.BigIntField(default=0)
    # Tokens below it are expired: what left the calendar before was forgotten.
    oldest: int = fields.BigIntField(default=0)
    digest = fields.CharField(max_length=64, default="")

    class Meta(Model.Meta):
        table = "sync_state"


class SyncEntry(Model):
    """The change at which an item of the calendar last became another, or left."""

    id: int = fields.BigIntField(primary_key=True)
    uid = fields.CharField(max_length=300, unique=True)
    digest = fields.CharField(max_length=64)
    sequence: int = fields.BigIntField(db_index=True)
    gone_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "sync_entry"
