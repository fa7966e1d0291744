"""What besides programs has texts that people wrote: festivals, acts, places, and the words for pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from events.models import Act, Festival, Picture, Venue
from events.pictures.queries import owner_of
from events.translating.queries import Text, judge_text
from events.translating.rules import Standing
from festival.kit.errors import NotFound
from festival.kit.languages import DEFAULT, LANGUAGES
from festival.organisation.models import Translation

VENUE_FIELDS = ("name", "transit", "parking", "access_note")
_MOST_VENUES = 200


@dataclass(frozen=True)
class Subject:
    """Something whose `sources`, by field, are in `language`; `back` is its own page. `long` fields have paragraphs."""

    kind: str
    id: int
    title: str
    language: str
    back: str
    sources: Mapping[str, str]
    long: frozenset[str] = frozenset({"description", "parking"})

    @property
    def path(self) -> str:
        """The address of its texts."""
        return f"/organize/texts/{self.kind}/{self.id}"


async def _festival(number: int) -> Subject | None:
    row = await Festival.get_or_none(id=number)
    return _of_festival(row) if row else None


def _of_festival(row: Festival) -> Subject:
    sources = {"name": row.name, "tagline": row.tagline, "description": row.description, "transit": row.transit}
    return Subject("festival", row.id, row.name, DEFAULT, f"/organize/festivals/{row.slug}/details", sources)


async def _act(number: int) -> Subject | None:
    row = await Act.get_or_none(id=number).select_related("festival")
    return _of_act(row) if row else None


def _of_act(row: Act) -> Subject:
    back = f"/organize/festivals/{row.festival.slug}/acts/{row.slug}"
    return Subject("act", row.id, row.title, row.language, back, {"title": row.title, "description": row.description})


async def _venue(number: int) -> Subject | None:
    row = await Venue.get_or_none(id=number)
    return _of_venue(row) if row else None


def _of_venue(row: Venue) -> Subject:
    sources = {name: str(getattr(row, name)) for name in VENUE_FIELDS}
    return Subject("venue", row.id, row.name, DEFAULT, f"/organize/places/{row.slug}", sources)


async def _picture(number: int) -> Subject | None:
    row = await Picture.get_or_none(id=number, removed_at=None)
    if row is None:
        return None
    return Subject("picture", row.id, row.alt, row.language, (await owner_of(row)).path, {"alt": row.alt})


_KINDS: Mapping[str, Callable[[int], Awaitable[Subject | None]]] = {
    "festival": _festival, "act": _act, "picture": _picture, "venue": _venue,
}  # fmt: skip


async def get_subject(kind: str, number: int) -> Subject:
    """The thing of a kind with that number; raises NotFound."""
    found = await _KINDS[kind](number) if kind in _KINDS and number < 2**63 else None
    if found is None:
        raise NotFound
    return found


async def list_subject_texts(subject: Subject, language: str) -> list[Text]:
    """Every text of it beside its translation."""
    rows = await Translation.filter(kind=subject.kind, object_id=subject.id, language=language)
    by_field = {row.field: row for row in rows}
    return [judge_text(field, source, by_field.get(field)) for field, source in subject.sources.items()]


async def count_subject_standings(subject: Subject) -> dict[str, Counter[Standing]]:
    """For each language of the interface but its own, how many texts stand how. One query."""
    rows = await Translation.filter(kind=subject.kind, object_id=subject.id)
    by_place = {(row.language, row.field): row for row in rows}
    return {
        code: Counter(
            judge_text(field, source, by_place.get((code, field))).standing for field, source in subject.sources.items()
        )
        for code in LANGUAGES
        if code != subject.language
    }


async def list_open(language: str) -> Sequence[tuple[Subject, Mapping[Standing, int]]]:
    """Festivals with their acts, and places: those with most to do in `language` first. Four queries."""
    festivals = await Festival.exclude(state="archived").order_by("-starts_at").limit(5)
    acts = await Act.filter(festival_id__in=[one.id for one in festivals], state="accepted").select_related("festival")
    venues = await Venue.all().order_by("name", "id").limit(_MOST_VENUES)
    subjects = [*map(_of_festival, festivals), *map(_of_act, acts), *map(_of_venue, venues)]
    rows = await Translation.filter(kind__in=["festival", "act", "venue"], language=language)
    by_place = {(row.kind, row.object_id, row.field): row for row in rows}
    found = [
        (
            subject,
            Counter(
                judge_text(field, source, by_place.get((subject.kind, subject.id, field))).standing
                for field, source in subject.sources.items()
            ),
        )
        for subject in subjects
        if subject.language != language
    ]
    open_kinds = (Standing.MISSING, Standing.STALE, Standing.DRAFT)
    return sorted(found, key=lambda pair: -sum(pair[1].get(standing, 0) for standing in open_kinds))
