"""Call, Category, CategoryDate, FeeRule, AddOn, DocumentKind, CategoryDocument, Question."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models import Festival
from festival.database.fields import UtcField


class Call(Model):
    """A festival's invitation to apply, with its dates and its refund policy."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.OneToOneRelation[Festival] = fields.OneToOneField(
        "app.Festival", related_name="call", on_delete=fields.RESTRICT
    )
    festival_id: int
    opens_at: dt.datetime = UtcField()
    decisions_on = fields.DateField(null=True)
    changes_until: dt.datetime | None = UtcField(null=True)
    map_public_at: dt.datetime | None = UtcField(null=True)
    offer_hours = fields.IntField(default=120)
    grace_days = fields.IntField(default=7)
    # Whether the deposit of those who did not come, and did not say so, stays with the city.
    keep_no_show_deposit = fields.BooleanField(default=True, db_default=True)
    # Jurors see no names: who applies is hidden from them everywhere, though not from organizers.
    blind = fields.BooleanField(default=False, db_default=False)
    # Tiers {until_days, refund_pct, or_full_if_resold}, the longest notice first.
    refund_policy = fields.JSONField[list[dict[str, Any]]](default=list)
    categories: fields.ReverseRelation[Category]

    class Meta(Model.Meta):
        table = "call"


class Category(Model):
    """A kind of application with its cap and fee, `accepted` never passes `cap`."""

    id: int = fields.BigIntField(primary_key=True)
    call: fields.ForeignKeyRelation[Call] = fields.ForeignKeyField("app.Call", related_name="categories")
    call_id: int
    slug = fields.CharField(max_length=40)
    name = fields.CharField(max_length=120)
    description = fields.TextField(default="")
    cap = fields.IntField()
    # Places promised: offered, accepted, confirmed and on. Holds count as well, so a release cannot burst.
    taken = fields.IntField(default=0)
    fee_cents = fields.IntField(default=0)
    charge = fields.CharField(max_length=12, default="on_approval")
    # What is paid at once, in percent; the rest in equal parts on these days (written as 2027-05-01).
    deposit_percent = fields.IntField(default=100, db_default=100)
    instalments_due = fields.JSONField[list[str] | None](null=True)
    # Paid with the fee and given back after the day.
    security_cents = fields.IntField(default=0, db_default=0)
    space = fields.CharField(max_length=60, default="")
    booth_prefix = fields.CharField(max_length=4, default="")
    closes_at: dt.datetime = UtcField()
    position = fields.IntField(default=0)
    waitlist_sequence = fields.IntField(default=0)
    # Only for those who were given its link; a higher version makes the links given out before useless.
    invited_only = fields.BooleanField(default=False, db_default=False)
    invite_version = fields.IntField(default=0, db_default=0)
    # How accepted groups come into the schedule: "stage" as acts of their own, "walk" in the order of one act.
    part = fields.CharField(max_length=8, default="", db_default="")
    act_id: int | None = fields.BigIntField(null=True)
    # Those who walk gather so many minutes before, and each of them takes so many seconds.
    walk_call_minutes = fields.IntField(default=45, db_default=45)
    walk_seconds = fields.IntField(default=60, db_default=60)

    class Meta(Model.Meta):
        table = "category"
        checks: ClassVar = {
            "ck_category_cap": "cap >= 0 AND taken >= 0 AND taken <= cap AND fee_cents >= 0",
            "ck_category_deposit": "deposit_percent BETWEEN 1 AND 100 AND security_cents >= 0",
            "ck_category_part": "part IN ('', 'stage', 'walk') AND walk_call_minutes >= 0 AND walk_seconds >= 0",
        }
        unique_together = (("call", "slug"),)


class CategoryDate(Model):
    """One day of a category that is held on several, with a cap of its own that `taken` never passes."""

    id: int = fields.BigIntField(primary_key=True)
    category: fields.ForeignKeyRelation[Category] = fields.ForeignKeyField("app.Category", related_name="dates")
    category_id: int
    held_on: dt.date = fields.DateField()
    cap = fields.IntField()
    taken = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "category_date"
        checks: ClassVar = {
            "ck_category_date_cap": "cap >= 0 AND taken >= 0 AND taken <= cap",
        }
        unique_together = (("category", "held_on"),)


