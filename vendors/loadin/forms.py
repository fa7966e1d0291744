"""What the team fills in about a load-in window."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from events.programme.forms import WallTime
from events.recurrence.rules import RecurrenceWrong, to_utc
from festival.kit.errors import Invalid
from festival.kit.text import clean_line
from festival.kit.words import N_, say
from festival.settings import settings
from vendors.loadin.rules import is_for_everybody


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Group = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(clean_line)]
Gate = Annotated[str, StringConstraints(max_length=80), AfterValidator(clean_line)]
Note = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean_line)]
Ticked = Annotated[bool, BeforeValidator(lambda value: value in {"yes", True})]


class ChoiceForm(BaseModel):
    """The window that a vendor chooses."""

    window: int


class WindowForm(BaseModel):
    """One window; `id` 0 is a new one."""

    id: int = 0
    group: Group
    arrives: Annotated[WallTime | None, BeforeValidator(_none_if_blank)] = None
    clears: WallTime
    entrance: Gate = ""
    vehicle_limit: Annotated[Annotated[int, Field(ge=1, le=10_000)] | None, BeforeValidator(_none_if_blank)] = None
    note: Note = ""
    by_choice: Ticked = False

    def facts(self) -> dict[str, Any]:
        """The columns; raises Invalid where the times do not fit, or nobody in particular would have to choose."""
        arrives_at, clears_at = _moment("arrives", self.arrives), _moment("clears", self.clears)
        if arrives_at and clears_at and clears_at <= arrives_at:
            raise Invalid({"clears": say(N_("The end comes before the beginning."))})
        if self.by_choice and (arrives_at is None or is_for_everybody(self.group)):
            raise Invalid({"by_choice": say(N_("A choice needs a beginning and spaces such as C01-C20."))})
        return {
            "group": self.group, "arrives_at": arrives_at, "clears_at": clears_at, "entrance": self.entrance,
            "vehicle_limit": self.vehicle_limit, "note": self.note, "by_choice": self.by_choice,
        }  # fmt: skip


def _moment(name: str, wall: dt.datetime | None) -> dt.datetime | None:
    try:
        return to_utc(wall, settings().zone) if wall else None
    except RecurrenceWrong:
        raise Invalid({name: say(N_("The clock change leaves this time out."))}) from None
