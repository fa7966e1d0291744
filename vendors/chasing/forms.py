"""What the team types about a deadline."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel

from festival.kit.text import Line


class DeadlineForm(BaseModel):
    """A date, and what is due on it."""

    title: Line
    due_on: dt.date
