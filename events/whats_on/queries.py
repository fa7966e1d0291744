"""Reads: what is on, and what the home page shows around it; a fixed number of queries, whatever the size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from events.models import Festival, Occurrence, Program, ProgramLanguage, Venue
from events.search.actions import search_for
from events.whats_on.rules import PAGE, Cursor, Wanted, day_start
from festival.kit.clock import now
from festival.kit.i18n import current_language, gettext, reading_order
from festival.kit.languages import DEFAULT
from festival.kit.words import N_
from festival.organisation.queries import Text, Texts, list_texts, list_texts_of
from festival.settings import settings

PUBLIC_STATES = ("published", "postponed", "cancelled")
AREAS = {"cultural": N_("Cultural programs"), "arts": N_("Arts programs"), "sports": N_("Sports programs")}
_MOST_FESTIVALS = 50


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
    # What the place is called.
    place: Words

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
    return choose_words(
        texts.get((row.id, field)), str(getattr(row, field)), row.language if isinstance(row, Program) else original
    )


def venue_words(texts: Texts, venue: Venue, field: str = "name") -> Words:
    """A text of a place in the reader's language, or else as the office wrote it."""
    return choose_words(texts.get((venue.id, field)), str(getattr(venue, field)), DEFAULT)


def choose_words(translated: Text | None, written: str, language: str) -> Words:
    """A translation, or the text as it was written where the reader would rather read that."""
    order = reading_order()
    if not translated or (language in order and order.index(language) <= order.index(translated.language)):
        return Words(written, language)
    return Words(translated, translated.language)


async def list_occurrences(wanted: Wanted, after: Cursor | None = None, most: int = PAGE) -> Page:
    """What is on as `wanted`, by time, `most` at a time. Three queries, and two more to search."""
    rows = await _list_rows(wanted, after, most)
    ids = {row.program_id for row in rows}
    subjects = {"program": ids, "venue": {venue_of(row).id for row in rows}}
    return _page(rows, most, await list_texts_of(subjects, *reading_order()), await list_spoken(ids))


async def _list_rows(wanted: Wanted, after: Cursor | None, most: int) -> list[Occurrence]:
    """One row more than `most`, where there is one."""
    query = await _query(wanted)
    if after:
        query = query.filter(Q(starts_at__gt=after.starts_at) | Q(starts_at=after.starts_at, id__gt=after.id))
    return await query.select_related("program__venue", "venue", "series").order_by("starts_at", "id").limit(most + 1)


async def _query(wanted: Wanted) -> QuerySet[Occurrence]:
    query = Occurrence.filter(_matches(wanted), program__state__in=PUBLIC_STATES)
    if wanted.q:
        found = await search_for(wanted.q, "program")
        query = query.filter(program_id__in=found["program"])
    return query


def _page(rows: Sequence[Occurrence], most: int, texts: Mapping[str, Texts], spoken: Mapping[int, list[str]]) -> Page:
    shown = rows[:most]
    items = [
        Listed(
            row,
            Words(row.title, row.program.language) if row.title else put_words(texts["program"], row.program, "title"),
            put_words(texts["program"], row.program, "summary"),
            spoken.get(row.program_id, []),
            venue_words(texts["venue"], venue_of(row)),
        )
        for row in shown
    ]
    return Page(items, Cursor(shown[-1].starts_at, shown[-1].id) if len(rows) > most else None)


async def count_by_venue(wanted: Wanted) -> dict[int, int]:
    """How many dates as `wanted` each venue has. One query."""
    query = (await _query(wanted)).annotate(dates=Count("id")).group_by("venue_id", "program__venue_id")
    found: dict[int, int] = {}
    for row in await query.values("venue_id", "program__venue_id", "dates"):
        venue_id = int(row["venue_id"] or row["program__venue_id"])
        found[venue_id] = found.get(venue_id, 0) + int(row["dates"])
    return found


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
    if wanted.venues is not None:
        near = list(wanted.venues)
        found &= Q(venue_id__in=near) | Q(venue_id__isnull=True, program__venue_id__in=near)
    if wanted.free:
        found &= Q(program__fee_cents=0)
    if wanted.children:
        found &= Q(program__for_children=True)
    if wanted.sign_language:
        found &= Q(program__sign_language=True)
    for name, asked in (
        ("step_free", wanted.accessible),
        ("quiet_room", wanted.quiet_room),
        ("hearing_loop", wanted.hearing_loop),
    ):
        if asked:
            found &= _has_access(name)
    return found


