"""What the office sets at a gate. Times are the city's wall times."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from events.programme.forms import WallTime
from events.recurrence.rules import RecurrenceWrong, to_utc
from festival.kit.errors import Invalid
from festival.kit.words import N_, say
from festival.settings import settings


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


class RuleForm(BaseModel):
    """An offer that the gate admits, from when and until when; empty is the offer's own hours."""

    offer_id: int
    starts: Annotated[WallTime | None, BeforeValidator(_none_if_blank)] = None
    ends: Annotated[WallTime | None, BeforeValidator(_none_if_blank)] = None

    def hours(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Both moments; raises Invalid for a time that does not exist, or an end before the start."""
        starts, ends = _moment("starts", self.starts), _moment("ends", self.ends)
        if starts and ends and ends <= starts:
            raise Invalid({"ends": say(N_("This is before the beginning."))})
        return starts, ends


def _moment(name: str, wall: dt.datetime | None) -> dt.datetime | None:
    try:
        return to_utc(wall, settings().zone) if wall else None
    except RecurrenceWrong as wrong:
        raise Invalid({name: wrong.words}) from None


class LimitForm(BaseModel):
    """How many people the zone may hold; empty is no limit."""

    fire_limit: Annotated[Annotated[int, Field(ge=1, le=1_000_000)] | None, BeforeValidator(_none_if_blank)] = None
