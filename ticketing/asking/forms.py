"""What a party answers, read from a page or from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import AfterValidator, Field, StringConstraints

from festival.kit.languages import LANGUAGES
from festival.kit.text import clean_line
from festival.kit.web.api import Body
from ticketing.asking.rules import MOST_QUESTIONS, Answers, Asks, require_answers

Text = Annotated[str, StringConstraints(max_length=1000), AfterValidator(clean_line)]
Texts = Annotated[list[Text], Field(max_length=255)]


class MoreForm(Body):
    """People by age band, languages wanted, access needs, and answers by the number of the question."""

    bands: dict[Text, Annotated[int, Field(ge=0, le=255)]] = Field(default_factory=dict[str, int], max_length=20)
    languages: Annotated[list[Text], Field(max_length=20)] = []
    access: Annotated[list[Text], Field(max_length=20)] = []
    answers: dict[int, Texts] = Field(default_factory=dict[int, list[str]], max_length=MOST_QUESTIONS)

    def require(self, asks: Asks, party: int) -> Answers:
        """The same as the offer asks for it; raises Invalid."""
        given = Answers(self.bands, self.languages, self.access, self.answers)
        return require_answers(asks, party, given, tuple(LANGUAGES))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was answered."""
        return not (self.bands or self.languages or self.access or self.answers)


def read_more(values: Mapping[str, Any], asks: Asks) -> dict[str, Any]:
    """The same from a page's fields: `band-0`, `wants`, `needs`, `q-7` and, per person, `q-7` with a line for each."""
    bands = {band: _count(values.get(f"band-{n}")) for n, band in enumerate(asks.age_bands)}
    answers = {
        one.id: _lines(values.get(f"q-{one.id}")) if one.per_person else _many(values.get(f"q-{one.id}"))
        for one in asks.questions
    }
    return {
        "bands": {band: count for band, count in bands.items() if count},
        "languages": _many(values.get("wants")), "access": _many(values.get("needs")),
        "answers": {id: texts for id, texts in answers.items() if texts},
    }  # fmt: skip


def _count(value: object) -> int:
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _lines(value: object) -> list[str]:
    return [line for line in str(value or "").splitlines() if line.strip()][:255]


def _many(value: object) -> list[str]:
    found = cast(list[Any], value) if isinstance(value, list) else [value]
    return [text for one in found if (text := str(one or "").strip())]
