"""Application, its answers, wishes, dates, papers, reviews, decisions, transitions and messages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from tortoise import fields
from tortoise.models import Model

from festival.accounts.models import Person
from festival.database.fields import UtcField
from festival.storage.models import StoredFile
from vendors.models.calls import AddOn, Category, CategoryDate, DocumentKind, Question

if TYPE_CHECKING:
    from vendors.models.judging import CriterionScore


class Application(Model):
    """One applicant's wish to take part in one category, from draft to the day after."""

    id: int = fields.BigIntField(primary_key=True)
    category: fields.ForeignKeyRelation[Category] = fields.ForeignKeyField(
        "app.Category", related_name="applications", on_delete=fields.RESTRICT
    )
    category_id: int
    applicant: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "app.Person", related_name="applications", on_delete=fields.RESTRICT
    )
    applicant_id: int
    # A navigator who filled it in, with the applicant's recorded consent.
    helper_id: int | None = fields.BigIntField(null=True)
    helper_consent_at: dt.datetime | None = UtcField(null=True)
    receipt = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=200, default="")
    description = fields.TextField(default="")
    language = fields.CharField(max_length=12, default="en")
    state = fields.CharField(max_length=20, default="draft")
    fee_condition = fields.CharField(max_length=40, default="")
    waitlist_position = fields.IntField(null=True)
    offer_expires_at: dt.datetime | None = UtcField(null=True)
    pay_by: dt.datetime | None = UtcField(null=True)
    reason = fields.CharField(max_length=300, default="")
    obligation_id: int | None = fields.BigIntField(null=True)
    returning = fields.BooleanField(default=False)
    created_at: dt.datetime = UtcField()
    submitted_at: dt.datetime | None = UtcField(null=True)
    changed_at: dt.datetime = UtcField()
    revision = fields.IntField(default=1)
    answers: fields.ReverseRelation[Answer]
    documents: fields.ReverseRelation[Document]

    class Meta(Model.Meta):
        table = "application"
        checks: ClassVar = {
            "ck_application_state": (
                "state IN ('draft', 'submitted', 'under_review', 'changes_requested', "
                "'hold_accept', 'hold_waitlist', 'hold_decline', 'offered', 'waitlisted', "
                "'declined', 'accepted', 'confirmed', 'expired', 'lapsed', 'docs_ready', "
                "'checked_in', 'completed', 'no_show', 'withdrawn', 'cancelled_by_city')"
            ),
        }
        unique_where: ClassVar = {
            "ux_application_waitlist": "(category_id, waitlist_position) WHERE waitlist_position IS NOT NULL",
        }
        indexes = (("category_id", "state"), ("applicant_id",))


class Answer(Model):
    """What an applicant said to one question."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="answers"
    )
    application_id: int
    question: fields.ForeignKeyRelation[Question] = fields.ForeignKeyField(
        "app.Question", related_name="answers", on_delete=fields.RESTRICT
    )
    question_id: int
    value = fields.TextField()
    # What was sent to a question that asks for a file; `value` is its name then.
    file_id: int | None = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "answer"
        unique_together = (("application", "question"),)


class ApplicationAddOn(Model):
    """How many of an add-on an application asks for."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="add_ons"
    )
    application_id: int
    add_on: fields.ForeignKeyRelation[AddOn] = fields.ForeignKeyField(
        "app.AddOn", related_name="requests", on_delete=fields.RESTRICT
    )
    add_on_id: int
    quantity = fields.IntField()

    class Meta(Model.Meta):
        table = "application_add_on"
        checks: ClassVar = {
            "ck_application_add_on_quantity": "quantity > 0",
        }
        unique_together = (("application", "add_on"),)


class ApplicationDate(Model):
    """A day that an application asks for, and what became of it."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="dates"
    )
    application_id: int
    date: fields.ForeignKeyRelation[CategoryDate] = fields.ForeignKeyField(
        "app.CategoryDate", related_name="requests", on_delete=fields.RESTRICT
    )
    date_id: int
    # asked, granted (a place of the day is taken), refused by the team, given_up or cancelled afterwards.
    state = fields.CharField(max_length=10, default="asked")
    # The line of the bill that is for this day.
    line_id: int | None = fields.BigIntField(null=True)
    changed_at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "application_date"
        checks: ClassVar = {
            "ck_application_date_state": "state IN ('asked', 'granted', 'refused', 'given_up', 'cancelled')",
        }
        unique_together = (("application", "date"),)


class Discount(Model):
    """An amount taken off what an application costs, by whom and why."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="discounts"
    )
    application_id: int
    label = fields.CharField(max_length=120)
    amount_cents = fields.IntField()
    reason = fields.CharField(max_length=300)
    given_by: int = fields.BigIntField()
    given_at: dt.datetime = UtcField()
    ended_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "discount"
        checks: ClassVar = {
            "ck_discount_amount": "amount_cents > 0",
        }


