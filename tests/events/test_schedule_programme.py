"""Waiting acts, drafts, opening hours and volunteers of a programme file: loaded whole, every error by its line."""

from __future__ import annotations

import pytest

from events.models import Act, ActMember, Performance, Program, SchedulePlan, Venue, VenueHours, VolunteerShift
from events.overview.programme import check_overview, load_overview
from events.programme.actions import Loaded
from events.scheduling.people import person_key
from events.scheduling.programme import check_schedule
from festival.database import transaction
from festival.kit.documents import Document, read_document
from festival.seeding.actions import DEMO_PROGRAMME
from tests.events.conftest import DOCUMENT

TEXT = DEMO_PROGRAMME.read_text(encoding="utf-8")


def changed(old: str, new: str) -> tuple[Document, int]:
    """The demo with one text replaced, and the line at which it stood."""
    assert TEXT.count(old) == 1
    return read_document(TEXT.replace(old, new)), TEXT[: TEXT.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("{act: s05, stage: main, start: '12:50'}", "{act: s99, stage: main, start: '12:50'}", "places.0"),
        ("{act: w01, stage: field", "{act: w01, stage: moon", "places.3"),
        ("{id: w02, title: 'Djembe", "{id: w02, nickname: x, title: 'Djembe", "waiting_acts.1.nickname"),
        ("available: [['15:00', '17:00']]", "available: [['15:00', 'late']]", "waiting_acts.0.available"),
        ("members: {s16: [Minh Tran]}", "members: {s77: [Minh Tran]}", "members"),
    ],
)
def test_each_error_of_the_schedule_is_named_by_its_line(old: str, new: str, place: str) -> None:
    document, line = changed(old, new)
    errors = check_schedule(document)
    assert [place in error.place for error in errors] == [True]
    assert errors[0].line == line


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("museum: {tue: '9:00-16:00'", "museum: {tue: '16:00-9:00'", "opening_hours.museum.tue"),
        ("tallyns: {mon:", "atlantis: {mon:", "opening_hours.atlantis"),
        ("p57: {needed: 10}", "p57: {needed: -1}", "volunteers.p57.needed"),
        ("p57: {needed: 10}", "p99: {needed: 10}", "volunteers.p99"),
    ],
)
def test_each_error_of_hours_and_volunteers_is_named_by_its_line(old: str, new: str, place: str) -> None:
    document, line = changed(old, new)
    errors = check_overview(document)
    assert [error.place for error in errors] == [place]
    assert errors[0].line == line


async def test_the_demo_has_acts_that_wait_and_a_draft(wishes: Loaded) -> None:
    assert check_schedule(DOCUMENT) == []
    draft = await SchedulePlan.get(number=2)
    assert (draft.state, draft.name) == ("draft", "Late wishes")
    assert await Performance.filter(plan_id=draft.id).count() == 30
    assert await Act.filter(slug__startswith="w").count() == 7
    assert await ActMember.filter(person_key=person_key("hana TESFAYE")).count() == 2


async def test_the_demo_has_hours_and_volunteers(year: Loaded) -> None:
    assert check_overview(DOCUMENT) == []
    async with transaction():
        await load_overview(DOCUMENT, year)
    museum = await Venue.get(slug="museum")
    hours = await VenueHours.filter(venue_id=museum.id).order_by("weekday")
    assert [(row.weekday, row.opens_minute) for row in hours][:2] == [(1, 540), (2, 540)]
    fest = await Program.get(id=year.programs["p09"])
    assert fest.volunteers_needed == 12
    assert await VolunteerShift.filter(occurrence__program_id=fest.id).count() == 10


def test_a_name_is_the_same_person_however_it_is_written() -> None:
    assert person_key("José  Núñez") == person_key("JOSE NUNEZ")
    assert person_key("ሀና ተስፋዬ") != person_key("ሀና በቀለ")
    assert person_key("…") == "…"
