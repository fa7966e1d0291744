"""Reads: what is on, an event, a festival; a fixed number of queries each, whatever the size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from tortoise.expressions import Q, Subquery

from events.models import (
    Festival,
    Occurrence,
    Performance,
    Program,
    ProgramLanguage,
    Stage,
    StageWindow,
    Venue,
)
from events.recurrence.rules import parse_wall
from events.whats_on.rules import PAGE, Cursor, Wanted, day_start
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import current_language, gettext
from festival.kit.words import N_, Message, say
from festival.organisation.models import Translation
from festival.organisation.queries import Texts, list_texts
from festival.settings import settings

PUBLIC_STATES = ("published", "postponed", "cancelled")
AREAS = {"cultural": N_("Cultural programs"), "arts": N_("Arts programs"), "sports": N_("Sports programs")}
_MOST_DATES = 1200


@dataclass(frozen=True)
class Words:
    """A text that somebody wrote, and the language it is in."""

    text: str
    language: str

    @property
    def other_language(self) -> str:
        """The language if it is not the page's own, for the `lang` attribute; else ""."""
        return self.language if self.language != current_language() else ""


@dataclass(frozen=True)
class Listed:
    """One occurrence in a list, with what is shown of it."""

    occurrence: Occurrence
    title: Words
    summary: Words
    languages: Sequence[str]

    @property
    def program(self) -> Program:
        """What it is an occurrence of."""
        return self.occurrence.program

    @property
    def venue(self) -> Venue:
        """Where it takes place."""
        return venue_of(self.occurrence)

    @property
    def all_day(self) -> bool:
        """Whether it is counted in days."""
        return self.occurrence.series.all_day

    @property
    def path(self) -> str:
        """The address of its page."""
        return event_path(self.occurrence)


@dataclass(frozen=True)
class Page:
    """A part of a list, and where the next begins."""

    items: Sequence[Listed]
    next: Cursor | None


def venue_of(occurrence: Occurrence) -> Venue:
    """Where an occurrence takes place: its own venue, or else its program's."""
    return occurrence.venue or occurrence.program.venue


def event_path(occurrence: Occurrence) -> str:
    """The address of an occurrence's page, without a language prefix."""
    return f"/events/{occurrence.program.slug}?on={occurrence.id}"


def put_words(texts: Texts, row: Program | Festival, field: str, original: str = "en") -> Words:
    """A text of `row` in the reader's language, or else as it was written."""
    translated = texts.get((row.id, field))
    if translated:
        return Words(translated, current_language())
    return Words(str(getattr(row, field)), row.language if isinstance(row, Program) else original)


async def list_occurrences(wanted: Wanted, after: Cursor | None = None, most: int = PAGE) -> Page:
    """What is on as `wanted`, by time, `most` at a time. Four queries."""
    query = Occurrence.filter(_matches(wanted), program__state__in=PUBLIC_STATES)
    for word in wanted.words:
        query = query.filter(await _has_word(word))
    if after:
        query = query.filter(Q(starts_at__gt=after.starts_at) | Q(starts_at=after.starts_at, id__gt=after.id))
    rows = await query.select_related("program__venue", "venue", "series").order_by("starts_at", "id").limit(most + 1)
    shown = rows[:most]
    ids = {row.program_id for row in shown}
    texts = await list_texts("program", ids, current_language())
    spoken = await list_spoken(ids)
    items = [
        Listed(
            row,
            Words(row.title, row.program.language) if row.title else put_words(texts, row.program, "title"),
            put_words(texts, row.program, "summary"),
            spoken.get(row.program_id, []),
        )
        for row in shown
    ]
    more = len(rows) > most
    return Page(items, Cursor(shown[-1].starts_at, shown[-1].id) if more else None)


def _matches(wanted: Wanted) -> Q:
    zone = settings().zone
    found = Q(ends_at__gte=day_start(wanted.since, zone) if wanted.since else now())
    if wanted.until:
        found &= Q(starts_at__lt=day_start(wanted.until + dt.timedelta(days=1), zone))
    if wanted.area:
        found &= Q(program__area=wanted.area)
    if wanted.language:
        speaking = ProgramLanguage.filter(language=wanted.language).values("program_id")
        found &= Q(program_id__in=Subquery(speaking))
    if wanted.place:
        found &= Q(venue__slug=wanted.place) | Q(venue_id__isnull=True, program__venue__slug=wanted.place)
    if wanted.free:
        found &= Q(program__fee_cents=0)
    if wanted.children:
        found &= Q(program__for_children=True)
    if wanted.accessible:
        own = Q(program__step_free__isnull=True) & (
            Q(venue__step_free=True) | Q(venue_id__isnull=True, program__venue__step_free=True)
        )
        found &= Q(program__step_free=True) | own
    return found


async def _has_word(word: str) -> Q:
    translated = Translation.filter(kind="program", text__icontains=word).values("object_id")
    return (
        Q(program__title__icontains=word)
        | Q(title__icontains=word)
        | Q(program__summary__icontains=word)
        | Q(program__description__icontains=word)
        | Q(program__venue__name__icontains=word)
        | Q(program_id__in=Subquery(translated))
    )


async def list_spoken(program_ids: Iterable[int]) -> dict[int, list[str]]:
    """The languages spoken at each program."""
    found: dict[int, list[str]] = {}
    rows = await ProgramLanguage.filter(program_id__in=list(program_ids)).order_by("id")
    for row in rows:
        found.setdefault(row.program_id, []).append(row.language)
    return found


