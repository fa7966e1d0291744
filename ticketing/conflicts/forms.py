"""What staff write when they settle a conflict."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from festival.kit.text import OptionalLine


class SettleForm(BaseModel):
    """What was found out, if anything is to be said."""

    note: Annotated[OptionalLine, StringConstraints(max_length=200)] = None
