"""A supervisor's word."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints

from festival.kit.text import clean_line


class OverrideForm(BaseModel):
    """Why somebody is let in although papers are missing."""

    reason: Annotated[str, AfterValidator(clean_line), StringConstraints(min_length=3, max_length=200)]
