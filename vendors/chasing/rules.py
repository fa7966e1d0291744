"""When a paper is due and when to remind of it; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from festival.kit.words import N_, Message, say, say_n

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


def next_due(parts: Sequence[tuple[int, dt.datetime]], paid_cents: int) -> dt.datetime | None:
    """When the next of `parts` (cents, due) is to be paid that `paid_cents` do not cover; None without any."""
    covered = 0
    for cents, due_at in parts:
        covered += cents
        if covered > paid_cents:
            return due_at
    return None


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


# ---------------------------------------------------------------- what the city owes others

CITY_REMIND_DAYS = (30, 14, 7, 2, 0)
_LATE_EVERY = 7


@dataclass(frozen=True)
class Deadline:
    """A date by which the city owes something to somebody, such as the county; `doing` is the page that does it."""

    id: int
    title: str
    due_on: dt.date
    done_on: dt.date | None = None
    done_by: str = ""
    doing: str = ""


def days_left(due_on: dt.date, today: dt.date) -> Message:
    """How long there still is, in words."""
    days = (due_on - today).days
    if days < 0:
        return say_n("%(count)s day late", "%(count)s days late", -days)
    return say_n("%(count)s day left", "%(count)s days left", days) if days else say(N_("due today"))


def is_to_mention(due_on: dt.date, reminded_on: Sequence[dt.date], today: dt.date) -> bool:
    """Whether the team is to be reminded of a deadline today: on the days of CITY_REMIND_DAYS, and weekly once late.

    A day of reminding that was missed, because nothing ran on it, is made up for once.
    """
    days = [due_on - dt.timedelta(days=ahead) for ahead in CITY_REMIND_DAYS]
    late = (today - due_on).days
    if late >= _LATE_EVERY:
        days.append(due_on + dt.timedelta(days=late - late % _LATE_EVERY))
    reached = [day for day in days if day <= today]
    return bool(reached) and not any(day >= max(reached) for day in reminded_on)
