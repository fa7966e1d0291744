"""Whether a party answered what an offer asks, decided over plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from festival.kit.errors import Invalid
from festival.kit.words import N_, Message, say

ACCESS_WORDS: Mapping[str, str] = {
    "wheelchair": N_("Space for a wheelchair"),
    "step_free": N_("A seat without steps"),
    "sign_language": N_("Sign language interpreter"),
    "hearing_loop": N_("Hearing loop"),
    "large_print": N_("Large print"),
    "quiet": N_("A quiet place"),
    "companion": N_("A seat for a companion"),
}
MOST_LANGUAGES = 5
MOST_QUESTIONS = 20
_LONGEST_ANSWER = 300
_NEEDED = N_("This is needed.")
_OFFERED = N_("Choose one of the answers offered.")


@dataclass(frozen=True)
class QuestionFacts:
    """One question of the organizer's own. `kind` is text, choice or yes_no."""

    id: int
    label: str
    kind: str = "text"
    options: Sequence[str] = ()
    per_person: bool = False
    required: bool = False
    # What an option is called in the reader's language, where that is another.
    words: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The answers to choose from, as a select shows them."""
        return [(option, self.words.get(option, option)) for option in self.options]


@dataclass(frozen=True)
class Asks:
    """All that an offer asks besides the number of people."""

    age_bands: Sequence[str] = ()
    languages: bool = False
    access: bool = False
    questions: Sequence[QuestionFacts] = ()
    # What an age band is called in the reader's language, where that is another.
    words: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Answers:
    """What a party answered: people by age band, languages, access needs, texts by the number of a question."""

    bands: Mapping[str, int]
    languages: Sequence[str]
    access: Sequence[str]
    texts: Mapping[int, Sequence[str]]

    def as_facts(self) -> dict[str, Any]:
        """As a claim keeps it, empty parts left out."""
        parts: dict[str, Any] = {
            "bands": dict(self.bands), "languages": list(self.languages), "access": list(self.access),
            "answers": {str(id): list(texts) for id, texts in self.texts.items()},
        }  # fmt: skip
        return {name: part for name, part in parts.items() if part}


def choice_field(text: str) -> str:
    """The name under which the translations of an answer to choose, or of an age band, are kept: that of its text,
    for its place in the list may change."""
    return f"choice_{hashlib.sha256(text.encode()).hexdigest()[:16]}"


NOTHING = Answers({}, (), (), {})


def require_answers(asks: Asks, party: int, given: Answers, known_languages: Sequence[str]) -> Answers:
    """What of `given` the offer asks for; raises Invalid with a sentence for each place that needs another look."""
    errors: dict[str, Message] = {}
    bands = _bands(asks, party, given, errors)
    languages = [code for code in dict.fromkeys(given.languages) if code in known_languages] if asks.languages else []
    if asks.languages and len(languages) != len(set(given.languages)):
        errors["languages"] = say(_OFFERED)
    access = [need for need in ACCESS_WORDS if need in given.access] if asks.access else []
    texts: dict[int, Sequence[str]] = {}
    for question in asks.questions:
        answered = [text for text in given.texts.get(question.id, ()) if text]
        wrong = _what_is_wrong(question, party, answered)
        if wrong:
            errors[f"q-{question.id}"] = wrong
        elif answered:
            texts[question.id] = answered
    if errors:
        raise Invalid(errors)
    return Answers(bands, languages[:MOST_LANGUAGES], access, texts)


def _bands(asks: Asks, party: int, given: Answers, errors: dict[str, Message]) -> dict[str, int]:
    if not asks.age_bands:
        return {}
    bands = {band: given.bands.get(band, 0) for band in asks.age_bands}
    if min(bands.values()) < 0 or sum(bands.values()) != party:
        errors["bands"] = say(N_("These numbers must add up to %(party)s."), party=party)
    return {band: count for band, count in bands.items() if count}


def _what_is_wrong(question: QuestionFacts, party: int, answered: Sequence[str]) -> Message | None:
    wanted = party if question.per_person else 1
    if question.required and len(answered) < wanted:
        return say(_NEEDED)
    if len(answered) > wanted:
        return say(N_("This is more than %(most)s."), most=wanted)
    if any(len(text) > _LONGEST_ANSWER for text in answered):
        return say(N_("Use at most %(most)s characters."), most=_LONGEST_ANSWER)
    options = {"choice": question.options, "yes_no": ("yes", "no")}.get(question.kind)
    if options is not None and any(text not in options for text in answered):
        return say(_OFFERED)
    return None
