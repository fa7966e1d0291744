"""What an organizer fills in to make an offer, or to change one while people claim."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from events.programme.forms import WallTime
from events.recurrence.rules import RecurrenceWrong, to_utc
from festival.kit.errors import Invalid
from festival.kit.text import OptionalLine, Paragraphs, clean_line, wrong_text
from festival.kit.words import N_, say
from festival.settings import settings

MOST_PLACES = 1_000_000


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _yes(value: object) -> bool:
    return value in {"yes", True}


def _bands(value: str) -> list[str]:
    bands = list(dict.fromkeys(line for text in value.split("\n") if (line := clean_line(text))))
    if len(bands) > 8 or any(len(band) > 60 for band in bands):
        raise wrong_text(N_("Write at most 8 lines of at most 60 characters."))
    return bands


Ticked = Annotated[bool, BeforeValidator(_yes)]
Places = Annotated[int, Field(ge=0, le=MOST_PLACES)]
OptionalPlaces = Annotated[Annotated[int, Field(ge=1, le=MOST_PLACES)] | None, BeforeValidator(_none_if_blank)]
OptionalMinutes = Annotated[Annotated[int, Field(ge=0, le=600)] | None, BeforeValidator(_none_if_blank)]
OptionalPercent = Annotated[Annotated[int, Field(ge=0, le=95)] | None, BeforeValidator(_none_if_blank)]
OptionalWall = Annotated[WallTime | None, BeforeValidator(_none_if_blank)]
Name = Annotated[str, StringConstraints(max_length=120), AfterValidator(clean_line)]
Code = Annotated[str, StringConstraints(max_length=40), AfterValidator(clean_line)]


def moment_of(name: str, wall: dt.datetime | None) -> dt.datetime | None:
    """A wall time of the city as a moment; raises Invalid at a time that the clock change swallows."""
    try:
        return to_utc(wall, settings().zone) if wall else None
    except RecurrenceWrong:
        raise Invalid({name: say(N_("The clock change leaves this time out."))}) from None


class OfferForm(BaseModel):
    """Everything about an offer that can be changed at any time."""

    name: Name = ""
    capacity: Places
    door: Places = 0
    party_most: int = Field(ge=1, le=255)
    waitlist: Ticked = False
    closed: Ticked = False
    opens: OptionalWall = None
    closes: OptionalWall = None
    gate_from: WallTime
    gate_until: WallTime
    private: Ticked = False
    code: Code = ""
    release_minutes: OptionalMinutes = None
    fire_limit: OptionalPlaces = None
    no_show_percent: OptionalPercent = None
    person_most: OptionalPlaces = None
    household_most: OptionalPlaces = None
    age_bands: Annotated[Paragraphs, AfterValidator(_bands)] = ""
    languages: Ticked = False
    access: Ticked = False
    confirm: Ticked = False
    keep_days: int = Field(30, ge=0, le=3650)
    quota: Annotated[int | None, BeforeValidator(_none_if_blank)] = None
    quota_name: OptionalLine = None
    quota_capacity: OptionalPlaces = None

    def columns(self) -> dict[str, Any]:
        """The same as the columns of an offer; raises Invalid where times are in no order."""
        opens, closes = moment_of("opens", self.opens), moment_of("closes", self.closes)
        begin, end = moment_of("gate_from", self.gate_from), moment_of("gate_until", self.gate_until)
        assert begin is not None  # noqa: S101 - the form needs them
        assert end is not None  # noqa: S101
        wrong = say(N_("This must be after the beginning."))
        if end <= begin:
            raise Invalid({"gate_until": wrong})
        if opens and closes and closes <= opens:
            raise Invalid({"closes": wrong})
        plain = ("name", "capacity", "door", "party_most", "waitlist", "release_minutes", "fire_limit",
                 "no_show_percent", "person_most", "household_most", "confirm", "keep_days")  # fmt: skip
        return {
            **{name: getattr(self, name) for name in plain}, "opens_at": opens, "closes_at": closes,
            "valid_from": begin, "valid_until": end, "state": "closed" if self.closed else "open",
        }  # fmt: skip


class NewOfferForm(BaseModel):
    """An offer for a date, or one for each arrival slot of it."""

    name: Name = ""
    capacity: Places
    party_most: int = Field(10, ge=1, le=255)
    slots_from: OptionalWall = None
    slots_until: OptionalWall = None
    slot_minutes: Annotated[Annotated[int, Field(ge=5, le=720)] | None, BeforeValidator(_none_if_blank)] = None

    def slots(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """When the first slot begins and the last one ends; raises Invalid."""
        return moment_of("slots_from", self.slots_from), moment_of("slots_until", self.slots_until)


class QuestionForm(BaseModel):
    """One question of the organizer's own."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean_line)]
    kind: Literal["text", "choice", "yes_no"] = "text"
    options: Annotated[Paragraphs, AfterValidator(_bands)] = ""
    per_person: Ticked = False
    required: Ticked = False


class RemoveForm(BaseModel):
    """Which question goes."""

    question: int
