"""Answers to a call's questions, and what is still missing from an application; pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from festival.kit.errors import Conflict
from festival.kit.text import clean_line, clean_paragraphs
from festival.kit.words import N_, Message, say

_MOST_TEXT, _MOST_LINE, _MOST_LINES = 4000, 300, 60
_OF_LINES = frozenset({"long", "names", "times"})
_TIMES = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")


@dataclass(frozen=True)
class Asked:
    """A question; `kind` is text, long, number, date, choice, yes_no, link, names or times."""

    id: int
    slug: str
    label: str
    help: str
    kind: str
    required: bool
    options: list[str]
    most: int | None
    shown_if: Mapping[str, str]


class DeadlineOver(Conflict):
    """The category took applications until a moment ago."""

    code = "deadline_over"
    message = N_("The deadline for this category is over, so this could not be sent. Your draft is kept. "
                 "Write to us if something held you up.")  # fmt: skip


class Incomplete(Conflict):
    """Something that is needed is not there."""

    code = "incomplete"
    message = N_("Something is still missing. Look at the list, then send it again.")


class NoPapersNow(Conflict):
    """The application takes no papers any more."""

    code = "no_papers_now"
    message = N_("This application takes no papers any more.")


def is_asked(question: Asked, answers: Mapping[str, str]) -> bool:
    """Whether a question that depends on another one is to be answered."""
    condition = question.shown_if
    return not condition or answers.get(condition["question"]) == condition["is"]


def keep_asked(questions: Sequence[Asked], answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to questions that are really asked: one that hangs on an unasked one is not asked either."""
    kept: dict[str, str] = {}
    for question in questions:
        if is_asked(question, kept):
            kept[question.slug] = answers.get(question.slug, "")
    return kept


def read_names(value: str) -> list[str]:
    """The people of a group, a line each."""
    return [line for raw in value.splitlines() if (line := raw.strip())]


def read_times(value: str) -> list[tuple[dt.datetime, dt.datetime]]:
    """Wall times of the city from lines such as 2027-06-12 12:00-15:00; raises ValueError."""
    found: list[tuple[dt.datetime, dt.datetime]] = []
    for line in read_names(value):
        match = _TIMES.fullmatch(line)
        if match is None:
            raise ValueError(line)
        day = dt.date.fromisoformat(match[1])
        start, end = (dt.datetime.combine(day, dt.time.fromisoformat(clock.zfill(5))) for clock in match.groups()[1:])
        if end <= start:
            raise ValueError(line)
        found.append((start, end))
    return found


def read_answer(question: Asked, text: str) -> str | Message:
    """The answer as it is kept, or what is wrong with it. An empty one is fine in a draft."""
    try:
        value = clean_paragraphs(text) if question.kind in _OF_LINES else clean_line(text)
    except ValueError:
        return say(N_("This has a character that cannot be kept."))
    if not value:
        return ""
    if len(value) > (_MOST_TEXT if question.kind in _OF_LINES else _MOST_LINE):
        return say(N_("This is too long."))
    wrong: Message | None = None
    if question.kind == "number":
        wrong = _wrong_number(value, question.most)
    elif question.kind == "choice" and value not in question.options:
        wrong = say(N_("Choose one of the answers offered."))
    elif question.kind == "yes_no" and value not in {"yes", "no"}:
        wrong = say(N_("Choose yes or no."))
    elif question.kind == "date":
        wrong = _wrong_date(value)
    elif question.kind == "link":
        wrong = wrong_link(value)
    elif question.kind in {"names", "times"}:
        wrong = _wrong_lines(question.kind, value)
    return wrong or value


def _wrong_lines(kind: str, value: str) -> Message | None:
    lines = read_names(value)
    if len(lines) > _MOST_LINES:
        return say(N_("These are too many lines."))
    if any(len(line) > 200 for line in lines):
        return say(N_("One of these lines is too long."))
    try:
        _ = read_times(value) if kind == "times" else []
    except ValueError:
        return say(N_("Write one time a line, like 2027-06-12 12:00-15:00."))
    return None


def _wrong_date(value: str) -> Message | None:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return say(N_("Write a date, like 2027-06-12."))
    return None


def _wrong_number(value: str, most: int | None) -> Message | None:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        return say(N_("Write a whole number."))
    if most is not None and int(value) > most:
        return say(N_("This is more than %(most)s."), most=most)
    return None


def wrong_link(value: str) -> Message | None:
    """What is wrong with a link that people will open."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    fine = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not parts.username
    return None if fine and len(value) <= 500 else say(N_("Write a whole link, beginning with https://."))


def list_missing(
    name: str, questions: Sequence[Asked], answers: Mapping[str, str], papers_missing: Sequence[str]
) -> list[tuple[str, str]]:
    """(step, label) of everything that must be there before an application can be sent."""
    answers = keep_asked(questions, answers)
    missing = [] if name else [("about", N_("The name of your business or group"))]
    missing += [
        ("questions", question.label)
        for question in questions
        if question.required and question.slug in answers and not answers[question.slug]
    ]
    return missing + [("documents", paper) for paper in papers_missing]


def list_done(missing: Sequence[tuple[str, str]], *, sent: bool) -> list[str]:
    """The steps that are finished; extras are a wish, so nothing about them can be unfinished."""
    open_steps = {step for step, _ in missing}
    done = [step for step in ("about", "questions", "documents", "add-ons") if step not in open_steps]
    return [*done, "review"] if sent else done
