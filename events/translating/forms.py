"""The texts of one program in one language, as the page sends them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from events.programme.forms import LongLine
from festival.kit.text import Paragraphs

FIELDS = ("title", "summary", "description", "bring", "access_note")
LINES = ("title", "summary", "access_note")


class SubjectForm(BaseModel):
    """Every text that a festival, an act, a place or a picture may have; an empty one removes the translation."""

    name: LongLine = ""
    title: LongLine = ""
    tagline: LongLine = ""
    alt: LongLine = ""
    transit: LongLine = ""
    access_note: LongLine = ""
    description: Paragraphs = ""
    parking: Paragraphs = ""
    state: Literal["draft", "confirmed"] = "confirmed"

    def texts(self) -> dict[str, str]:
        """The texts by field."""
        return self.model_dump(exclude={"state"})


class TextsForm(BaseModel):
    """Every field of a program in one language; an empty one removes the translation."""

    title: LongLine = ""
    summary: LongLine = ""
    description: Paragraphs = ""
    bring: Paragraphs = ""
    access_note: LongLine = ""
    state: Literal["draft", "confirmed"] = "confirmed"

    def texts(self) -> dict[str, str]:
        """The texts by field."""
        return {name: getattr(self, name) for name in FIELDS}
