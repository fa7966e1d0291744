"""When a paper is due and when to remind of it; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

REMIND_DAYS = (30, 14, 7, 2)


@dataclass(frozen=True)
class MissingPaper:
    """A paper that is needed and not there, or was sent back; `chase_days` before `due_on` one is reminded."""

    name: str
    due_on: dt.date
    sent_back: bool
    chase_days: Sequence[int]


def due_day(festival_on: dt.date, due_days_before: int | None) -> dt.date:
    """The day by which a paper must be there: the festival's own, or so many days before."""
    return festival_on - dt.timedelta(days=due_days_before or 0)


def to_remind(papers: Sequence[MissingPaper], reminded_on: Sequence[dt.date], today: dt.date) -> list[MissingPaper]:
    """The papers of which to remind today.

    A day of reminding that was missed, because nothing ran on it, is made up for once; `reminded_on` are the days
    of the letters sent so far.
    """
    found: list[MissingPaper] = []
    for paper in papers:
        days = [paper.due_on - dt.timedelta(days=ahead) for ahead in (paper.chase_days or REMIND_DAYS)]
        reached = [day for day in days if day <= today]
        if reached and today <= paper.due_on and not any(day >= max(reached) for day in reminded_on):
            found.append(paper)
    return found
