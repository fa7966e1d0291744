"""Answers read by the kind of their question, and what many of them come to; pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from festival.kit.errors import Conflict, Gone, Invalid
from festival.kit.text import clean_paragraphs
from festival.kit.words import N_, Message, say

KINDS: Mapping[str, str] = {
    "stars": N_("From wonderful to bad"),
    "choice": N_("One of several answers"),
    "yes_no": N_("Yes or no"),
    "text": N_("In their own words"),
}
# What a new survey asks; these sentences are translated with the interface.
FIRST_QUESTIONS: Sequence[tuple[str, str, bool]] = (
    ("stars", N_("How was the day for you?"), True),
    ("stars", N_("How were driving in and setting up?"), False),
    ("yes_no", N_("Would you come again next year?"), False),
    ("text", N_("What should we do better next year?"), False),
)
STARS: Mapping[str, str] = {
    "5": N_("Wonderful"),
    "4": N_("Very good"),
    "3": N_("All right"),
    "2": N_("Not so good"),
    "1": N_("Bad"),
}
_LONGEST = 2000


class AlreadyAnswered(Conflict):
    """One link, one answer."""

    code = "already_answered"
    message = N_("This survey was answered already. Thank you!")


class SurveyClosed(Gone):
    """Its last day is over."""

    code = "survey_closed"
    message = N_("This survey is closed. Thank you for wanting to answer.")


class QuestionAnswered(Conflict):
    """What was asked stays what it was."""

    code = "question_answered"
    message = N_("This question was answered already, so only its words can be changed. Put it away and ask anew.")


class SurveyTooEarly(Conflict):
    """Nobody can say how a day was that is not over."""

    code = "survey_too_early"
    message = N_("The survey is sent once the festival is over.")


@dataclass(frozen=True)
class Asked:
    """A question as a reader sees it; `options` are the answers to a choice, in their order."""

    id: int
    kind: str
    label: str
    options: Sequence[str]
    required: bool

    @property
    def name(self) -> str:
        """Its field's name."""
        return f"q{self.id}"


def require_open(closes_on: dt.date | None, today: dt.date) -> None:
    """Let the days until the last one pass; raises SurveyClosed."""
    if closes_on and today > closes_on:
        raise SurveyClosed


def read_answers(questions: Sequence[Asked], values: Mapping[str, object]) -> dict[int, str]:
    """What was answered, by the question's id; of a choice its number. Raises Invalid, with a sentence for each."""
    found: dict[int, str] = {}
    errors: dict[str, Message] = {}
    for one in questions:
        given = values.get(one.name, "")
        text = given.strip() if isinstance(given, str) else ""
        if not text:
            if one.required:
                errors[one.name] = say(N_("This is needed."))
            continue
        if one.kind == "text":
            if len(text) > _LONGEST:
                errors[one.name] = say(N_("This is too long: use at most 2,000 characters."))
                continue
            try:
                found[one.id] = clean_paragraphs(text)
            except ValueError:
                errors[one.name] = say(N_("This answer cannot be taken as it is."))
        elif text in _allowed(one):
            found[one.id] = text
        else:
            errors[one.name] = say(N_("Choose one of the answers offered."))
    if errors:
        raise Invalid(errors)
    return found


def _allowed(one: Asked) -> Sequence[str]:
    if one.kind == "stars":
        return list(STARS)
    return ("yes", "no") if one.kind == "yes_no" else [str(number) for number in range(len(one.options))]


def words_of(one: Asked, value: str) -> Message:
    """An answer in words."""
    if one.kind == "stars":
        return say(STARS[value])
    if one.kind == "yes_no":
        return say(N_("Yes") if value == "yes" else N_("No"))
    known = one.kind == "choice" and value.isdigit() and int(value) < len(one.options)
    return Message("%(text)s", {"text": one.options[int(value)] if known else value})


@dataclass(frozen=True)
class Bar:
    """One answer, how many gave it, and how long its bar is, of 100."""

    words: Message
    count: int
    length: float


def tally(one: Asked, values: Sequence[str]) -> list[Bar]:
    """A bar for each answer in its order, also for those that nobody gave; none for texts."""
    if one.kind == "text":
        return []
    counts = Counter(values)
    most = max(counts.values(), default=0) or 1
    return [
        Bar(words_of(one, value), counts[value], round(100 * counts[value] / most, 1)) for value in _allowed(one)
    ]  # fmt: skip


def average(values: Sequence[str]) -> float | None:
    """The mean of stars; None without an answer."""
    stars = [int(value) for value in values]
    return sum(stars) / len(stars) if stars else None