async def list_area_names() -> dict[str, str]:
    """The three areas in the reader's language."""
    texts = await list_texts("area", [0], current_language())
    return {area: texts.get((0, area)) or gettext(name) for area, name in AREAS.items()}


async def list_places() -> list[Venue]:
    """The venues at which a public program takes place, by name."""
    used = Program.filter(state__in=PUBLIC_STATES).values("venue_id")
    return await Venue.filter(id__in=Subquery(used)).order_by("name")


async def list_languages() -> list[str]:
    """Every language spoken at a public program."""
    rows = ProgramLanguage.filter(program__state__in=PUBLIC_STATES).distinct().values_list("language", flat=True)
    return sorted(cast(list[str], await rows))


# ---------------------------------------------------------------- an event


@dataclass(frozen=True)
class Event:
    """A program with its dates, one of which is the one shown."""

    program: Program
    title: Words
    summary: Words
    description: Words
    bring: Words
    languages: Sequence[str]
    shown: Occurrence | None
    others: Sequence[Occurrence]
    area_name: str

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


async def get_event(slug: str, on: int | None = None) -> Event:
    """The program at `slug` and its date `on`, or else its next one; raises NotFound. Five queries."""
    program = await Program.get_or_none(slug=slug, state__in=PUBLIC_STATES).select_related("venue", "festival")
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
    texts = await list_texts("program", [program.id], current_language())
    spoken = await list_spoken([program.id])
    areas = await list_area_names()
    return Event(
        program,
        put_words(texts, program, "title"),
        put_words(texts, program, "summary"),
        put_words(texts, program, "description"),
        put_words(texts, program, "bring"),
        spoken.get(program.id, []),
        shown,
        [date for date in dates if date.ends_at >= now() and date is not shown],
        areas[program.area],
    )


def choose_date(dates: Sequence[Occurrence], on: int | None, at: dt.datetime) -> Occurrence | None:
    """The date asked for; without one the next that takes place, else the next, else the last."""
    if on is not None:
        return next((date for date in dates if date.id == on), None)
    coming = [date for date in dates if date.ends_at >= at]
    held = [date for date in coming if date.state == "scheduled"]
    return next(iter(held or coming or dates[-1:]), None)


# ---------------------------------------------------------------- a festival


@dataclass(frozen=True)
class FestivalDay:
    """A festival with its published schedule."""

    festival: Festival
    name: Words
    tagline: Words
    description: Words
    stages: Sequence[Stage]
    windows: Sequence[StageWindow]
    slots: Sequence[Performance]
    admission: Occurrence | None

    @property
    def opens_at(self) -> dt.datetime:
        """When the first stage opens."""
        opening = [window.starts_at for window in self.windows if window.kind == "open"]
        return min([*opening, *(slot.starts_at for slot in self.slots)], default=self.festival.starts_at)

    @property
    def closes_at(self) -> dt.datetime:
        """When the last set ends."""
        return max((slot.ends_at for slot in self.slots), default=self.festival.ends_at)

    def now_and_next(self, at: dt.datetime) -> list[tuple[Stage, Performance | None, Performance | None]]:
        """For each stage what is on at `at` and what follows; empty unless the festival is on."""
        if not self.opens_at - dt.timedelta(hours=2) <= at < self.festival.ends_at:
            return []
        found: list[tuple[Stage, Performance | None, Performance | None]] = []
        for stage in self.stages:
            mine = [slot for slot in self.slots if slot.stage_id == stage.id and slot.state == "scheduled"]
            current = next((slot for slot in mine if slot.starts_at <= at < slot.ends_at), None)
            following = next((slot for slot in mine if slot.starts_at > at), None)
            found.append((stage, current, following))
        return found


async def find_current_festival() -> Festival | None:
    """The festival that is on or comes next; after the last one, the last."""
    festivals = Festival.filter(state="published").select_related("venue")
    return await festivals.filter(ends_at__gte=now()).order_by("starts_at").first() or (
        await festivals.order_by("-starts_at").first()
    )


async def list_festival_texts(festival: Festival) -> tuple[Words, Words, Words]:
    """Name, tagline and description in the reader's language."""
    texts = await list_texts("festival", [festival.id], current_language())
    return (
        put_words(texts, festival, "name"),
        put_words(texts, festival, "tagline"),
        put_words(texts, festival, "description"),
    )


async def get_festival_day(slug: str) -> FestivalDay:
    """The public festival at `slug` with its schedule; raises NotFound. Six queries."""
    festival = await Festival.get_or_none(slug=slug, state__in=("published", "cancelled", "archived")).select_related(
        "venue"
    )
    if festival is None:
        raise NotFound
    name, tagline, description = await list_festival_texts(festival)
    stages = await Stage.filter(festival_id=festival.id).select_related("venue").order_by("position", "id")
    windows = await StageWindow.filter(stage__festival_id=festival.id).order_by("starts_at")
    slots = await (
        Performance.filter(plan__festival_id=festival.id, plan__state="published")
        .select_related("act", "stage")
        .order_by("starts_at", "stage__position")
    )
    admission = await (
        Occurrence.filter(program__festival_id=festival.id, program__state__in=PUBLIC_STATES)
        .select_related("program__venue", "venue", "series")
        .order_by("starts_at")
        .first()
    )
    return FestivalDay(festival, name, tagline, description, stages, windows, slots, admission)
