"""What a navigator types before filling in for somebody."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, StringConstraints, field_validator

from festival.kit.languages import DEFAULT, LANGUAGES
from festival.kit.text import Email, Line, clean_line, wrong_text
from festival.kit.words import N_


class HelpForm(BaseModel):
    """For whom, in which part, and how they allowed it."""

    part: Annotated[str, StringConstraints(max_length=40)]
    applicant: Line
    email: Email
    language: Annotated[str, StringConstraints(max_length=12)] = DEFAULT
    means: Literal["in_person", "phone", "writing"]
    note: Annotated[str, BeforeValidator(lambda v: clean_line(str(v or ""))), StringConstraints(max_length=300)] = ""
    agreed: bool = False

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        return value if value in LANGUAGES else DEFAULT

    @field_validator("agreed")
    @classmethod
    def _did_agree(cls, value: bool) -> bool:
        if not value:
            raise wrong_text(N_("You can only fill in for somebody who has agreed to it."))
        return value
