"""The part of a programme file that holds opening hours and volunteers."""

from __future__ import annotations

from pydantic import BaseModel, Field

from events.models import Program, VenueHours, VolunteerShift
from events.overview.forms import Ranges
from events.programme.actions import Loaded
from events.programme.forms import Key, Part
from festival.kit.clock import now
from festival.kit.documents import Document, DocumentWrong, LineError, Place
from festival.kit.text import Line
from festival.kit.words import N_, say

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WeekPart(Part):
    """When a venue is open, like `9:00-17:00`; a day that is left out is closed."""

    mon: Ranges = []
    tue: Ranges = []
    wed: Ranges = []
    thu: Ranges = []
    fri: Ranges = []
    sat: Ranges = []
    sun: Ranges = []


class VolunteersPart(Part):
    """How many volunteers each date of a program needs, and who helps at its first."""

    needed: int = Field(ge=0, le=5000)
    names: list[Line] = []


class OverviewPart(BaseModel):
    """What this room reads of a file."""

    opening_hours: dict[Key, WeekPart] = {}
    volunteers: dict[Key, VolunteersPart] = {}
    venues: list[dict[str, object]] = []
    programs: list[dict[str, object]] = []


def check_overview(document: Document) -> list[LineError]:
    """Everything that is wrong with these parts."""
    try:
        part = document.read(OverviewPart)
    except DocumentWrong as wrong:
        return wrong.errors
    errors: list[LineError] = []
    for name, named, known in (
        ("opening_hours", part.opening_hours, part.venues),
        ("volunteers", part.volunteers, part.programs),
    ):
        ids = {str(one.get("id")) for one in known}
        errors += [_unknown(document, (name, key), key) for key in named if key not in ids]
    return errors


def _unknown(document: Document, place: Place, name: str) -> LineError:
    return document.error(place, say(N_("%(value)s is not named in this file."), value=name))


async def load_overview(document: Document, loaded: Loaded) -> None:
    """Write hours and volunteers. Runs in the caller's transaction."""
    part = document.read(OverviewPart)
    await VenueHours.bulk_create(
        VenueHours(venue_id=loaded.venues[venue], weekday=weekday, opens_minute=opens, closes_minute=closes)
        for venue, week in part.opening_hours.items()
        for weekday, day in enumerate(_DAYS)
        for opens, closes in getattr(week, day)
    )
    shifts: list[VolunteerShift] = []
    for name, volunteers in part.volunteers.items():
        program_id = loaded.programs[name]
        await Program.filter(id=program_id).update(volunteers_needed=volunteers.needed)
        for occurrence in list(loaded.occurrences.get(program_id, ()))[:1]:
            shifts += [
                VolunteerShift(occurrence_id=occurrence.id, name=person, added_at=now()) for person in volunteers.names
            ]
    await VolunteerShift.bulk_create(shifts)
