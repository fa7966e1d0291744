"""Reads: how far the texts of programs are translated; a fixed number of queries, however many programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from events.models import Program
from events.translating.rules import Standing, judge
from festival.kit.languages import LANGUAGES
from festival.organisation.actions import source_digest
from festival.organisation.models import Translation

FIELDS = ("title", "summary", "description", "bring", "access_note")
_LISTED = ("draft", "published", "postponed", "cancelled")
_MOST = 500


@dataclass(frozen=True)
class Text:
    """One field of something beside its translation."""

    field: str
    source: str
    text: str
    standing: Standing


def _judge(program: Program, field: str, row: Translation | None) -> Text:
    return judge_text(field, str(getattr(program, field)), row)


def judge_text(field: str, source: str, row: Translation | None) -> Text:
    """A text beside its translation, and how that stands to it."""
    if row is None:
        return Text(field, source, "", judge(source, "", "", same_source=True))
    same = row.source_digest == source_digest(source)
    return Text(field, source, row.text, judge(source, row.text, row.state, same_source=same))


async def list_program_texts(program: Program, language: str) -> list[Text]:
    """Every field of a program beside its translation into `language`."""
    rows = await Translation.filter(kind="program", object_id=program.id, language=language)
    by_field = {row.field: row for row in rows}
    return [_judge(program, field, by_field.get(field)) for field in FIELDS]


async def count_standings(program: Program) -> dict[str, Counter[Standing]]:
    """For each language of the interface but the program's own, how many texts stand how."""
    rows = await Translation.filter(kind="program", object_id=program.id)
    by_place = {(row.language, row.field): row for row in rows}
    return {
        code: Counter(_judge(program, field, by_place.get((code, field))).standing for field in FIELDS)
        for code in LANGUAGES
        if code != program.language
    }


@dataclass(frozen=True)
class TextsRow:
    """A program in the list, and how its texts stand in one language."""

    program: Program
    standings: Mapping[Standing, int]


async def list_texts_in(language: str) -> list[TextsRow]:
    """Programs that are not archived, those with most to do first. Two queries."""
    programs = await Program.filter(state__in=_LISTED).exclude(language=language).order_by("title", "id").limit(_MOST)
    rows = await Translation.filter(kind="program", language=language)
    by_place = {(row.object_id, row.field): row for row in rows}
    found = [
        TextsRow(
            program, Counter(_judge(program, field, by_place.get((program.id, field))).standing for field in FIELDS)
        )
        for program in programs
    ]
    return sorted(found, key=lambda row: -_to_do(row.standings))


def _to_do(standings: Mapping[Standing, int]) -> int:
    return sum(standings.get(standing, 0) for standing in (Standing.MISSING, Standing.DRAFT, Standing.STALE))
