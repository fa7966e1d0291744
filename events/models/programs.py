"""Festival, PlanGoal, Program, ProgramLanguage, Series, SeriesException, Occurrence, FestivalDeadline."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models.places import Venue
from festival.database.fields import UtcField


class Festival(Model):
    """One edition of a festival: stages, acts, booths and calls hang on it."""

    id: int = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=80, unique=True)
    name = fields.CharField(max_length=200)
    tagline = fields.CharField(max_length=200, default="")
    description = fields.TextField(default="")
    venue: fields.ForeignKeyRelation[Venue] = fields.ForeignKeyField(
        "app.Venue", related_name="festivals", on_delete=fields.RESTRICT
    )
    venue_id: int
    starts_at: dt.datetime = UtcField()
    ends_at: dt.datetime = UtcField()
    state = fields.CharField(max_length=12, default="draft")
    expected_attendance = fields.IntField(null=True)
    travel_buffer_minutes = fields.IntField(default=15)
    transit = fields.CharField(max_length=300, default="")
    parking = fields.JSONField[list[str]](default=list)
    nations = fields.JSONField[list[str]](default=list)
    publish_at: dt.datetime | None = UtcField(null=True)
    reason = fields.CharField(max_length=300, default="", db_default="")
    revision = fields.IntField(default=1)
    changed_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "festival"
        checks: ClassVar = {
            "ck_festival_order": "ends_at > starts_at",
            "ck_festival_state": "state IN ('draft', 'published', 'postponed', 'cancelled', 'archived')",
        }


class FestivalDeadline(Model):
    """A date by which the city owes a paper to somebody, such as the county."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField("app.Festival", related_name="deadlines")
    festival_id: int
    title = fields.CharField(max_length=200)
    due_on = fields.DateField()
    done_at: dt.datetime | None = UtcField(null=True)
    done_by: int | None = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "festival_deadline"


class PlanGoal(Model):
    """A goal of the city's strategic plan, with the people that its programs are to reach in a year."""

    id: int = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=80, unique=True)
    title = fields.CharField(max_length=200)
    year = fields.IntField()
    target_programs = fields.IntField(null=True)
    target_attendance = fields.IntField(null=True)
    position = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "plan_goal"
        checks: ClassVar = {
            "ck_plan_goal_targets": "(target_programs IS NULL OR target_programs > 0) AND "
            "(target_attendance IS NULL OR target_attendance > 0)",
        }


class Program(Model):
    """Something the city offers, once or again and again, its texts are in `language`."""

    id: int = fields.BigIntField(primary_key=True)
    slug = fields.CharField(max_length=100, unique=True)
    title = fields.CharField(max_length=200)
    summary = fields.CharField(max_length=300, default="")
    description = fields.TextField(default="")
    bring = fields.TextField(default="")
    language = fields.CharField(max_length=12, default="en")
    area = fields.CharField(max_length=12)
    venue: fields.ForeignKeyRelation[Venue] = fields.ForeignKeyField(
        "app.Venue", related_name="programs", on_delete=fields.RESTRICT
    )
    venue_id: int
    festival: fields.ForeignKeyNullableRelation[Festival] = fields.ForeignKeyField(
        "app.Festival", related_name="programs", null=True, on_delete=fields.RESTRICT
    )
    festival_id: int | None
    state = fields.CharField(max_length=12, default="draft")
    publish_at: dt.datetime | None = UtcField(null=True)
    reason = fields.CharField(max_length=300, default="", db_default="")
    register_by = fields.CharField(max_length=8, default="none")
    fee_cents = fields.IntField(default=0)
    resident_fee_cents = fields.IntField(null=True)
    capacity = fields.IntField(null=True)
    online = fields.BooleanField(default=False)
    # Where one joins over the network; https, public like the rest.
    online_url = fields.CharField(max_length=500, default="", db_default="")
    for_children = fields.BooleanField(default=False)
    step_free = fields.BooleanField(null=True)
    sign_language = fields.BooleanField(null=True)
    quiet_room = fields.BooleanField(null=True)
    hearing_loop = fields.BooleanField(null=True)
    access_note = fields.CharField(max_length=300, default="")
    note = fields.CharField(max_length=300, default="")
    goal_attendance = fields.IntField(null=True)
    # How many volunteers each date of it needs.
    volunteers_needed = fields.IntField(default=0, db_default=0)
    goal: fields.ForeignKeyNullableRelation[PlanGoal] = fields.ForeignKeyField(
        "app.PlanGoal", related_name="programs", null=True, on_delete=fields.RESTRICT
    )
    goal_id: int | None
    facts = fields.JSONField[dict[str, Any]](default=dict)
    revision = fields.IntField(default=1)
    changed_at: dt.datetime = UtcField()
    spoken: fields.ReverseRelation[ProgramLanguage]
    series: fields.ReverseRelation[Series]

    class Meta(Model.Meta):
        table = "program"
        checks: ClassVar = {
            "ck_program_area": "area IN ('cultural', 'arts', 'sports')",
            "ck_program_state": "state IN ('draft', 'published', 'postponed', 'cancelled', 'archived')",
            "ck_program_register": "register_by IN ('none', 'qr', 'paid', 'apply', 'invite')",
            "ck_program_money": "fee_cents >= 0 AND (capacity IS NULL OR capacity > 0)",
        }
        indexes = (("state", "area"),)


