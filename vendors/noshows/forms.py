"""What the team ticks."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class TickedForm(BaseModel):
    """Names, by their receipts."""

    ticked: Annotated[list[Annotated[str, StringConstraints(max_length=20)]], BeforeValidator(_as_list)] = Field(
        default=[], max_length=500
    )
