"""Places and festivals as the pages send them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from events.models import Festival, Stage, StageWindow, Venue
from events.planning.forms import Count, Fact, Flag, Key
from events.programme.forms import Clock, LongLine, WallTime
from festival.kit.errors import Invalid
from festival.kit.text import Line, Paragraphs, clean_line, wrong_text
from festival.kit.words import N_, say
from festival.settings import settings

_WORDS: dict[bool | None, str] = {True: "yes", False: "no", None: ""}


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _nations(value: object) -> object:
    """Country codes, by commas or spaces."""
    if not isinstance(value, str):
        return value
    codes = [code for code in re.split(r"[\s,;]+", value.upper()) if code]
    if any(not re.fullmatch(r"[A-Z]{2}|\*", code) for code in codes):
        raise wrong_text(N_("Write country codes of two letters, like MX, ET, NP."))
    return list(dict.fromkeys(codes))


Short = Annotated[str, AfterValidator(clean_line), Field(max_length=80)]
Degrees = Annotated[float, Field(ge=-180, le=180)]
MaybeDegrees = Annotated[Degrees | None, BeforeValidator(_none_if_blank)]


class VenueForm(BaseModel):
    """A place, with what is known about access."""

    name: Line
    address: LongLine = ""
    address_confirmed: Flag = False
    neighborhood: Short = ""
    latitude: MaybeDegrees = None
    longitude: MaybeDegrees = None
    transit: LongLine = ""
    parking: Paragraphs = ""
    step_free: Fact = None
    hearing_loop: Fact = None
    quiet_room: Fact = None
    access_note: LongLine = ""
    several_at_once: Flag = False

    @model_validator(mode="after")
    def _on_earth(self) -> VenueForm:
        if self.latitude is not None and abs(self.latitude) > 90:
            raise wrong_text(N_("A latitude lies between -90 and 90."))
        if (self.latitude is None) != (self.longitude is None):
            raise wrong_text(N_("Give both latitude and longitude, or neither."))
        return self


def venue_values(venue: Venue) -> dict[str, Any]:
    """The values that the form shows of a venue."""
    names = ("name", "address", "neighborhood", "transit", "parking", "access_note")
    facts = ("step_free", "hearing_loop", "quiet_room")
    degrees = {name: "" if getattr(venue, name) is None else getattr(venue, name) for name in ("latitude", "longitude")}
    return {
        **{name: getattr(venue, name) for name in names},
        **{name: _WORDS[getattr(venue, name)] for name in facts},
        **degrees,
        "address_confirmed": "yes" if venue.address_confirmed else "",
        "several_at_once": "yes" if venue.several_at_once else "",
    }


class ZoneForm(BaseModel):
    """A part of a site; `id` names the one that is changed, 0 a new one."""

    id: int = 0
    name: Line
    fire_limit: Count = None


class GateForm(BaseModel):
    """A way in or out of a zone."""

    id: int = 0
    zone: int
    name: Line
    directions: Literal["in", "out", "both"] = "both"


class FestivalForm(BaseModel):
    """One edition of a festival."""

    name: Line
    tagline: Annotated[str, AfterValidator(clean_line), Field(max_length=200)] = ""
    description: Paragraphs = ""
    venue: Key
    starts: WallTime
    ends: WallTime
    expected_attendance: Count = None
    travel_buffer_minutes: Annotated[int, Field(ge=0, le=240)] = 15
    transit: LongLine = ""
    nations: Annotated[list[str], BeforeValidator(_nations), Field(max_length=250)] = []

    def require_order(self) -> None:
        """Raise Invalid where the end is not after the beginning."""
        if self.ends <= self.starts:
            raise Invalid({"ends": say(N_("The end comes before the beginning."))})


def festival_values(festival: Festival) -> dict[str, Any]:
    """The values that the form shows of a festival whose venue is loaded."""
    zone = settings().zone
    names = ("name", "tagline", "description", "travel_buffer_minutes", "transit")
    return {
        **{name: getattr(festival, name) for name in names},
        "venue": festival.venue.slug,
        "starts": f"{festival.starts_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        "ends": f"{festival.ends_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        "expected_attendance": festival.expected_attendance or "",
        "nations": ", ".join(festival.nations),
    }


class StageForm(BaseModel):
    """A stage, its hours on the festival's day, and its changeover; `id` names the one that is changed."""

    id: int = 0
    name: Line
    kind: Annotated[str, AfterValidator(clean_line), Field(max_length=20)] = "stage"
    changeover_minutes: Annotated[int, Field(ge=0, le=240)] = 10
    seats: Count = None
    opens: Annotated[Clock | None, BeforeValidator(_none_if_blank)] = None
    closes: Annotated[Clock | None, BeforeValidator(_none_if_blank)] = None

    def require_order(self) -> None:
        """Raise Invalid where it closes before it opens, or only one of both is said."""
        if (self.opens is None) != (self.closes is None):
            raise Invalid({"closes": say(N_("Say both when it opens and when it closes, or neither."))})
        if self.opens and self.closes and self.closes <= self.opens:
            raise Invalid({"closes": say(N_("The end comes before the beginning."))})


class QuietForm(BaseModel):
    """A time on the festival's day in which nothing may be amplified on a stage."""

    stage: int
    begins: Clock
    ends: Clock

    def require_order(self) -> None:
        """Raise Invalid where it ends before it begins."""
        if self.ends <= self.begins:
            raise Invalid({"ends": say(N_("The end comes before the beginning."))})


def quiet_windows(stage: Stage) -> list[StageWindow]:
    """The quiet times of a stage whose windows are loaded, in order."""
    return sorted((row for row in stage.windows if row.kind == "quiet"), key=lambda row: row.starts_at)


def stage_hours(stage: Stage) -> tuple[str, str]:
    """The first opening hours of a stage whose windows are loaded, as its form shows them."""
    zone = settings().zone
    window = next((row for row in sorted(stage.windows, key=lambda row: row.starts_at) if row.kind == "open"), None)
    if window is None:
        return "", ""
    return f"{window.starts_at.astimezone(zone):%H:%M}", f"{window.ends_at.astimezone(zone):%H:%M}"
