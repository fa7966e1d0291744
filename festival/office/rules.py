"""Pure decisions of the desk: what blocks opening day, and how a plot is laid out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from festival.kit.words import N_, Message, say, say_n

SOON = dt.timedelta(days=30)


@dataclass(frozen=True)
class Readiness:
    """What is still open for one festival, counted."""

    papers_missing: int
    applications_without_papers: int
    unpaid: int
    unpaid_cents: int
    without_booth: int
    waiting_for_review: int
    schedule_published: bool
    acts_unplaced: int
    deadlines: Sequence[tuple[str, dt.date]]
    festival: str = ""


@dataclass(frozen=True)
class Blocker:
    """One thing between the team and opening day; `tone` is bad where it is late or stops everything."""

    tone: str
    words: Message
    path: str


def list_blockers(state: Readiness, opens_on: dt.date, today: dt.date) -> list[Blocker]:
    """What blocks opening day, the gravest first; empty when the day can come."""
    near = "bad" if opens_on - today <= dt.timedelta(days=14) else "warn"
    chase = f"/organize/festivals/{state.festival}/chase"
    found = [
        Blocker(
            "bad" if due_on < today else "warn",
            say(N_("%(title)s: was due on %(date)s"), title=title, date=due_on.isoformat())
            if due_on < today
            else say(N_("%(title)s: due on %(date)s"), title=title, date=due_on.isoformat()),
            chase,
        )
        for title, due_on in state.deadlines
        if due_on <= today + SOON or due_on < today
    ]
    if not state.schedule_published:
        found.append(Blocker("bad", say(N_("No schedule is published yet.")), "/organize/schedule"))
    counted = (
        (state.acts_unplaced, "/organize/schedule", say_n(
            "%(count)s act has no place in the schedule.", "%(count)s acts have no place in the schedule.",
            state.acts_unplaced)),
        (state.applications_without_papers, chase, say_n(
            "%(count)s accepted applicant lacks papers for the day.",
            "%(count)s accepted applicants lack papers for the day.", state.applications_without_papers)),
        (state.unpaid, "/organize/money", say_n(
            "%(count)s accepted applicant has not paid.", "%(count)s accepted applicants have not paid.",
            state.unpaid)),
        (state.without_booth, chase, say_n(
            "%(count)s accepted applicant has no space.", "%(count)s accepted applicants have no space.",
            state.without_booth)),
        (state.waiting_for_review, "/organize/applications", say_n(
            "%(count)s application waits for a decision.", "%(count)s applications wait for a decision.",
            state.waiting_for_review)),
    )  # fmt: skip
    found += [Blocker(near, words, path) for count, path, words in counted if count]
    return sorted(found, key=lambda blocker: blocker.tone != "bad")


@dataclass(frozen=True)
class Bar:
    """One bar of a plot, in the plot's own units, from the top left."""

    x: float
    y: float
    width: float
    height: float
    on: dt.date
    value: int


def lay_out_bars(values: Mapping[dt.date, int], days: Sequence[dt.date], width: int, height: int) -> list[Bar]:
    """A bar for each of `days`, the tallest as high as the plot."""
    most = max((values.get(day, 0) for day in days), default=0) or 1
    step = width / max(1, len(days))
    bars: list[Bar] = []
    for index, day in enumerate(days):
        value = values.get(day, 0)
        tall = round(height * value / most, 1)
        bars.append(Bar(round(index * step + 1, 1), height - tall, round(step - 2, 1), tall, day, value))
    return bars