class Document(Model):
    """A paper handed in with an application, a newer one supersedes it."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="documents"
    )
    application_id: int
    kind: fields.ForeignKeyRelation[DocumentKind] = fields.ForeignKeyField(
        "app.DocumentKind", related_name="documents", on_delete=fields.RESTRICT
    )
    kind_id: int
    file: fields.ForeignKeyNullableRelation[StoredFile] = fields.ForeignKeyField(
        "app.StoredFile", related_name="documents", null=True, on_delete=fields.RESTRICT
    )
    file_id: int | None
    link = fields.CharField(max_length=500, default="")
    state = fields.CharField(max_length=12, default="uploaded")
    expires_on = fields.DateField(null=True)
    # The permit's or licence's own number, as the office that gave it wrote it.
    number = fields.CharField(max_length=60, default="", db_default="")
    reason = fields.CharField(max_length=300, default="")
    uploaded_at: dt.datetime = UtcField()
    reviewed_by: int | None = fields.BigIntField(null=True)
    reviewed_at: dt.datetime | None = UtcField(null=True)
    superseded_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "document"
        checks: ClassVar = {
            "ck_document_state": "state IN ('uploaded', 'accepted', 'sent_back', 'expired')",
        }
        indexes = (("application_id", "kind_id"),)


class Review(Model):
    """What one reviewer thinks of one application, or that they have a conflict of interest."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="reviews"
    )
    application_id: int
    reviewer: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "app.Person", related_name="reviews", on_delete=fields.RESTRICT
    )
    reviewer_id: int
    # One score for all of it, where the call has no criteria.
    score: int | None = fields.SmallIntField(null=True)
    note = fields.TextField(default="")
    # Of before there was a table for it, not read: SQLite would lose what is unique here if the column went.
    criteria = fields.JSONField[dict[str, int]](default=dict)
    # The weighted mean on the scale from 1 to 5, in hundredths.
    total: int | None = fields.IntField(null=True)
    # When everything was scored for the first time; only from then on it counts.
    in_at: dt.datetime | None = UtcField(null=True)
    conflict_of_interest = fields.BooleanField(default=False)
    conflict_reason = fields.CharField(max_length=300, default="", db_default="")
    conflict_at: dt.datetime | None = UtcField(null=True)
    at: dt.datetime = UtcField()
    by_criterion: fields.ReverseRelation[CriterionScore]

    class Meta(Model.Meta):
        table = "review"
        checks: ClassVar = {
            "ck_review_score": "score IS NULL OR (score >= 1 AND score <= 5)",
            "ck_review_total": "total IS NULL OR (total >= 100 AND total <= 500)",
        }
        unique_together = (("application", "reviewer"),)


class Decision(Model):
    """What was decided of an application and when the applicant was told."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="decisions"
    )
    application_id: int
    verdict = fields.CharField(max_length=12)
    reason = fields.CharField(max_length=300, default="")
    decided_by: int = fields.BigIntField()
    decided_at: dt.datetime = UtcField()
    released_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "decision"
        checks: ClassVar = {
            "ck_decision_verdict": "verdict IN ('accept', 'waitlist', 'decline')",
        }


class Transition(Model):
    """One step in the life of an application. Rows are only ever added."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="transitions"
    )
    application_id: int
    before = fields.CharField(max_length=20)
    after = fields.CharField(max_length=20)
    reason = fields.CharField(max_length=300, default="")
    by_kind = fields.CharField(max_length=10, default="person")
    by_id: int = fields.BigIntField(default=0)
    at: dt.datetime = UtcField()

    class Meta(Model.Meta):
        table = "transition"
        append_only = True


class ApplicationMessage(Model):
    """A message in the thread between an applicant and the office."""

    id: int = fields.BigIntField(primary_key=True)
    application: fields.ForeignKeyRelation[Application] = fields.ForeignKeyField(
        "app.Application", related_name="messages"
    )
    application_id: int
    author_id: int = fields.BigIntField()
    from_office = fields.BooleanField()
    text = fields.TextField()
    at: dt.datetime = UtcField()
    read_at: dt.datetime | None = UtcField(null=True)

    class Meta(Model.Meta):
        table = "application_message"


class ThreadMail(Model):
    """A mail that became a message of a thread, known by its digest so that it does so once."""

    id: int = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    message: fields.ForeignKeyRelation[ApplicationMessage] = fields.ForeignKeyField(
        "app.ApplicationMessage", related_name="mails"
    )
    message_id: int
    # How many attachments stayed behind.
    left_out: int = fields.SmallIntField(default=0)

    class Meta(Model.Meta):
        table = "thread_mail"
