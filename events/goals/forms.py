"""A goal as the page sends it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from events.planning.forms import Count
from festival.kit.text import Line


class GoalForm(BaseModel):
    """What is to be reached in which year; `id` names the goal that is changed, 0 a new one."""

    id: int = 0
    title: Line
    year: Annotated[int, Field(ge=2000, le=2100)]
    target_programs: Count = None
    target_attendance: Count = None
