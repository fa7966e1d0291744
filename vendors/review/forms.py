"""What the team types while it reviews."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from festival.kit.text import Line, Paragraphs, ShortLine, clean_line
from vendors.lifecycle.reasons import MOST_OWN_WORDS

Reason = Annotated[Paragraphs, StringConstraints(max_length=300)]
Listed = Annotated[str, StringConstraints(max_length=20)]


class ScoreForm(BaseModel):
    """A reviewer's opinion."""

    score: int = Field(ge=1, le=5)
    note: Annotated[Paragraphs, StringConstraints(max_length=2000)] = ""


class DecisionForm(BaseModel):
    """A decision, held or told at once."""

    verdict: Literal["accept", "waitlist", "decline"]
    listed: Listed = ""
    reason: Annotated[Paragraphs, StringConstraints(max_length=MOST_OWN_WORDS)] = ""
    at_once: bool = False


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class ManyForm(BaseModel):
    """One step over the ticked applications of the queue."""

    do: Literal["accept", "waitlist", "decline", "undo"]
    ticked: Annotated[list[Annotated[str, StringConstraints(max_length=20)]], BeforeValidator(_as_list)] = Field(
        default=[], max_length=100
    )
    listed: Listed = ""


class BoothForm(BaseModel):
    """A space."""

    code: ShortLine


class PaperForm(BaseModel):
    """A judgement of a paper."""

    document: int
    verdict: Literal["accept", "send_back"]
    reason: Reason = ""
    # Until when the paper is good, if it ends at all.
    expires_on: Annotated[dt.date | None, BeforeValidator(lambda value: value or None)] = None
    number: Annotated[str, AfterValidator(clean_line), StringConstraints(max_length=60)] = ""


class CancelForm(BaseModel):
    """The city takes a place back; the applicant reads why."""

    reason: Annotated[Line, StringConstraints(max_length=300)]
    sure: Literal["yes"]
