"""What an organizer fills in about an act."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from festival.kit.text import Line, OptionalEmail, OptionalLine, OptionalParagraphs, clean_line, wrong_text
from festival.kit.words import N_

_TIMES = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")
_MOST_LINES = 60


def _lines(value: object) -> object:
    """The lines of a text field, cleaned, blank ones left out."""
    if not isinstance(value, str):
        return value
    found = [line for raw in value.splitlines() if (line := clean_line(raw))]
    if len(found) > _MOST_LINES:
        raise wrong_text(N_("These are too many lines."))
    if any(len(line) > 200 for line in found):
        raise wrong_text(N_("One of these lines is too long."))
    return found


def _times(value: object) -> object:
    if not isinstance(value, str):
        return value
    found: list[tuple[dt.datetime, dt.datetime]] = []
    for line in value.splitlines():
        if not line.strip():
            continue
        match = _TIMES.fullmatch(line.strip())
        if not match or len(found) >= _MOST_LINES:
            raise wrong_text(N_("Write one time a line, like 2027-06-12 12:00-15:00."))
        try:
            day = dt.date.fromisoformat(match[1])
            start, end = (dt.time.fromisoformat(clock.zfill(5)) for clock in match.groups()[1:])
        except ValueError:
            raise wrong_text(N_("Write one time a line, like 2027-06-12 12:00-15:00.")) from None
        if end <= start:
            raise wrong_text(N_("The end comes before the beginning."))
        found.append((dt.datetime.combine(day, start), dt.datetime.combine(day, end)))
    return found


class ActForm(BaseModel):
    """An act. `members` and `available` are given a line each; times are wall times of the city."""

    title: Line
    group_name: OptionalLine = None
    description: OptionalParagraphs = None
    minutes: int = Field(ge=5, le=720)
    people: int = Field(ge=1, le=100_000)
    amplified: bool = False
    contact_email: OptionalEmail = None
    needs: Annotated[list[str], BeforeValidator(_lines)] = []
    members: Annotated[list[str], BeforeValidator(_lines)] = []
    available: Annotated[list[tuple[dt.datetime, dt.datetime]], BeforeValidator(_times)] = []