def _has_access(name: str) -> Q:
    """The program's own word, or else that of the venue where the date takes place."""
    by_venue = _is(f"venue__{name}", True) | (_is("venue_id__isnull", True) & _is(f"program__venue__{name}", True))
    return _is(f"program__{name}", True) | (_is(f"program__{name}__isnull", True) & by_venue)


def _is(column: str, value: object) -> Q:
    return Q(**cast(dict[str, Any], {column: value}))


async def list_spoken(program_ids: Iterable[int]) -> dict[int, list[str]]:
    """The languages spoken at each program."""
    found: dict[int, list[str]] = {}
    rows = await ProgramLanguage.filter(program_id__in=list(program_ids)).order_by("id")
    for row in rows:
        found.setdefault(row.program_id, []).append(row.language)
    return found


async def list_area_names() -> dict[str, str]:
    """The three areas in the reader's language."""
    return name_areas(await list_texts("area", [0], current_language()))


def name_areas(texts: Texts) -> dict[str, str]:
    """The three areas as the office calls them in `texts`, or else as the house does."""
    return {area: texts.get((0, area)) or gettext(name) for area, name in AREAS.items()}


async def find_current_festival() -> Festival | None:
    """The festival that is on or comes next; after the last one, the last."""
    latest = await (
        Festival.filter(state__in=["published", "postponed"])
        .select_related("venue")
        .order_by("-starts_at")
        .limit(_MOST_FESTIVALS)
    )
    at = now()
    coming = [festival for festival in latest if festival.ends_at >= at]
    return coming[-1] if coming else next(iter(latest), None)


FestivalWords = tuple[Words, Words, Words]


def festival_words(texts: Texts, festival: Festival) -> FestivalWords:
    """Name, tagline and description in the reader's language."""
    return (
        put_words(texts, festival, "name"),
        put_words(texts, festival, "tagline"),
        put_words(texts, festival, "description"),
    )


# ---------------------------------------------------------------- the home page


@dataclass(frozen=True)
class Home:
    """What is on, and what can be chosen: places, languages, areas, the festival that comes next."""

    page: Page
    festival: Festival | None
    festival_words: FestivalWords | None
    areas: Mapping[str, str]
    languages: Sequence[str]
    # What each place is called, by its id.
    place_names: Mapping[int, Words]


async def read_home(wanted: Wanted, after: Cursor | None, places: Sequence[Venue]) -> Home:
    """The home page's own reads: four queries, beside that of the `places` to choose from."""
    rows = await _list_rows(wanted, after, PAGE)
    festival = await find_current_festival()
    programs = {row.program_id for row in rows}
    venues = {venue.id: venue for venue in [*places, *map(venue_of, rows), *([festival.venue] if festival else [])]}
    subjects = {
        "program": programs,
        "area": {0},
        "festival": {festival.id} if festival else set[int](),
        "venue": venues,
    }
    texts = await list_texts_of(subjects, *reading_order())
    spoken = await _list_all_spoken()
    return Home(
        _page(rows, PAGE, texts, spoken),
        festival,
        festival_words(texts["festival"], festival) if festival else None,
        name_areas(texts["area"]),
        sorted({language for languages in spoken.values() for language in languages}),
        {key: venue_words(texts["venue"], venue) for key, venue in venues.items()},
    )


async def _list_all_spoken() -> dict[int, list[str]]:
    """The languages spoken at each public program."""
    rows = ProgramLanguage.filter(program__state__in=PUBLIC_STATES).order_by("id").values_list("program_id", "language")
    found: dict[int, list[str]] = {}
    for program_id, language in await rows:
        found.setdefault(int(program_id), []).append(str(language))
    return found
