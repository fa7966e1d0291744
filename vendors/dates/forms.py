"""What is typed about the days of a category."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from festival.kit.text import wrong_text
from festival.kit.words import N_
from vendors.dates.rules import weekly


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Places = Annotated[int, Field(ge=0, le=100_000)]
Ids = Annotated[list[Annotated[int, Field(ge=0, lt=2**62)]], BeforeValidator(_list), Field(max_length=400)]


class NewDatesForm(BaseModel):
    """One day, or the same weekday of every week until another day."""

    first: dt.date
    last: Annotated[dt.date | None, BeforeValidator(_none_if_blank)] = None
    places: Places

    @model_validator(mode="after")
    def _in_order(self) -> NewDatesForm:
        if self.last and self.last < self.first:
            raise wrong_text(N_("The end comes before the beginning."))
        return self

    def days(self) -> list[dt.date]:
        """The days that are meant."""
        return weekly(self.first, self.last or self.first)


class PlacesForm(BaseModel):
    """How many places a day has."""

    places: Places


class ChosenForm(BaseModel):
    """Days, by their ids."""

    dates: Ids = []