class FeeRule(Model):
    """A fee other than the category's, for those whom `condition` names."""

    id: int = fields.BigIntField(primary_key=True)
    category: fields.ForeignKeyRelation[Category] = fields.ForeignKeyField("app.Category", related_name="fee_rules")
    category_id: int
    condition = fields.CharField(max_length=40)
    fee_cents = fields.IntField()
    # An early fee: it applies by itself to what is sent until then, and nobody has to claim it.
    sent_until: dt.datetime | None = UtcField(null=True)
    # A season price: it applies by itself from so many dates on, 0 for all of them.
    from_dates: int | None = fields.IntField(null=True)
    # It is the price of all dates together, and not of each.
    together = fields.BooleanField(default=False, db_default=False)

    class Meta(Model.Meta):
        table = "fee_rule"
        unique_together = (("category", "condition"),)


class AddOn(Model):
    """Power, a table, a tent: something to rent, with a stock that is never passed."""

    id: int = fields.BigIntField(primary_key=True)
    call: fields.ForeignKeyRelation[Call] = fields.ForeignKeyField("app.Call", related_name="add_ons")
    call_id: int
    category: fields.ForeignKeyNullableRelation[Category] = fields.ForeignKeyField(
        "app.Category", related_name="add_ons", null=True
    )
    category_id: int | None
    slug = fields.CharField(max_length=40)
    name = fields.CharField(max_length=120)
    price_cents = fields.IntField()
    stock = fields.IntField()
    taken = fields.IntField(default=0)
    needs_approval = fields.BooleanField(default=False)
    # What one of it draws; None is read from its name where that says so.
    watts: int | None = fields.IntField(null=True)

    class Meta(Model.Meta):
        table = "add_on"
        checks: ClassVar = {
            "ck_add_on_stock": "stock >= 0 AND taken >= 0 AND taken <= stock AND price_cents >= 0",
        }
        unique_together = (("call", "slug"),)


class DocumentKind(Model):
    """A paper that some categories must bring, explained in plain words."""

    id: int = fields.BigIntField(primary_key=True)
    call: fields.ForeignKeyRelation[Call] = fields.ForeignKeyField("app.Call", related_name="document_kinds")
    call_id: int
    slug = fields.CharField(max_length=40)
    name = fields.CharField(max_length=200)
    help = fields.TextField(default="")
    expires = fields.CharField(max_length=80, default="none")
    due_days_before = fields.IntField(null=True)
    chase_days = fields.JSONField[list[int]](default=list)
    sensitive = fields.BooleanField(default=False)
    # A link instead of a file, such as a performance video.
    is_link = fields.BooleanField(default=False)
    # Jurors may open it even where names are hidden from them: it says nothing about who applies.
    shown_blind = fields.BooleanField(default=False, db_default=False)

    class Meta(Model.Meta):
        table = "document_kind"
        unique_together = (("call", "slug"),)


class CategoryDocument(Model):
    """A document kind that a category asks for."""

    id: int = fields.BigIntField(primary_key=True)
    category: fields.ForeignKeyRelation[Category] = fields.ForeignKeyField("app.Category", related_name="documents")
    category_id: int
    kind: fields.ForeignKeyRelation[DocumentKind] = fields.ForeignKeyField(
        "app.DocumentKind", related_name="categories"
    )
    kind_id: int
    required = fields.BooleanField(default=True)
    position = fields.IntField(default=0)
    # Only from those who gave this answer; empty for everybody.
    shown_if = fields.JSONField[dict[str, Any]](default=dict, null=True)

    class Meta(Model.Meta):
        table = "category_document"
        unique_together = (("category", "kind"),)


class Question(Model):
    """A question of one category, `shown_if` names an earlier answer."""

    id: int = fields.BigIntField(primary_key=True)
    category: fields.ForeignKeyRelation[Category] = fields.ForeignKeyField("app.Category", related_name="questions")
    category_id: int
    slug = fields.CharField(max_length=40)
    label = fields.CharField(max_length=300)
    help = fields.CharField(max_length=300, default="")
    kind = fields.CharField(max_length=12, default="text")
    required = fields.BooleanField(default=True)
    options = fields.JSONField[list[str]](default=list)
    most = fields.IntField(null=True)
    # The answer says who applies: where names are hidden from jurors, so is this.
    hidden_blind = fields.BooleanField(default=False, db_default=False)
    shown_if = fields.JSONField[dict[str, Any]](default=dict)
    position = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "question"
        unique_together = (("category", "slug"),)
