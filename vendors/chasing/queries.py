"""Reads: what is missing for opening day, by application."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Festival
from festival.kit.errors import NotFound
from festival.mail.models import MailMessage
from festival.settings import settings
from vendors.chasing.rules import MissingPaper, due_day
from vendors.lifecycle.rules import State
from vendors.models import Application, BoothAssignment, CategoryDocument, Document

PROMISED = (State.ACCEPTED, State.CONFIRMED, State.DOCS_READY)
REMINDER = "vendors.papers_due"


@dataclass(frozen=True)
class Blocked:
    """An accepted application, and what it still lacks."""

    application: Application
    papers: Sequence[MissingPaper]
    waiting: Sequence[str]
    unpaid: bool
    without_space: bool

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
    needed = await CategoryDocument.filter(
        category__call__festival_id=festival.id, required=True
    ).select_related("kind").order_by("position")  # fmt: skip
    documents = {
        (row.application_id, row.kind_id): row
        for row in await Document.filter(application_id__in=ids, superseded_at=None)
    }
    placed = set(await BoothAssignment.filter(application_id__in=ids, ended_at=None).values_list("application_id"))
    day = festival.starts_at.astimezone(settings().zone).date()
    found: list[Blocked] = []
    for application in applications:
        mine = [row for row in needed if row.category_id == application.category_id]
        papers, waiting = list[MissingPaper](), list[str]()
        for row in mine:
            document = documents.get((application.id, row.kind_id))
            if document is None or document.state in {"sent_back", "expired"}:
                due_on = due_day(day, row.kind.due_days_before)
                papers.append(MissingPaper(row.kind.name, due_on, document is not None, row.kind.chase_days))
            elif document.state == "uploaded":
                waiting.append(row.kind.name)
        one = Blocked(
            application, papers, waiting, unpaid=application.state == State.ACCEPTED,
            without_space=bool(application.category.booth_prefix) and (application.id,) not in placed,
        )  # fmt: skip
        if one.is_blocked:
            found.append(one)
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
