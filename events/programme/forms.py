"""The parts of a programme file that are about events, as untrusted input; `reading.py` reads them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from events.recurrence.rules import Exceptions, Timing, parse_wall
from festival.kit.text import Line, Paragraphs, ShortLine, clean_line, wrong_text
from festival.kit.words import N_


def _wall(value: object) -> object:
    try:
        return parse_wall(str(value))
    except ValueError:
        raise wrong_text(N_("Write a wall time like 2027-06-12T11:00, or a date where it lasts all day.")) from None


def _wall_time(value: object) -> object:
    found = _wall(value)
    if not isinstance(found, dt.datetime):
        raise wrong_text(N_("Write a wall time like 2027-06-12T11:00."))
    return found


def _clock(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise wrong_text(N_("Write a time of day like '09:30', in quotation marks."))
    return dt.time.fromisoformat(value)


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", value):
        raise wrong_text(N_("Write a language code like en, so or zh-Hans."))
    return value


Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$")]
Wall = Annotated[dt.datetime | dt.date, BeforeValidator(_wall)]
WallTime = Annotated[dt.datetime, BeforeValidator(_wall_time)]
Clock = Annotated[dt.time, BeforeValidator(_clock)]
Language = Annotated[str, AfterValidator(_language)]
LongLine = Annotated[str, AfterValidator(clean_line), StringConstraints(max_length=300)]
Cents = Annotated[int, Field(ge=0, le=100_000_000)]
People = Annotated[int, Field(ge=1, le=1_000_000)]
Nation = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|\*)$")]
TextField = Literal[
    "name", "title", "tagline", "summary", "description", "bring", "access_note", "transit", "parking"
]  # fmt: skip
Texts = dict[Language, dict[TextField, Paragraphs]]
Postcode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9A-Z -]{2,9}$")]
Degrees = Annotated[float, Field(ge=-180, le=180)]


class Part(BaseModel):
    """One part of the file; a misspelt name is an error, not silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganisationPart(Part):
    """The office that runs the festival."""

    name: Line
    tagline: Line = ""
    language: Language = "en"
    contact_email: LongLine = ""
    contact_phone: ShortLine = ""
    address: LongLine = ""
    postcodes: dict[Postcode, tuple[Degrees, Degrees]] = {}


class VenuePart(Part):
    """A place; an access fact that nobody has checked is left out."""

    id: Key
    name: Line
    address: LongLine = ""
    address_ok: bool = False
    neighborhood: ShortLine = ""
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    transit: LongLine = ""
    parking: Paragraphs = ""
    step_free: bool | None = None
    hearing_loop: bool | None = None
    quiet_room: bool | None = None
    access_note: LongLine = ""
    several_at_once: bool = False
    # Its texts in other languages, by field.
    texts: Texts = {}


class GatePart(Part):
    """A way in or out of a zone."""

    id: Key
    name: Line
    directions: Literal["in", "out", "both"] = "both"


class ZonePart(Part):
    """A part of the festival's site whose people are counted."""

    id: Key
    name: Line
    fire_limit: People | None = None
    gates: list[GatePart] = Field(min_length=1)


class StagePart(Part):
    """A stage, its hours on the festival's day, and when it must be quiet."""

    id: Key
    name: Line
    kind: Key = "stage"
    venue: Key | None = None
    changeover_min: int = Field(10, ge=0, le=240)
    stage_ft: tuple[int, int] | None = None
    power: ShortLine = ""
    sound: LongLine = ""
    seats: People | None = None
    opens: Clock
    closes: Clock
    quiet: list[tuple[Clock, Clock]] = []

    @model_validator(mode="after")
    def _in_order(self) -> StagePart:
        if any(end <= start for start, end in [(self.opens, self.closes), *self.quiet]):
            raise wrong_text(N_("The end comes before the beginning."))
        return self


class PerformancePart(Part):
    """An act and its time on a stage."""

    id: Key
    stage: Key
    start: Clock
    end: Clock
    title: Line
    description: Paragraphs = ""
    kind: ShortLine = ""
    nations: list[Nation] = []
    people: People = 1
    languages: list[Language] = []
    needs: list[Line] = []
    amplified: bool = True
    changeover_before: int | None = Field(None, ge=0, le=240)
    capacity: People | None = None
    qr_ticket: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> PerformancePart:
        if self.end <= self.start:
            raise wrong_text(N_("The end comes before the beginning."))
        return self


class DeadlinePart(Part):
    """A paper that the city owes, so many days from the festival."""

    what: Line
    offset_days: int = Field(ge=-1000, le=1000)
    basis: str = ""


class PointPart(Part):
    """A fixed point of the site map, in feet from its origin."""

    id: Annotated[Key, StringConstraints(max_length=20)]
    at_ft: tuple[float, float]
    name: Line


