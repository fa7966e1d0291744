"""Act, ActMember, ActAvailability, SchedulePlan, Performance, ScheduleOverride, ScheduleStep."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from tortoise import fields
from tortoise.models import Model

from events.models.places import Stage
from events.models.programs import Festival
from festival.database.fields import UtcField


class Act(Model):
    """A group with a set to perform, placed by a performance of a plan, unplaced without one."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField("app.Festival", related_name="acts")
    festival_id: int
    slug = fields.CharField(max_length=80)
    uid = fields.CharField(max_length=120, unique=True)
    title = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    language = fields.CharField(max_length=12, default="en")
    kind = fields.CharField(max_length=30, default="")
    group_name = fields.CharField(max_length=200, default="")
    nations = fields.JSONField[list[str]](default=list)
    spoken = fields.JSONField[list[str]](default=list)
    needs = fields.JSONField[list[str]](default=list)
    people = fields.IntField(default=1)
    set_minutes = fields.IntField(default=20)
    amplified = fields.BooleanField(default=True)
    capacity = fields.IntField(null=True)
    state = fields.CharField(max_length=10, default="accepted")
    application_id: int | None = fields.BigIntField(null=True)
    # Who is told when the time changes; without an address here, whoever applied.
    contact_email = fields.CharField(max_length=254, default="", db_default="")
    # The time and stage that the group said yes to; another time is another question.
    confirmed_at: dt.datetime | None = UtcField(null=True)
    confirmed_starts_at: dt.datetime | None = UtcField(null=True)
    confirmed_stage_id: int | None = fields.BigIntField(null=True)
    members: fields.ReverseRelation[ActMember]
    availability: fields.ReverseRelation[ActAvailability]

    class Meta(Model.Meta):
        table = "act"
        checks: ClassVar = {
            "ck_act_size": "people > 0 AND set_minutes > 0",
        }
        unique_together = (("festival", "slug"),)


class ActMember(Model):
    """A person of an act, so that nobody is asked to be in two places."""

    id: int = fields.BigIntField(primary_key=True)
    act: fields.ForeignKeyRelation[Act] = fields.ForeignKeyField("app.Act", related_name="members")
    act_id: int
    name = fields.CharField(max_length=200)
    person_key = fields.CharField(max_length=120, db_index=True)

    class Meta(Model.Meta):
        table = "act_member"
        unique_together = (("act", "person_key"),)


class ActAvailability(Model):
    """A time in which an act can be on stage, without any, it always can."""

    id: int = fields.BigIntField(primary_key=True)
    act: fields.ForeignKeyRelation[Act] = fields.ForeignKeyField("app.Act", related_name="availability")
    act_id: int
    starts_at: dt.datetime = UtcField()
    ends_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "act_availability"


class SchedulePlan(Model):
    """A version of a festival's schedule, at most one is published."""

    id: int = fields.BigIntField(primary_key=True)
    festival: fields.ForeignKeyRelation[Festival] = fields.ForeignKeyField("app.Festival", related_name="plans")
    festival_id: int
    number = fields.IntField()
    name = fields.CharField(max_length=80, default="")
    state = fields.CharField(max_length=12, default="draft")
    published_at: dt.datetime | None = UtcField(null=True)
    created_at: dt.datetime = UtcField()
    performances: fields.ReverseRelation[Performance]

    class Meta(Model.Meta):
        table = "schedule_plan"
        checks: ClassVar = {
            "ck_schedule_plan_state": "state IN ('draft', 'published', 'superseded')",
        }
        unique_where: ClassVar = {
            "ux_schedule_plan_one_published": "(festival_id) WHERE state = 'published'",
        }
        unique_together = (("festival", "number"),)


class Performance(Model):
    """An act on a stage at a time, in one plan, `revision` rises with every change people can see."""

    id: int = fields.BigIntField(primary_key=True)
    plan: fields.ForeignKeyRelation[SchedulePlan] = fields.ForeignKeyField(
        "app.SchedulePlan", related_name="performances"
    )
    plan_id: int
    act: fields.ForeignKeyRelation[Act] = fields.ForeignKeyField("app.Act", related_name="performances")
    act_id: int
    stage: fields.ForeignKeyRelation[Stage] = fields.ForeignKeyField(
        "app.Stage", related_name="performances", on_delete=fields.RESTRICT
    )
    stage_id: int
    starts_at: dt.datetime = UtcField()
    ends_at: dt.datetime = UtcField()
    changeover_before = fields.IntField(null=True)
    pinned = fields.BooleanField(default=False)
    state = fields.CharField(max_length=10, default="scheduled")
    reason = fields.CharField(max_length=300, default="")
    sequence = fields.IntField(default=0)
    revision = fields.IntField(default=1)
    changed_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "performance"
        checks: ClassVar = {
            "ck_performance_order": "ends_at > starts_at",
            "ck_performance_state": "state IN ('scheduled', 'cancelled')",
        }
        unique_together = (("plan", "act"),)
        indexes = (("stage_id", "starts_at"),)


class ScheduleOverride(Model):
    """A rule that an organizer let one act break in one plan, with the reason."""

    id: int = fields.BigIntField(primary_key=True)
    plan: fields.ForeignKeyRelation[SchedulePlan] = fields.ForeignKeyField("app.SchedulePlan", related_name="overrides")
    plan_id: int
    act: fields.ForeignKeyRelation[Act] = fields.ForeignKeyField("app.Act", related_name="overrides")
    act_id: int
    rule = fields.CharField(max_length=30)
    reason = fields.CharField(max_length=300)
    overridden_by: int = fields.BigIntField()
    at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "schedule_override"
        unique_together = (("plan", "act", "rule"),)


class ScheduleStep(Model):
    """One change of a plan with the placements before and after it, so that it can be undone."""

    id: int = fields.BigIntField(primary_key=True)
    plan: fields.ForeignKeyRelation[SchedulePlan] = fields.ForeignKeyField("app.SchedulePlan", related_name="steps")
    plan_id: int
    kind = fields.CharField(max_length=12)
    # What it was done to: the title of an act, or the name of a stage.
    subject = fields.CharField(max_length=200, default="")
    minutes = fields.IntField(default=0)
    # Placements by act id; null where the act had none.
    before = fields.JSONField[dict[str, Any]]()
    after = fields.JSONField[dict[str, Any]]()
    by_label = fields.CharField(max_length=254, default="")
    at: dt.datetime = UtcField()
    undone_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "schedule_step"
        checks: ClassVar = {
            "ck_schedule_step_kind": (
                "kind IN ('placed', 'moved', 'unplaced', 'proposed', 'late', 'cancelled', 'restored')"
            ),
        }
        indexes = (("plan_id", "id"),)
