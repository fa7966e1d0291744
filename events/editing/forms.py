"""What staff and their programs send to make or change what is on."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator

from events.programme.forms import Language
from festival.kit.text import Line, Paragraphs, clean_line, wrong_text
from festival.kit.web.api import Body
from festival.kit.words import N_

_LONGEST = dt.timedelta(days=31)
Text = Annotated[
    str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value), Field(max_length=100)
]


# A line that may be emptied: the program's own title, or no reason, stands again.
Cleared = Annotated[str, AfterValidator(clean_line), StringConstraints(max_length=200)]


def require_order(starts_at: dt.datetime | None, ends_at: dt.datetime | None) -> None:
    """Raise where the end is not after the beginning, or a month later."""
    if starts_at and ends_at and not starts_at < ends_at:
        raise wrong_text(N_("The end comes before the beginning."))
    if starts_at and ends_at and ends_at - starts_at > _LONGEST:
        raise wrong_text(N_("This lasts more than a month."))


class NewOccurrence(Body):
    """One time of a new program; or, with `program` (its id or slug), one more time of that one.

    A new program needs `title`, `area` and `venue` (a venue's id or slug). It is public at once unless
    `state` is `draft`. `register` says how places are had; offers are made at `/occurrences/{id}/offers`.
    """

    program: Text | None = None
    title: Line | None = None
    area: Literal["cultural", "arts", "sports"] | None = None
    venue: Text | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    summary: Annotated[Line | None, Field(max_length=300)] = None
    description: Paragraphs = ""
    language: Language = "en"
    languages: Annotated[list[Language], Field(max_length=20)] = ["en"]
    capacity: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    fee_cents: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    register_by: Literal["none", "qr", "paid", "apply", "invite"] = Field("none", alias="register")
    state: Literal["draft", "published"] = "published"

    @model_validator(mode="after")
    def _whole(self) -> NewOccurrence:
        require_order(self.starts_at, self.ends_at)
        if self.program is None and not (self.title and self.area and self.venue):
            raise wrong_text(N_("Name a program, or give the title, area and venue of a new one."))
        return self


class ChangedOccurrence(Body):
    """What becomes different; what is left out stays. `revision` refuses the change if somebody was faster."""

    title: Cleared | None = None
    venue: Text | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    state: Literal["scheduled", "postponed", "cancelled"] | None = None
    reason: Annotated[Cleared | None, Field(max_length=300)] = None
    revision: int | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ChangedOccurrence:
        require_order(self.starts_at, self.ends_at)
        return self
