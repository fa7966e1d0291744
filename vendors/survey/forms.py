"""What the team says of a survey."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator

from festival.kit.errors import Invalid
from festival.kit.languages import LANGUAGES
from festival.kit.text import Line, Paragraphs
from festival.kit.words import N_, say

MaybeDay = Annotated[dt.date | None, BeforeValidator(lambda value: value or None)]


class SurveyForm(BaseModel):
    """What stands above the questions, whether one may answer without a name, and the days."""

    intro: Paragraphs = ""
    anonymous: bool = False
    send_on: MaybeDay = None
    closes_on: MaybeDay = None

    def facts(self) -> dict[str, Any]:
        """The columns; raises Invalid where it would close before it is sent."""
        if self.send_on and self.closes_on and self.closes_on < self.send_on:
            raise Invalid({"closes_on": say(N_("The end comes before the beginning."))})
        return self.model_dump()


class QuestionForm(BaseModel):
    """One question; a choice has its answers a line each."""

    kind: Literal["stars", "choice", "yes_no", "text"]
    label: Line
    options: Paragraphs = ""
    required: bool = False

    def facts(self) -> dict[str, Any]:
        """The columns; raises Invalid for a choice between fewer than two or more than twelve."""
        options = lines_of(self.options) if self.kind == "choice" else []
        if self.kind == "choice" and not 2 <= len(options) <= 12:
            raise Invalid({"options": say(N_("Write two to twelve answers, a line each."))})
        return {"kind": self.kind, "label": self.label, "options": options, "required": self.required}


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something, each shortened to what fits."""
    return [line.strip()[:120] for line in text.splitlines() if line.strip()]


def read_texts(values: Mapping[str, Any], options: int) -> dict[str, tuple[str, str]]:
    """The words and options in the other languages; raises Invalid where a language has another number of options."""
    found: dict[str, tuple[str, str]] = {}
    for language in LANGUAGES:
        if f"label_{language}" in values:
            label = " ".join(str(values[f"label_{language}"]).split())[:300]
            lines = lines_of(str(values.get(f"options_{language}", "")))
            if lines and len(lines) != options:
                raise Invalid({f"options_{language}": say(N_("Write as many answers as in the first language."))})
            found[language] = (label, "\n".join(lines))
    return found
