"""Reads: what the words of each document are made of, several documents at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from babel import Locale

from events.models import Act, Festival, Occurrence, Program, ProgramLanguage, Venue
from events.search.rules import words_kept
from festival.kit.i18n import language_name
from festival.kit.languages import LANGUAGES
from festival.organisation.models import Translation

Bodies = dict[int, str]


async def make_bodies(kind: str, ids: Collection[int]) -> Bodies:
    """The words of those of `ids` that there are."""
    return await _MAKERS[kind](ids)


async def _translated(kind: str, ids: Collection[int], *fields: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = Translation.filter(kind=kind, object_id__in=list(ids)).order_by("id")
    if fields:
        rows = rows.filter(field__in=fields)
    for object_id, text in await rows.values_list("object_id", "text"):
        found.setdefault(int(object_id), []).append(str(text))
    return found


async def _programs(ids: Collection[int]) -> Bodies:
    programs = await Program.filter(id__in=list(ids)).select_related("venue", "festival")
    texts = await _translated("program", ids)
    places = await _translated("venue", {program.venue_id for program in programs}, "name")
    titles: dict[int, set[str]] = {}
    own = Occurrence.filter(program_id__in=list(ids)).exclude(title="")
    for program_id, title in await own.values_list("program_id", "title"):
        titles.setdefault(int(program_id), set()).add(str(title))
    spoken: dict[int, list[str]] = {}
    for row in await ProgramLanguage.filter(program_id__in=list(ids)):
        spoken.setdefault(row.program_id, []).append(row.language)
    names: dict[str, list[str]] = {}
    for area, text in await Translation.filter(kind="area", object_id=0).values_list("field", "text"):
        names.setdefault(str(area), []).append(str(text))
    return {
        program.id: words_kept(
            program.title, program.summary, program.description, program.bring, program.access_note,
            program.area, *names.get(program.area, []), *_venue_words(program.venue), *places.get(program.venue_id, []),
            program.festival.name if program.festival else "", *texts.get(program.id, []),
            *sorted(titles.get(program.id, ())), *_languages(spoken.get(program.id, [])),
        )
        for program in programs
    }  # fmt: skip


async def _acts(ids: Collection[int]) -> Bodies:
    texts = await _translated("act", ids)
    return {
        act.id: words_kept(
            act.title, act.description, act.kind, act.group_name, *texts.get(act.id, []),
            *_nations(act.nations), *_languages(act.spoken),
        )
        for act in await Act.filter(id__in=list(ids))
    }  # fmt: skip


async def _festivals(ids: Collection[int]) -> Bodies:
    texts = await _translated("festival", ids)
    return {
        festival.id: words_kept(
            festival.name, festival.tagline, festival.description, *_venue_words(festival.venue),
            *texts.get(festival.id, []),
        )
        for festival in await Festival.filter(id__in=list(ids)).select_related("venue")
    }  # fmt: skip


async def _venues(ids: Collection[int]) -> Bodies:
    texts = await _translated("venue", ids)
    return {
        venue.id: words_kept(*_venue_words(venue), *texts.get(venue.id, []))
        for venue in await Venue.filter(id__in=list(ids))
    }


_MAKERS = {"program": _programs, "act": _acts, "festival": _festivals, "venue": _venues}


def _venue_words(venue: Venue) -> tuple[str, str, str]:
    return venue.name, venue.address, venue.neighborhood


def _languages(codes: Iterable[str]) -> list[str]:
    """Each language's name in every language of the interface."""
    return [language_name(code, reader) for code in codes for reader in LANGUAGES]


@cache
def _territories(reader: str) -> Any:
    return Locale.parse(LANGUAGES[reader].locale).territories


def _nations(codes: Iterable[str]) -> list[str]:
    return [str(_territories(reader).get(code, "")) for code in codes if code != "*" for reader in LANGUAGES]
