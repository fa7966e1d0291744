"""What is typed about a parade or a show."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field


class WalkForm(BaseModel):
    """In which act the groups walk, and how."""

    act: Annotated[int | None, BeforeValidator(lambda value: value or None)] = None
    minutes: int = Field(ge=0, le=600)
    seconds: int = Field(ge=0, le=3600)


class PlaceForm(BaseModel):
    """A group's place in the order."""

    application: int
    position: int = Field(ge=1, le=1000)