class FestivalPart(Part):
    """The festival. The keys of other rooms (categories, booths and so on) are read by those rooms."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Key
    name: Line
    tagline: Line = ""
    description: Paragraphs = ""
    texts: Texts = {}
    venue: Key
    starts: WallTime
    ends: WallTime
    expected_attendance: People | None = None
    travel_buffer_min: int = Field(15, ge=0, le=240)
    transit: LongLine = ""
    parking: list[Line] = []
    parade_delegations: list[Nation] = []
    external_deadlines: list[DeadlinePart] = []
    zones: list[ZonePart] = []
    stages: list[StagePart] = []
    performances: list[PerformancePart] = []
    fixed_points: list[PointPart] = []

    @model_validator(mode="after")
    def _in_order(self) -> FestivalPart:
        if self.ends <= self.starts:
            raise wrong_text(N_("The end comes before the beginning."))
        return self


class MovedPart(Part):
    """A date of a series that takes place at another time."""

    since: Wall = Field(alias="from")
    to: WallTime


def _plain_date(value: dt.datetime | dt.date) -> dt.date:
    if isinstance(value, dt.datetime):
        raise wrong_text(N_("Write a date, like 2027-06-12."))
    return value


Day = Annotated[Wall, AfterValidator(_plain_date)]


class ProgramPart(Part):
    """A program: what, where, and when by a rule or once."""

    id: Key
    title: Line
    summary: LongLine = ""
    description: Paragraphs = ""
    bring: Paragraphs = ""
    language: Language = "en"
    texts: Texts = {}
    area: Literal["cultural", "arts", "sports"]
    venue: Key
    festival: Key | None = None
    start: Wall
    minutes: int | None = Field(None, ge=1, le=7 * 24 * 60)
    all_day: bool = False
    end: Day | None = None
    rrule: Annotated[str, StringConstraints(max_length=300)] = ""
    exdate: list[Day] = []
    moved: list[MovedPart] = []
    cancelled: list[Day] = []
    rain_date: Day | None = None
    register_until: Day | None = Field(None, alias="register_by")
    register_by: Literal["none", "qr", "paid", "apply", "invite"] = Field("none", alias="register")
    fee: Cents = 0
    fee_resident: Cents | None = None
    fee_min: Cents | None = None
    fee_min_resident: Cents | None = None
    vendor_fee: dict[Key, Cents] = {}
    unit: ShortLine | None = None
    capacity: People | None = None
    expected: People | None = None
    languages: list[Language] = ["en"]
    online: bool = False
    for_children: bool = False
    step_free: bool | None = None
    sign_language: bool | None = None
    quiet_room: bool | None = None
    hearing_loop: bool | None = None
    access: LongLine = ""
    note: LongLine = ""
    basis: str = ""

    @model_validator(mode="after")
    def _whole(self) -> ProgramPart:
        if self.all_day == isinstance(self.start, dt.datetime):
            raise wrong_text(N_("What lasts all day begins with a date; anything else with a date and a time."))
        if self.all_day == (self.minutes is not None):
            raise wrong_text(N_("Say how many minutes it lasts; for what lasts all day, say none."))
        if self.end and (not self.all_day or self.end < cast(dt.date, self.start)):
            raise wrong_text(N_("An end is for what lasts all day, and comes after the beginning."))
        return self

    def timing(self, zone: ZoneInfo) -> Timing:
        """When it takes place."""
        return Timing(zone, self.start, self.minutes or 0, self.end, self.rrule)

    def exceptions(self) -> Exceptions:
        """What differs from the rule."""
        moved = {_date_of(part.since): part.to for part in self.moved}
        return Exceptions(frozenset(self.exdate), moved, frozenset(self.cancelled))

    def facts(self) -> dict[str, Any]:
        """What has no column of its own, as JSON values."""
        found = {
            "rain_date": self.rain_date.isoformat() if self.rain_date else None,
            "register_until": self.register_until.isoformat() if self.register_until else None,
            "fee_min_cents": self.fee_min,
            "fee_min_resident_cents": self.fee_min_resident,
            "vendor_fee_cents": self.vendor_fee or None,
            "unit": self.unit,
            "basis": self.basis or None,
        }
        return {name: value for name, value in found.items() if value is not None}


class GoalPart(Part):
    """A goal of the strategic plan, and the areas whose programs serve it."""

    id: Key
    title: Line
    year: int = Field(ge=2000, le=2100)
    areas: list[Literal["cultural", "arts", "sports"]] = []
    programs: People | None = None
    people: People | None = None


class AreaNames(BaseModel):
    """The names of the three areas, by language; other rooms read the rest of the translations."""

    cultural: dict[Language, ShortLine] = {}
    arts: dict[Language, ShortLine] = {}
    sports: dict[Language, ShortLine] = {}


def _date_of(wall: dt.datetime | dt.date) -> dt.date:
    return wall.date() if isinstance(wall, dt.datetime) else wall
