"""Reads: open calls, an applicant's own applications, and what belongs to one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import current_language
from festival.kit.secrets import derive, same
from festival.kit.web.access import Kind, Principal, Role
from festival.kit.words import N_
from festival.organisation.queries import list_texts
from festival.payments.models import Obligation
from festival.payments.queries import pay_path
from festival.settings import settings
from vendors.applying.rules import Asked, list_done, list_missing
from vendors.dates.queries import DayOf, list_days
from vendors.documents.queries import list_needed
from vendors.fees.queries import find_space_fee, list_cost
from vendors.fees.rules import Line
from vendors.judging.queries import names_are_hidden
from vendors.jury.queries import require_judged
from vendors.lifecycle.rules import IN_REVIEW, State
from vendors.models import (
    AddOn,
    Answer,
    Application,
    ApplicationAddOn,
    BoothAssignment,
    Call,
    Category,
    CategoryDocument,
    Document,
    Question,
)
from vendors.wording.queries import use_words_of


@dataclass(frozen=True)
class Paper:
    """A paper that a category asks for, and what was handed in."""

    needed: CategoryDocument
    handed_in: Document | None

    @property
    def is_missing(self) -> bool:
        """Whether the applicant still has to hand it in."""
        return self.needed.required and (self.handed_in is None or self.handed_in.state == "sent_back")


@dataclass(frozen=True)
class File:
    """An application with all that belongs to it."""

    application: Application
    category: Category
    call: Call
    category_name: str
    questions: Sequence[Asked]
    answers: Mapping[str, str]
    papers: Sequence[Paper]
    offered_add_ons: Sequence[AddOn]
    quantities: Mapping[int, int]
    cost: Sequence[Line]
    booths: Sequence[str]
    obligation: Obligation | None
    # Of a category that is held on several days: all of them, and what each costs before a season price.
    days: Sequence[DayOf] = ()
    each_cents: int = 0

    @property
    def dates_told(self) -> bool:
        """Whether the applicant may see which days were given; a held decision is private."""
        return self.application.state not in {State.DRAFT, *IN_REVIEW, State.CHANGES_REQUESTED}

    @property
    def missing(self) -> list[tuple[str, str]]:
        """(step, label) of what keeps it from being sent."""
        papers = [paper.needed.kind.name for paper in self.papers if paper.is_missing]
        found = list_missing(self.application.name, self.questions, self.answers, papers)
        no_day = bool(self.days) and not any(day.mine for day in self.days)
        return [*found, ("dates", N_("The days on which you come"))] if no_day else found

    @property
    def done(self) -> list[str]:
        """The steps that are finished."""
        done = list_done(self.missing, sent=self.application.state != State.DRAFT)
        return [*done, "dates"] if any(day.mine for day in self.days) else done

    @property
    def pay_path(self) -> str:
        """Where the fee is paid, while it is owed."""
        open_now = self.obligation and self.application.state == State.ACCEPTED
        return pay_path(self.obligation.id) if self.obligation and open_now else ""


async def list_open_calls() -> list[Call]:
    """The calls of published festivals that are still to come."""
    calls = Call.filter(festival__state="published", categories__closes_at__gt=now())
    return await calls.distinct().select_related("festival").order_by("festival__starts_at")


async def get_call(slug: str) -> Call:
    """The call of a published festival; raises NotFound."""
    call = await Call.get_or_none(festival__slug=slug, festival__state="published").select_related("festival")
    if call is None:
        raise NotFound
    return call


async def list_categories(call: Call, *, also_invited: bool = False) -> list[tuple[Category, str]]:
    """The call's categories with their papers, and their names in the reader's language.

    Those that are only for invited people are left out, unless `also_invited`.
    """
    listed = Category.filter(call_id=call.id) if also_invited else Category.filter(call_id=call.id, invited_only=False)
    rows = await listed.order_by("position").prefetch_related("documents__kind", "fee_rules")
    names = await list_texts("category", [row.id for row in rows], current_language())
    await use_words_of(call.id)
    return [(row, names.get((row.id, "name"), row.name)) for row in rows]


async def get_category(call: Call, slug: str, invite: str = "") -> tuple[Category, str]:
    """One category of a call and its name; raises NotFound, also where it takes a link that `invite` is not of."""
    for category, name in await list_categories(call, also_invited=True):
        if category.slug == slug and (not category.invited_only or same(invite, invite_secret(category))):
            return category, name
    raise NotFound


def invite_secret(category: Category) -> str:
    """What the private link of a category carries; raising its version withdraws the links given out before."""
    return derive(settings().secret_key, "invite", category.id, category.invite_version)


def is_open(call: Call, category: Category, at: dt.datetime) -> bool:
    """Whether the category takes applications at `at`."""
    return call.opens_at <= at < category.closes_at


async def list_own_applications(principal: Principal) -> list[Application]:
    """The asker's applications, the newest first."""
    own = Application.filter(applicant_id=principal.id)
    return await own.order_by("-id").select_related("category__call__festival")


async def get_application(principal: Principal, receipt: str, *, to_change: bool = False) -> Application:
    """The application as its applicant or helper, or to read as staff of review; raises NotFound for anyone else."""
    application = await Application.get_or_none(receipt=receipt)
    if application is None or principal.kind is not Kind.PERSON:
        raise NotFound
    own = principal.id in {application.applicant_id, application.helper_id}
    if own:
        return application
    if to_change or not principal.has_role(Role.ORGANIZER, Role.REVIEWER):
        raise NotFound
    await require_judged(application, principal)
    if await names_are_hidden(application, principal):
        raise NotFound
    return application


async def get_file(application: Application) -> File:
    """Everything that belongs to `application`, in a constant number of queries; `put` then says its call's words."""
    category = await Category.get(id=application.category_id).select_related("call__festival")
    await use_words_of(category.call_id)
    names = await list_texts("category", [category.id], current_language())
    answers = await Answer.filter(application_id=application.id).values_list("question__slug", "value")
    documents = await Document.filter(application_id=application.id, superseded_at=None).select_related("file")
    latest = {document.kind_id: document for document in documents}
    needed = (await list_needed([application]))[application.id]
    add_ons = await AddOn.filter(call_id=category.call_id).order_by("id")
    wanted = await ApplicationAddOn.filter(application_id=application.id)
    is_free = category.charge == "none"
    given = BoothAssignment.filter(application_id=application.id, ended_at=None)
    days = await list_days(application)
    bill = await Obligation.get_or_none(id=application.obligation_id) if application.obligation_id else None
    return File(
        application, category, category.call, names.get((category.id, "name"), category.name),
        await _list_asked(category.id),
        {str(slug): str(value) for slug, value in answers},
        [Paper(row, latest.get(row.kind_id)) for row in needed],
        [row for row in add_ons if row.category_id == category.id or not (row.category_id or is_free)],
        {row.add_on_id: row.quantity for row in wanted}, await list_cost(application),
        [str(code) for code in await given.values_list("booth__code", flat=True)], bill,
        days, await find_space_fee(application, category) if days else 0,
    )  # fmt: skip


async def _list_asked(category_id: int) -> list[Asked]:
    return [
        Asked(row.id, row.slug, row.label, row.help, row.kind, row.required, row.options, row.most, row.shown_if)
        for row in await Question.filter(category_id=category_id).order_by("position")
    ]
