"""Reads: a program with its dates; a fixed number of queries, however many dates there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields

from tortoise.expressions import Q

from events.models import Occurrence, Performance, Program, Venue
from events.recurrence.rules import parse_wall
from events.whats_on.queries import (
    PUBLIC_STATES,
    Listed,
    Words,
    list_spoken,
    name_areas,
    put_words,
    venue_of,
    venue_words,
)
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import reading_order
from festival.kit.words import N_, Message, say
from festival.organisation.queries import list_texts_of
from festival.settings import settings

_MOST_DATES = 1200
_LOOKED_THROUGH, _MOST_RELATED = 40, 4


@dataclass(frozen=True)
class PlaceWords:
    """What the place of the date shown is called, how to get there, where to park, its access in words."""

    name: Words
    transit: Words
    parking: Words
    access_note: Words


@dataclass(frozen=True)
class Event:
    """A program with its dates, one of which is the one shown."""

    program: Program
    title: Words
    summary: Words
    description: Words
    bring: Words
    access_note: Words
    place: PlaceWords
    languages: Sequence[str]
    shown: Occurrence | None
    others: Sequence[Occurrence]
    area_name: str
    related: Sequence[Listed]
    acts: Sequence[Performance]

    @property
    def venue(self) -> Venue:
        """Where the date shown takes place."""
        return venue_of(self.shown) if self.shown else self.program.venue

    @property
    def moved_from(self) -> dt.datetime | None:
        """The moment that the rule gave to a date that is now at another one."""
        if self.shown is None or not self.shown.moved:
            return None
        planned = parse_wall(self.shown.original_local)
        zone = settings().zone
        moment = planned if isinstance(planned, dt.datetime) else dt.datetime.combine(planned, dt.time())
        aware = moment.replace(tzinfo=zone)
        return aware if aware != self.shown.starts_at else None

    @property
    def has_new_place(self) -> bool:
        """Whether the date shown is somewhere else than the program's other dates."""
        return self.shown is not None and self.shown.moved and self.shown.venue_id is not None

    def access(self) -> list[tuple[Message, bool]]:
        """What is known about access: the program's own word, or else its venue's."""
        program, venue = self.program, self.venue
        known = [
            (N_("Step-free"), N_("Not step-free"), program.step_free, venue.step_free),
            (N_("Hearing loop"), N_("No hearing loop"), program.hearing_loop, venue.hearing_loop),
            (N_("Quiet room"), N_("No quiet room"), program.quiet_room, venue.quiet_room),
            (N_("Sign language"), N_("No sign language"), program.sign_language, None),
        ]
        found: list[tuple[Message, bool]] = []
        for yes, no, own, its_venue in known:
            fact = its_venue if own is None else own
            if fact is not None:
                found.append((say(yes if fact else no), fact))
        return found


async def get_event(slug: str, on: int | None = None, states: Sequence[str] = PUBLIC_STATES) -> Event:
    """The program at `slug` and its date `on`, or else its next one; raises NotFound. Five queries, six with acts."""
    program = await Program.get_or_none(slug=slug, state__in=list(states)).select_related("venue", "festival")
    if program is None:
        raise NotFound
    dates = await (
        Occurrence.filter(program_id=program.id)
        .select_related("venue", "series", "program__venue")
        .order_by("starts_at", "id")
        .limit(_MOST_DATES)
    )
    shown = choose_date(dates, on, now())
    if on is not None and shown is None:
        raise NotFound
    related = await _list_related(program)
    venue = venue_of(shown) if shown else program.venue
    subjects = {
        "program": {program.id, *(one.program_id for one in related)}, "area": {0},
        "venue": {venue.id, *(venue_of(one).id for one in related)},
    }  # fmt: skip
    texts = await list_texts_of(subjects, *reading_order())
    spoken = await list_spoken(subjects["program"])
    words, places = texts["program"], texts["venue"]
    return Event(
        program,
        put_words(words, program, "title"),
        put_words(words, program, "summary"),
        put_words(words, program, "description"),
        put_words(words, program, "bring"),
        put_words(words, program, "access_note"),
        PlaceWords(*(venue_words(places, venue, field.name) for field in fields(PlaceWords))),
        spoken.get(program.id, []),
        shown,
        [date for date in dates if date.ends_at >= now() and date is not shown],
        name_areas(texts["area"])[program.area],
        [
            Listed(
                one, put_words(words, one.program, "title"), put_words(words, one.program, "summary"),
                spoken.get(one.program_id, []), venue_words(places, venue_of(one)),
            )
            for one in related
        ],
        await _list_acts(program),
    )  # fmt: skip


async def _list_related(program: Program) -> list[Occurrence]:
    """The next dates of other programs at the same place or of the same area, one of each program."""
    rows = await (
        Occurrence.filter(
            Q(program__venue_id=program.venue_id) | Q(program__area=program.area),
            starts_at__gte=now(), state="scheduled", program__state="published",
        )
        .exclude(program_id=program.id)
        .select_related("program__venue", "venue", "series")
        .order_by("starts_at", "id")
        .limit(_LOOKED_THROUGH)
    )  # fmt: skip
    first: dict[int, Occurrence] = {}
    for row in rows:
        first.setdefault(row.program_id, row)
    return list(first.values())[:_MOST_RELATED]


async def _list_acts(program: Program) -> list[Performance]:
    """Who performs, where the program is a festival's."""
    if program.festival_id is None:
        return []
    performances = Performance.filter(plan__festival_id=program.festival_id, plan__state="published", state="scheduled")
    return await performances.select_related("act").order_by("starts_at", "id")


def choose_date(dates: Sequence[Occurrence], on: int | None, at: dt.datetime) -> Occurrence | None:
    """The date asked for; without one the next that takes place, else the next, else the last."""
    if on is not None:
        return next((date for date in dates if date.id == on), None)
    coming = [date for date in dates if date.ends_at >= at]
    held = [date for date in coming if date.state == "scheduled"]
    return next(iter(held or coming or dates[-1:]), None)
