"""The address of a list of events, as filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from events.whats_on.rules import Cursor, Wanted, parse_cursor
from festival.kit.text import clean_line, wrong_text
from festival.kit.web.forms import FormState, field_errors
from festival.kit.words import N_
from festival.settings import settings


def _day(value: object) -> object:
    """A date, or a moment taken to the city's date; "" is none."""
    if isinstance(value, str) and "T" in value:
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            raise wrong_text(N_("Write a date, like 2027-06-12.")) from None
        if moment.tzinfo is None:
            raise wrong_text(N_("Add the offset from UTC, like 2027-06-12T11:00-06:00."))
        return moment.astimezone(settings().zone).date()
    return None if value == "" else value


def _cursor(value: str) -> str:
    if value and parse_cursor(value) is None:
        raise wrong_text(N_("This cursor is not one of ours: begin again without it."))
    return value


Day = Annotated[dt.date | None, BeforeValidator(_day)]
Word = Annotated[str, AfterValidator(clean_line), StringConstraints(max_length=100)]
Flag = Annotated[bool, BeforeValidator(lambda value: value in {"1", "true", "yes", "on", True})]


class ListQuery(BaseModel):
    """What may stand in the address of a list of events; every filter composes with every other."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    since: Day = Field(None, alias="from")
    until: Day = Field(None, alias="to")
    area: Literal["", "cultural", "arts", "sports"] = ""
    language: Word = ""
    place: Word = ""
    q: Word = ""
    free: Flag = False
    accessible: Flag = False
    sign_language: Flag = False
    quiet_room: Flag = False
    hearing_loop: Flag = False
    children: Flag = False
    cursor: Annotated[str, AfterValidator(_cursor)] = ""

    def wanted(self) -> Wanted:
        """The filters."""
        return Wanted(**self.model_dump(exclude={"cursor"}))

    def after(self) -> Cursor | None:
        """Where the page before this one ended."""
        return parse_cursor(self.cursor)


class HomeQuery(ListQuery):
    """What may stand in the address of the home page besides: near what, and whether as a map."""

    near: Word = ""
    view: Literal["", "map"] = ""

    def wanted(self) -> Wanted:
        """The filters, of which `near` still has to be found on the map."""
        return Wanted(**self.model_dump(exclude={"cursor", "near", "view"}))

    def filters(self) -> dict[str, str]:
        """The filters as they stand in an address; flags as `yes`."""
        values = self.model_dump(by_alias=True, exclude={"cursor"}, exclude_defaults=True)
        return {name: "yes" if value is True else str(value) for name, value in values.items()}


def read_home_query(values: Mapping[str, Any]) -> tuple[HomeQuery, FormState]:
    """The filters of an address, and the form that shows them; what cannot be read is left out and named."""
    try:
        return HomeQuery.model_validate(dict(values)), FormState(values)
    except ValidationError as error:
        wrong = field_errors(error)
        kept = {name: value for name, value in values.items() if name not in wrong}
        return HomeQuery.model_validate(kept), FormState(values, wrong)