class ProgramLanguage(Model):
    """A language spoken at a program (BCP 47)."""

    id: int = fields.BigIntField(primary_key=True)
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField("app.Program", related_name="spoken")
    program_id: int
    language = fields.CharField(max_length=12)

    class Meta(Model.Meta):
        table = "program_language"
        unique_together = (("program", "language"),)
        indexes = (("language",),)


class Series(Model):
    """A rule in the city's wall time, whose occurrences are kept as rows, without `rrule`, one occurrence."""

    id: int = fields.BigIntField(primary_key=True)
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField("app.Program", related_name="series")
    program_id: int
    uid = fields.CharField(max_length=120, unique=True)
    time_zone = fields.CharField(max_length=64)
    all_day = fields.BooleanField(default=False)
    # Wall time, `2027-06-12T11:00`; a date alone where all_day.
    starts_local = fields.CharField(max_length=20)
    minutes = fields.IntField(null=True)
    ends_on = fields.DateField(null=True)
    rrule = fields.CharField(max_length=300, default="")
    sequence = fields.IntField(default=0)
    revision = fields.IntField(default=1)
    changed_at: dt.datetime = UtcField()
    exceptions: fields.ReverseRelation[SeriesException]
    occurrences: fields.ReverseRelation[Occurrence]

    class Meta(Model.Meta):
        table = "series"


class SeriesException(Model):
    """One date of a series that does not happen (`skipped`), as opposed to one moved or cancelled."""

    id: int = fields.BigIntField(primary_key=True)
    series: fields.ForeignKeyRelation[Series] = fields.ForeignKeyField("app.Series", related_name="exceptions")
    series_id: int
    original_local = fields.CharField(max_length=20)
    kind = fields.CharField(max_length=10, default="skipped")
    reason = fields.CharField(max_length=300, default="")

    class Meta(Model.Meta):
        table = "series_exception"
        checks: ClassVar = {
            "ck_series_exception_kind": "kind IN ('skipped')",
        }
        unique_together = (("series", "original_local"),)


class Occurrence(Model):
    """One time that a program takes place, it keeps its identity when it moves."""

    id: int = fields.BigIntField(primary_key=True)
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField("app.Program", related_name="occurrences")
    program_id: int
    series: fields.ForeignKeyRelation[Series] = fields.ForeignKeyField("app.Series", related_name="occurrences")
    series_id: int
    # The wall time that the rule gave; RECURRENCE-ID in the feeds (RFC 5545, section 3.8.4.4).
    original_local = fields.CharField(max_length=20)
    starts_at: dt.datetime = UtcField()
    ends_at: dt.datetime = UtcField()
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    venue: fields.ForeignKeyNullableRelation[Venue] = fields.ForeignKeyField(
        "app.Venue", related_name="occurrences", null=True, on_delete=fields.RESTRICT
    )
    venue_id: int | None
    title = fields.CharField(max_length=200, default="")
    state = fields.CharField(max_length=10, default="scheduled")
    moved = fields.BooleanField(default=False)
    reason = fields.CharField(max_length=300, default="")
    sequence = fields.IntField(default=0)
    revision = fields.IntField(default=1)
    changed_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "occurrence"
        checks: ClassVar = {
            "ck_occurrence_order": "ends_at >= starts_at AND ends_on >= starts_on",
            "ck_occurrence_state": "state IN ('scheduled', 'postponed', 'cancelled')",
        }
        unique_together = (("series", "original_local"),)
        indexes = (("starts_at",), ("starts_on",), ("changed_at",))
