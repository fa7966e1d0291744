"""What an organizer chooses and fills in at the calendar of everything."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from festival.kit.text import Line, wrong_text
from festival.kit.words import N_

_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
View = Literal["month", "week", "agenda"]


def _flag(value: object) -> object:
    return value == "yes"


Flag = Annotated[bool, BeforeValidator(_flag)]


class CalendarQuery(BaseModel):
    """The address of a page of the calendar."""

    view: View = "month"
    on: dt.date | None = None
    area: Literal["", "cultural", "arts", "sports"] = ""
    place: str = Field("", max_length=80)
    q: str = Field("", max_length=100)
    acts: Flag = False
    moved: str = Field("", max_length=18)
    back: str = Field("", max_length=10)


class MoveForm(BaseModel):
    """A date's new day; `clock` where its time changes too. `anyway` once the clashes were seen."""

    to: dt.date
    clock: Annotated[dt.time | None, BeforeValidator(lambda value: value or None)] = None
    revision: int
    anyway: bool = False
    # The query of the page on which it was moved, so that its filters stay.
    keep: str = Field("", max_length=600)


class VolunteerForm(BaseModel):
    """Somebody who helps."""

    name: Line


class NeedForm(BaseModel):
    """How many volunteers each date of a program needs."""

    needed: Annotated[int, Field(ge=0, le=5000)]


def read_ranges(text: str) -> list[tuple[int, int]]:
    """Opening hours of one day like `9:00-17:00, 18:00-21:00`, in minutes; raises PydanticCustomError."""
    found: list[tuple[int, int]] = []
    for part in re.split(r"[,;]", text):
        if not part.strip():
            continue
        match = _RANGE.fullmatch(part.strip())
        if not match:
            raise wrong_text(N_("Write opening hours like 9:00-17:00."))
        opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if not 0 <= opens < closes <= 1440 or int(match[2]) > 59 or int(match[4]) > 59:
            raise wrong_text(N_("Write opening hours like 9:00-17:00."))
        found.append((opens, closes))
    found.sort()
    if any(late[0] < early[1] for early, late in pairwise(found)) or len(found) > 6:
        raise wrong_text(N_("These opening hours overlap."))
    return found


def _ranges(value: object) -> object:
    return read_ranges(value) if isinstance(value, str) else value


Ranges = Annotated[list[tuple[int, int]], BeforeValidator(_ranges)]


class HoursForm(BaseModel):
    """When a venue is open, Monday first."""

    day_0: Ranges = []
    day_1: Ranges = []
    day_2: Ranges = []
    day_3: Ranges = []
    day_4: Ranges = []
    day_5: Ranges = []
    day_6: Ranges = []

    def by_day(self) -> list[list[tuple[int, int]]]:
        """The seven days."""
        return [self.day_0, self.day_1, self.day_2, self.day_3, self.day_4, self.day_5, self.day_6]
