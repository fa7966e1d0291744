"""The events part of a programme file, read whole: every part typed, every reference checked, errors by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from events.programme.forms import AreaNames, FestivalPart, GoalPart, OrganisationPart, ProgramPart, VenuePart
from events.recurrence.rules import Planned, RecurrenceWrong, plan_series, to_utc
from festival.kit.documents import Document, DocumentWrong, LineError, Place
from festival.kit.words import N_, say
from festival.settings import settings

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class PlannedProgram:
    """A program and every time that it takes place."""

    part: ProgramPart
    times: Sequence[Planned]


@dataclass(frozen=True)
class Programme:
    """The events part of a file, found right."""

    zone: ZoneInfo
    organisation: OrganisationPart
    venues: Sequence[VenuePart]
    festival: FestivalPart
    programs: Sequence[PlannedProgram]
    areas: AreaNames
    goals: Sequence[GoalPart] = ()


def check_programme(document: Document) -> list[LineError]:
    """Everything that is wrong with the events part of `document`."""
    try:
        read_programme(document)
    except DocumentWrong as wrong:
        return wrong.errors
    return []


def read_programme(document: Document) -> Programme:
    """The events part of `document`; raises DocumentWrong with every error by its line."""
    reader = _Reader(document)
    zone = reader.zone()
    organisation = reader.one(OrganisationPart, ("organisation",))
    venues = reader.many(VenuePart, ("venues",))
    festival = reader.one(FestivalPart, ("festival",))
    programs = reader.many(ProgramPart, ("programs",))
    areas = reader.one(AreaNames, ("translations",))
    goals = (
        reader.many(GoalPart, ("goals",)) if isinstance(document.value, Mapping) and "goals" in document.value else []
    )
    planned = [PlannedProgram(part, reader.times(place, part, zone)) for place, part in programs]
    places = {part.id for _, part in venues}
    for place, part in programs:
        reader.known(place, "venue", part.venue, places)
        if part.festival and festival:
            reader.known(place, "festival", part.festival, {festival.id})
    if festival:
        reader.festival(festival, places, zone)
    reader.unique(venues)
    reader.unique(programs)
    reader.unique(goals)
    if reader.errors or not (organisation and festival and areas):
        raise DocumentWrong(reader.errors)
    return Programme(
        zone, organisation, [part for _, part in venues], festival, planned, areas, [part for _, part in goals]
    )


class _Reader:
    """Reads part after part and keeps every error."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.errors: list[LineError] = []

    def one(self, model: type[Model], place: Place) -> Model | None:
        try:
            return self.document.read(model, place)
        except DocumentWrong as wrong:
            self.errors += wrong.errors
            return None

    def many(self, model: type[Model], place: Place) -> list[tuple[Place, Model]]:
        listed: Any = None
        if isinstance(self.document.value, Mapping):
            listed = cast(Mapping[str, Any], self.document.value).get(str(place[0]))
        if not isinstance(listed, list):
            self.errors.append(self.document.error(place, say(N_("Send a list here."))))
            return []
        places: Iterable[Place] = ((*place, index) for index in range(len(cast(list[Any], listed))))
        return [(at, part) for at in places if (part := self.one(model, at)) is not None]

    def zone(self) -> ZoneInfo:
        """The city's zone; a file for another one would put every event at a wrong time."""
        chosen = settings()
        try:
            named = self.document.value["meta"]["tz"]
        except (KeyError, TypeError):
            named = None
        if named != chosen.time_zone:
            sentence = N_("This must be %(zone)s, as FESTIVAL_TIME_ZONE says.")
            self.errors.append(self.document.error(("meta", "tz"), say(sentence, zone=chosen.time_zone)))
        return chosen.zone

    def known(self, place: Place, name: str, value: str, among: set[str]) -> None:
        if value not in among:
            sentence = N_("%(value)s is not named in this file.")
            self.errors.append(self.document.error((*place, name), say(sentence, value=value)))

    def unique(self, parts: Iterable[tuple[Place, Any]]) -> None:
        seen: set[str] = set()
        for place, part in parts:
            if part.id in seen:
                sentence = N_("%(value)s stands in this file twice.")
                self.errors.append(self.document.error((*place, "id"), say(sentence, value=part.id)))
            seen.add(part.id)

    def times(self, place: Place, part: ProgramPart, zone: ZoneInfo) -> list[Planned]:
        try:
            return plan_series(part.timing(zone), part.exceptions())
        except RecurrenceWrong as wrong:
            self.errors.append(self.document.error((*place, "rrule"), wrong.words))
            return []

    def festival(self, festival: FestivalPart, places: set[str], zone: ZoneInfo) -> None:
        here: Place = ("festival",)
        self.known(here, "venue", festival.venue, places)
        for name in ("starts", "ends"):
            try:
                to_utc(getattr(festival, name), zone)
            except RecurrenceWrong as wrong:
                self.errors.append(self.document.error((*here, name), wrong.words))
        for index, stage in enumerate(festival.stages):
            if stage.venue:
                self.known((*here, "stages", index), "venue", stage.venue, places)
        stages = {stage.id for stage in festival.stages}
        for index, performance in enumerate(festival.performances):
            self.known((*here, "performances", index), "stage", performance.stage, stages)
        for name in ("zones", "stages", "performances", "fixed_points"):
            self.unique(((*here, name, index), part) for index, part in enumerate(getattr(festival, name)))
        gates = [
            ((*here, "zones", index, "gates", number), gate)
            for index, zone_part in enumerate(festival.zones)
            for number, gate in enumerate(zone_part.gates)
        ]
        self.unique(gates)
