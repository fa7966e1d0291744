"""An occurrence as the JSON API gives it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from events.models import Occurrence
from events.whats_on.queries import Words, event_path, venue_of
from festival.kit.web.api import Answer
from festival.settings import settings


class PlaceAnswer(Answer):
    """Where."""

    id: str
    slug: str
    name: str
    address: str
    step_free: bool | None


class OccurrenceAnswer(Answer):
    """One time that a program takes place. `title_language` tells a text that has no translation yet."""

    id: str
    program_id: str
    slug: str
    title: str
    title_language: str
    area: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    all_day: bool
    state: str
    moved: bool
    reason: str
    place: PlaceAnswer
    languages: list[str]
    free: bool
    fee_cents: int
    register_by: str
    capacity: int | None
    revision: int
    sequence: int
    url: str


def answer_occurrence(
    occurrence: Occurrence, title: Words, languages: Sequence[str], place: str = ""
) -> OccurrenceAnswer:
    """The answer for an occurrence whose program, series and venues are loaded; times in the city's offset.

    `place` is what its venue is called in the reader's language, where that is known.
    """
    zone, program, venue = settings().zone, occurrence.program, venue_of(occurrence)
    return OccurrenceAnswer(
        id=str(occurrence.id), program_id=str(program.id), slug=program.slug, title=title.text,
        title_language=title.language, area=program.area, starts_at=occurrence.starts_at.astimezone(zone),
        ends_at=occurrence.ends_at.astimezone(zone), all_day=occurrence.series.all_day, state=occurrence.state,
        moved=occurrence.moved, reason=occurrence.reason,
        place=PlaceAnswer(
            id=str(venue.id), slug=venue.slug, name=place or venue.name, address=venue.address,
            step_free=venue.step_free,
        ),
        languages=list(languages), free=program.fee_cents == 0, fee_cents=program.fee_cents,
        register_by=program.register_by, capacity=program.capacity, revision=occurrence.revision,
        sequence=occurrence.sequence, url=f"{settings().base_url}{event_path(occurrence)}",
    )  # fmt: skip
