"""A programme file: read with every error by its line, loaded as the rows that the house needs."""

from __future__ import annotations

from functools import cache

import pytest

from events.models import Gate, Occurrence, Performance, Program, Series, SeriesException, StageWindow, Zone
from events.programme.actions import AlreadyLoaded, free_slug, load_programme
from events.programme.reading import check_programme, read_programme
from festival.database import transaction
from festival.kit.documents import Document, read_document
from festival.organisation.models import Translation
from festival.organisation.queries import get_organisation
from festival.seeding.actions import DEMO_PROGRAMME

TEXT = DEMO_PROGRAMME.read_text(encoding="utf-8")


@cache
def demo() -> Document:
    return read_document(TEXT)


def changed(*pairs: tuple[str, str]) -> Document:
    text = TEXT
    for old, new in pairs:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return read_document(text)


def line_with(snippet: str) -> int:
    return next(number for number, line in enumerate(TEXT.splitlines(), 1) if snippet in line)


def test_the_demo_year_has_nothing_wrong() -> None:
    assert check_programme(demo()) == []
    programme = read_programme(demo())
    assert len(programme.programs) == 62
    assert sum(len(planned.times) for planned in programme.programs) > 1000


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("register: qr, basis: public, ", "register: qr, bassi: public, ", "programs.0.bassi"),
        ("area: cultural, venue: museum", "area: culinary, venue: museum", "programs.0.area"),
        ("venue: museum, start: '2027-01-13T18:00'", "venue: moon, start: '2027-01-13T18:00'", "programs.0.venue"),
        ("start: '2027-01-13T18:00'", "start: '2027-01-32T18:00'", "programs.0.start"),
        ("start: '2027-01-13T18:00'", "start: '2027-03-14T02:30'", "programs.0.rrule"),
        ("FREQ=WEEKLY;BYDAY=TH;COUNT=4", "FREQ=SECONDLY;COUNT=99999999", "programs.2.rrule"),
        ("exdate: ['2027-11-25'", "exdate: ['2027-11-27'", "programs.16.rrule"),
        ("{id: s05, stage: main", "{id: s05, stage: moon", "festival.performances.4.stage"),
        ("start: '13:15', end: '13:40'", "start: '13:15', end: '13:10'", "festival.performances.4"),
        ("{id: s06,", "{id: s05,", "festival.performances.5.id"),
        ("opens: '11:45', closes: '17:30'", "opens: 11:45, closes: '17:30'", "festival.stages.1.opens"),
        ("tz: America/Denver", "tz: Europe/Berlin", "meta.tz"),
        ("  starts: 2027-06-12T11:00", "  starts: yesterday", "festival.starts"),
        ("all_day: true, end: '2027-05-31'", "all_day: true, end: '2027-04-30'", "programs.6"),
    ],
)
def test_each_error_is_named_by_its_line(old: str, new: str, place: str) -> None:
    errors = check_programme(changed((old, new)))
    assert [error.place for error in errors] == [place]
    assert errors[0].line == line_with(old.split(";", maxsplit=1)[0])


def test_all_errors_come_at_once() -> None:
    errors = check_programme(
        changed(
            ("area: cultural, venue: museum", "area: x, venue: museum"), ("{id: s05, stage: main", "{id: s05, stage: x")
        )
    )
    assert len(errors) == 2
    assert len(check_programme(read_document("meta: {tz: America/Denver}"))) == 5
    assert check_programme(read_document("- nonsense"))


async def test_loading_makes_the_rows_of_the_year(database: object) -> None:
    async with transaction():
        loaded = await load_programme(read_programme(demo()))
    assert await Program.all().count() == 62
    assert sum(map(len, loaded.occurrences.values())) == await Occurrence.all().count()
    assert await Performance.filter(plan__state="published").count() == 25
    assert await StageWindow.filter(kind="quiet").count() == 1
    lawn = await Zone.get(id=loaded.zones["great-lawn"]).prefetch_related("gates")
    assert lawn.fire_limit == 10_000
    assert sorted([gate.name for gate in await Gate.filter(zone_id=lawn.id)]) == [
        "East gate",
        "North gate",
        "West gate",
    ]
    assert await Gate.filter(zone__venue_id=loaded.venues["museum"], name="Main door").count() == 1
    assert (await get_organisation()).name == demo().value["organisation"]["name"]
    assert await Translation.filter(kind="area", language="am").count() == 3
    series = await Series.get(program_id=loaded.programs["p17"])
    assert series.uid == "mosaic-of-cultures-exhibit-weekdays@localhost"
    skipped = await SeriesException.filter(series_id=series.id).values_list("original_local", flat=True)
    assert sorted(skipped) == ["2027-11-25T09:00", "2027-12-24T09:00"]


async def test_moved_and_cancelled_dates_keep_their_identity(database: object) -> None:
    async with transaction():
        loaded = await load_programme(read_programme(demo()))
    first = loaded.occurrences[loaded.programs["p25"]][0]
    assert (first.original_local, first.moved, first.sequence) == ("2027-01-18T18:00", True, 1)
    assert first.starts_on.isoformat() == "2027-01-20"
    states = [row.state for row in loaded.occurrences[loaded.programs["p56"]]]
    assert states.count("cancelled") == 1


async def test_the_same_festival_again_is_refused(database: object) -> None:
    async with transaction():
        await load_programme(read_programme(demo()))
    with pytest.raises(AlreadyLoaded):
        async with transaction():
            await load_programme(read_programme(demo()))
    assert await Program.all().count() == 62


def test_addresses_are_made_from_titles() -> None:
    assert free_slug("Día de los Muertos: altar", 2027, set()) == "dia-de-los-muertos-altar"
    assert free_slug("Potter's wheel", 2027, {"potters-wheel"}) == "potters-wheel-2027"
    assert free_slug("夏祭り", 2027, {"program", "program-2027"}) == "program-2027-2"
