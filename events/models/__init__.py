"""The tables of the events room; Tortoise finds them all here."""

from events.models.pictures import Picture, PictureVariant
from events.models.places import Gate, SitePoint, Stage, StageWindow, Venue, VenueHours, Zone
from events.models.programs import (
    Festival,
    FestivalDeadline,
    Occurrence,
    PlanGoal,
    Program,
    ProgramLanguage,
    Series,
    SeriesException,
)
from events.models.schedule import (
    Act,
    ActAvailability,
    ActMember,
    Performance,
    ScheduleOverride,
    SchedulePlan,
    ScheduleStep,
)
from events.models.search import SearchDocument
from events.models.volunteers import VolunteerShift

__all__ = [
    "Act",
    "ActAvailability",
    "ActMember",
    "Festival",
    "FestivalDeadline",
    "Gate",
    "Occurrence",
    "Performance",
    "Picture",
    "PictureVariant",
    "PlanGoal",
    "Program",
    "ProgramLanguage",
    "ScheduleOverride",
    "SchedulePlan",
    "ScheduleStep",
    "SearchDocument",
    "Series",
    "SeriesException",
    "SitePoint",
    "Stage",
    "StageWindow",
    "Venue",
    "VenueHours",
    "VolunteerShift",
    "Zone",
]
