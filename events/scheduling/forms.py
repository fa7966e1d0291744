"""What an organizer fills in: an act's place, a version's name, a reason."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from events.programme.forms import WallTime
from events.recurrence.rules import RecurrenceWrong, to_utc
from events.scheduling.rules import Rule
from festival.kit.errors import Invalid
from festival.kit.text import Line, OptionalLine
from festival.settings import settings


def _none_if_blank(value: object) -> object:
    return None if value == "" else value


OptionalMinutes = Annotated[Annotated[int, Field(ge=0, le=240)] | None, BeforeValidator(_none_if_blank)]


class PlaceForm(BaseModel):
    """Where an act is to be. `revision` is 0 for one that has no place yet; what is left out stays as it is.

    `form` is there where a box that is not ticked means no.
    """

    stage: str = Field(max_length=80)
    starts: WallTime
    minutes: Annotated[Annotated[int, Field(ge=5, le=720)] | None, BeforeValidator(_none_if_blank)] = None
    changeover: OptionalMinutes = None
    pinned: bool = False
    form: bool = False
    revision: int = 0

    def starts_at(self) -> dt.datetime:
        """The moment; raises Invalid at a time that the clock change swallows."""
        try:
            return to_utc(self.starts, settings().zone)
        except RecurrenceWrong as wrong:
            raise Invalid({"starts": wrong.words}) from None


class VersionForm(BaseModel):
    """A new version: a name, and the number of the version it begins from."""

    name: OptionalLine = None
    source: str = Field("", max_length=6)


class AllowForm(BaseModel):
    """A rule that an act may break, and why."""

    rule: Rule
    reason: Line


class RuleForm(BaseModel):
    """A rule."""

    rule: Rule


class SeenForm(BaseModel):
    """The step that was the latest when the page was read."""

    seen: int
