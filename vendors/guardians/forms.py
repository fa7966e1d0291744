"""What is typed about people under 18 and by their parents."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, StringConstraints

from festival.kit.languages import LANGUAGES
from festival.kit.text import Email, Line, wrong_text
from festival.kit.words import N_

Name = Annotated[Line, StringConstraints(max_length=120)]


def _known(code: str) -> str:
    if code not in LANGUAGES:
        raise wrong_text(N_("Choose one of the languages."))
    return code


class MinorForm(BaseModel):
    """Somebody under 18, and who is asked."""

    minor: Name
    guardian: Name
    email: Email
    language: Annotated[str, AfterValidator(_known)] = "en"


class AnswerForm(BaseModel):
    """A parent's answer, with the name under it."""

    answer: Literal["given", "refused"]
    signed: Name
    pictures: bool = False
