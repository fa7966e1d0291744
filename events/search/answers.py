"""Reads: what was found, as the page of the search shows it; a fixed number of queries, whatever was found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tortoise.functions import Min

from events.models import Act, Festival, Occurrence, Performance, Program, Venue
from events.whats_on.queries import (
    PUBLIC_STATES,
    FestivalWords,
    Words,
    choose_words,
    festival_words,
    put_words,
    venue_words,
)
from festival.kit.clock import now
from festival.kit.i18n import reading_order
from festival.organisation.queries import Texts, list_texts_of

MOST = 30
_LISTED = ("published", "postponed", "archived")
_MOST_ASIDE = 12


@dataclass(frozen=True)
class FoundProgram:
    """A program, and its next date if it has one ahead."""

    program: Program
    title: Words
    summary: Words
    next: Occurrence | None
    place: Words


@dataclass(frozen=True)
class FoundAct:
    """An act of a festival, on its stage at its time."""

    performance: Performance
    title: Words
    festival: Festival


@dataclass(frozen=True)
class Found:
    """Everything that was found, the soonest first."""

    programs: Sequence[FoundProgram]
    acts: Sequence[FoundAct]
    festivals: Sequence[tuple[Festival, FestivalWords]]
    venues: Sequence[tuple[Venue, Words]]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.programs or self.acts or self.festivals or self.venues)


async def show_found(ids: Mapping[str, Sequence[int]]) -> Found:
    """What the ids of the search stand for, as far as it is public."""
    firsts = await _first_dates(ids["program"])
    programs = await (
        Program.filter(id__in=[*firsts, *ids["program"][: MOST - len(firsts)]], state__in=PUBLIC_STATES)
        .select_related("venue")
        .order_by("title")
    )
    dates = await (
        Occurrence.filter(program_id__in=list(firsts), starts_at__in=list(firsts.values()), ends_at__gte=now())
        .select_related("series", "program__venue", "venue")
        .order_by("starts_at", "id")
    )
    performances = await (
        Performance.filter(
            act_id__in=ids["act"],
            plan__state="published",
            plan__festival__state__in=_LISTED,
        )
        .select_related("act__festival", "stage")
        .order_by("-starts_at")
        .limit(_MOST_ASIDE)
    )
    festivals = await Festival.filter(id__in=ids["festival"], state__in=_LISTED).order_by("-starts_at")
    venues = await Venue.filter(id__in=ids["venue"]).order_by("name").limit(_MOST_ASIDE)
    texts = await list_texts_of(
        {
            "program": {program.id for program in programs},
            "act": {one.act_id for one in performances},
            "festival": {festival.id for festival in festivals},
            "venue": {*(venue.id for venue in venues), *(program.venue_id for program in programs)},
        },
        *reading_order(),
    )
    nexts: dict[int, Occurrence] = {}
    for date in dates:
        nexts.setdefault(date.program_id, date)
    shown = [
        FoundProgram(
            program, put_words(texts["program"], program, "title"), put_words(texts["program"], program, "summary"),
            nexts.get(program.id), venue_words(texts["venue"], program.venue),
        )
        for program in programs
    ]  # fmt: skip
    late = dt.datetime.max.replace(tzinfo=dt.UTC)
    shown.sort(key=lambda found: found.next.starts_at if found.next else late)
    acts = [FoundAct(one, _act_title(texts["act"], one.act), one.act.festival) for one in performances]
    places = [(venue, venue_words(texts["venue"], venue)) for venue in venues]
    return Found(shown, acts, [(f, festival_words(texts["festival"], f)) for f in festivals], places)


def _act_title(texts: Texts, act: Act) -> Words:
    return choose_words(texts.get((act.id, "title")), act.title, act.language)


async def _first_dates(program_ids: Sequence[int]) -> dict[int, dt.datetime]:
    """The next date of each program that has one ahead, the soonest programs first."""
    query = (
        Occurrence.filter(program_id__in=program_ids, ends_at__gte=now(), program__state__in=PUBLIC_STATES)
        .annotate(first=Min("starts_at"))
        .group_by("program_id")
        .order_by("first")
        .limit(MOST)
    )
    return {int(row["program_id"]): row["first"] for row in await query.values("program_id", "first")}
