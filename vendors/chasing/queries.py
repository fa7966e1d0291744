"""Reads: what is missing for opening day, by application."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Festival, FestivalDeadline
from festival.accounts.models import Person
from festival.accounts.queries import list_team
from festival.kit.errors import NotFound
from festival.kit.web.access import Role
from festival.mail.models import MailMessage
from festival.payments.ledger import sums_of
from festival.payments.models import Instalment, Obligation
from festival.payments.rules import outstanding_cents
from festival.settings import settings
from vendors.chasing.rules import Deadline, MissingPaper, due_day, next_due
from vendors.documents.queries import list_needed
from vendors.lifecycle.rules import State
from vendors.models import Application, BoothAssignment, Document, Office, Packet

PROMISED = (State.ACCEPTED, State.CONFIRMED, State.DOCS_READY)
REMINDER = "vendors.papers_due"
DEADLINES = "vendors.deadlines_due"


@dataclass(frozen=True)
class Blocked:
    """An accepted application, and what it still lacks."""

    application: Application
    papers: Sequence[MissingPaper]
    waiting: Sequence[str]
    unpaid: bool
    without_space: bool
    # The day by which the next of it must be paid; None where nothing is open or no day is set.
    pay_on: dt.date | None = None

    @property
    def due_on(self) -> dt.date | None:
        """The first day by which something of it must be there; None where only a space is missing."""
        days = [paper.due_on for paper in self.papers]
        return min([*days, *filter(None, [self.pay_on])], default=None)

    @property
    def is_blocked(self) -> bool:
        """Whether anything is missing."""
        return bool(self.papers or self.waiting or self.unpaid or self.without_space)


async def get_festival(slug: str) -> Festival:
    """A festival by its slug; raises NotFound."""
    festival = await Festival.get_or_none(slug=slug)
    if festival is None:
        raise NotFound
    return festival


async def list_blocked(festival: Festival) -> list[Blocked]:
    """Every accepted application of a festival that still lacks something, in a number of queries that stays."""
    applications = (
        await Application.filter(category__call__festival_id=festival.id, state__in=list(PROMISED))
        .select_related("category").order_by("name", "id")
    )  # fmt: skip
    ids = [application.id for application in applications]
    needed = await list_needed(applications, required=True)
    documents = {
        (row.application_id, row.kind_id): row
        for row in await Document.filter(application_id__in=ids, superseded_at=None)
    }
    placed = set(await BoothAssignment.filter(application_id__in=ids, ended_at=None).values_list("application_id"))
    day, dues = festival.starts_at.astimezone(settings().zone).date(), await _list_dues(applications)
    found: list[Blocked] = []
    for application in applications:
        papers, waiting = list[MissingPaper](), list[str]()
        for row in needed[application.id]:
            document = documents.get((application.id, row.kind_id))
            if document is None or document.state in {"sent_back", "expired"}:
                due_on = due_day(day, row.kind.due_days_before)
                papers.append(MissingPaper(row.kind.name, due_on, document is not None, row.kind.chase_days))
            elif document.state == "uploaded":
                waiting.append(row.kind.name)
        one = Blocked(
            application, papers, waiting, unpaid=application.id in dues, pay_on=dues.get(application.id),
            without_space=bool(application.category.booth_prefix) and (application.id,) not in placed,
        )  # fmt: skip
        if one.is_blocked:
            found.append(one)
    return found


async def _list_dues(applications: Sequence[Application]) -> dict[int, dt.date | None]:
    """Who still owes something, also a later part of what was agreed, and by which day the next of it."""
    bills = {bill.id: bill for bill in await Obligation.filter(id__in=[one.obligation_id or 0 for one in applications])}
    parts: dict[int, list[Instalment]] = {}
    for part in await Instalment.filter(obligation_id__in=list(bills)).order_by("position"):
        parts.setdefault(part.obligation_id, []).append(part)
    found: dict[int, dt.date | None] = {}
    for one in applications:
        bill = bills.get(one.obligation_id or 0)
        if one.state == State.ACCEPTED or (bill and outstanding_cents(sums_of(bill))):
            later = parts.get(bill.id, []) if bill else []
            at = next_due([(part.amount_cents, part.due_at) for part in later], bill.paid_cents if bill else 0)
            at = at or one.pay_by
            found[one.id] = at.astimezone(settings().zone).date() if at else None
    return found


async def list_reminded(applications: Sequence[Application]) -> dict[int, list[dt.date]]:
    """The days on which each applicant was reminded of papers, by application."""
    found: dict[int, list[dt.date]] = {}
    wanted = {f"{REMINDER}:{application.id}:": application.id for application in applications}
    for cause in await MailMessage.filter(kind=REMINDER).values_list("cause", flat=True):
        start, _, day = str(cause).rpartition(":")
        if f"{start}:" in wanted:
            found.setdefault(wanted[f"{start}:"], []).append(dt.date.fromisoformat(day))
    return found


async def list_deadlines(festival: Festival) -> list[Deadline]:
    """What the city owes others, what is open first and by its day: the team's own dates, and each office's packet.

    A packet is done once one was made; what vendors still lack of it stands beside.
    """
    zone = settings().zone
    opens_on = festival.starts_at.astimezone(zone).date()
    own = await FestivalDeadline.filter(festival_id=festival.id).order_by("due_on", "id")
    names = {person.id: person.name for person in await Person.filter(id__in=[one.done_by or 0 for one in own])}
    found = [
        Deadline(
            one.id, one.title, one.due_on, one.done_at.astimezone(zone).date() if one.done_at else None,
            names.get(one.done_by or 0, ""),
        )
        for one in own
    ]  # fmt: skip
    offices = await Office.filter(call__festival_id=festival.id, due_days_before__not_isnull=True).order_by("id")
    made = {
        packet.office_id: packet.ready_at
        for packet in await Packet.filter(office_id__in=[one.id for one in offices], state="ready").order_by("id")
    }
    page = f"/organize/festivals/{festival.slug}/packets"
    for office in offices:
        at = made.get(office.id)
        due_on = due_day(opens_on, office.due_days_before)
        found.append(Deadline(0, office.name, due_on, at.astimezone(zone).date() if at else None, doing=page))
    return sorted(found, key=lambda one: (one.done_on is not None, one.due_on, one.title))


async def get_deadline(festival: Festival, number: int) -> FestivalDeadline:
    """A deadline of a festival; raises NotFound."""
    deadline = await FestivalDeadline.get_or_none(id=number, festival_id=festival.id)
    if deadline is None:
        raise NotFound
    return deadline


async def list_mentioned(festival: Festival) -> list[dt.date]:
    """The days on which the team was reminded of deadlines."""
    start = f"{DEADLINES}:{festival.id}:"
    causes = await MailMessage.filter(kind=DEADLINES, cause__startswith=start).values_list("cause", flat=True)
    return [dt.date.fromisoformat(str(cause).rpartition(":")[2]) for cause in causes]


async def list_organizers() -> list[Person]:
    """Those of the team who see to deadlines."""
    return [one.person for one in await list_team() if {Role.ORGANIZER, Role.OWNER} & set(one.roles)]
