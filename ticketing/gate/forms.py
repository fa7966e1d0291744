"""What the office types about gates and phones."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from festival.kit.text import ShortLine
from festival.kit.web.api import Body


class CodeForm(BaseModel):
    """A new enrolment code: whose phone it is, which ways it lets people, for how many hours."""

    name: ShortLine
    directions: Literal["both", "in", "out"] = "both"
    hours: Annotated[int, Field(ge=1, le=336)] = 18


class DeviceForm(BaseModel):
    """A phone's new name and gate."""

    name: ShortLine
    gate_id: int


class EnrolBody(Body):
    """The code that a phone was shown."""

    code: Annotated[str, StringConstraints(min_length=4, max_length=40)]


class ReportQuery(Body):
    """What a phone tells about itself when it asks for news: percent, scans that wait, the app's version."""

    battery: Annotated[int, Field(ge=0, le=100)] | None = None
    waiting: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    version: Annotated[str, StringConstraints(max_length=40)] | None = None
