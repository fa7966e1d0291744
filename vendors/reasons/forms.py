"""What the team types about a reason."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from festival.kit.text import Line
from vendors.reasons.rules import Use


class ReasonForm(BaseModel):
    """A reason of one's own. A sentence of at most 99 letters: what the team adds to it needs the rest."""

    text: Annotated[Line, StringConstraints(max_length=99)]
    use: Use = Use.ANY
