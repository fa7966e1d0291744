"""Which parts of an application are open while changes are asked for, when they are done, when to remind; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from festival.kit.errors import Conflict
from festival.kit.words import N_
from vendors.applying.rules import Asked, keep_asked

DAYS_TO_CHANGE = 7
# Days before the end at which one is reminded; 0 is the letter after it.
REMIND_DAYS = (3, 1, 0)
_ANSWER = "answer."


class NothingAsked(Conflict):
    """Changes were asked for without naming any part."""

    code = "nothing_asked"
    message = N_("Write what to change at one answer or paper at least.")


class Unfinished(Conflict):
    """Some of what was asked for is not changed yet."""

    code = "changes_unfinished"
    message = N_("Something is not done yet. Change it, or write to the team why it stays as it is.")


class NotAsked(Conflict):
    """A part that nobody asked about stays as it was sent."""

    code = "not_asked"
    message = N_("The team did not ask about this, so it stays as you sent it.")


class NotJudged(Conflict):
    """A judgement without any verdict."""

    code = "not_judged"
    message = N_("Accept or ask again at one of them at least.")


@dataclass(frozen=True)
class Verdict:
    """What the team says to one item: accepted, or the note with which it is asked for again."""

    accepted: bool
    note: str = ""
    # Until when a paper is good, if it ends at all.
    expires_on: dt.date | None = None


def is_done(before: str, now_there: str, *, replied: bool, replaced: bool) -> bool:
    """Whether the applicant dealt with a part: another value, another paper, or words why it stays."""
    return replied or replaced or before != now_there


def open_followers(questions: Sequence[Asked], answers: Mapping[str, str], asked_parts: Collection[str]) -> list[Asked]:
    """The questions that open because they hang on one that may be changed, as the answers stand now.

    They were not asked about by themselves; without them a changed "yes" could not be finished.
    """
    opened = {part.removeprefix(_ANSWER) for part in asked_parts if part.startswith(_ANSWER)}
    found: list[Asked] = []
    asked_now = keep_asked(questions, answers)
    for question in questions:
        if question.shown_if.get("question") in opened and question.slug not in opened and question.slug in asked_now:
            opened.add(question.slug)
            found.append(question)
    return found


def end_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The last minute of `day` on the city's clocks."""
    return dt.datetime.combine(day, dt.time(23, 59), zone).astimezone(dt.UTC)


def first_due_day(today: dt.date, changes_until: dt.date | None) -> dt.date:
    """The day that is proposed: a week from now, not after the call's own end of changes where that is to come."""
    usual = today + dt.timedelta(days=DAYS_TO_CHANGE)
    return min(usual, changes_until) if changes_until and changes_until > today else usual


def reminder_now(asked_at: dt.datetime, due_at: dt.datetime, reminded: int | None, at: dt.datetime) -> int | None:
    """The reminder that is due at `at`, in days before the end, or None.

    A reminder that was missed is not made up for once the next one is due, and nobody is reminded within a day of
    being asked; the letter after the end is sent in the week after it or never.
    """
    for days in reversed(REMIND_DAYS):
        due = due_at - dt.timedelta(days=days)
        if at >= due:
            fresh = due >= asked_at + dt.timedelta(days=1) or days == 0
            in_time = days > 0 or at < due + dt.timedelta(days=7)
            sent = reminded is not None and reminded <= days
            return days if fresh and in_time and not sent else None
    return None
