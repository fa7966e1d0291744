"""`festival seed`: every error by its line and nothing loaded, or the whole year at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from events.models import Festival, Picture, Program, Venue
from events.pictures.queries import list_pictures
from festival.accounts.models import Person, RoleGrant
from festival.cli import seed
from festival.kit.documents import DocumentWrong
from festival.kit.i18n import use_language
from festival.seeding import actions
from festival.seeding.actions import DEMO_PEOPLE, DEMO_PROGRAMME, NotADemo, add_demo_people, seed_programme
from festival.seeding.demo_pictures import DEMO_PICTURES, add_demo_pictures
from festival.seeding.demo_tickets import add_demo_tickets
from festival.settings import Settings
from festival.storage.models import StoredFile
from ticketing.models import Offer, WaitlistEntry

TEXT = DEMO_PROGRAMME.read_text(encoding="utf-8")


async def test_the_demo_year_loads(database: object) -> None:
    summary = await seed_programme(TEXT)
    assert (summary.festival_slug, summary.programs, summary.performances) == ("global-fest-2027", 62, 25)
    assert summary.occurrences > 1000


async def test_a_wrong_file_loads_nothing(database: object) -> None:
    with pytest.raises(DocumentWrong) as wrong:
        await seed_programme(TEXT.replace("area: arts, venue: fox", "area: arts, venue: wolf"))
    assert len(wrong.value.errors) == TEXT.count("area: arts, venue: fox")
    assert await Venue.all().count() == 0


async def test_a_loader_that_fails_undoes_all(database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("the last part")

    monkeypatch.setattr(actions, "LOADERS", (*actions.LOADERS, fail))
    with pytest.raises(RuntimeError, match="the last part"):
        await seed_programme(TEXT)
    assert await Festival.all().count() == 0
    assert await Program.all().count() == 0


async def test_the_command_names_every_line(settings: Settings, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("meta: {tz: America/Denver}\nvenues: 5\n", encoding="utf-8")
    parsed: Any = type("Parsed", (), {"file": file, "demo_people": False, "unless_loaded": False})
    assert await seed(parsed, settings) == 2
    told = capsys.readouterr().err
    assert "line 2: venues: Send a list here." in told
    assert "festival: This part is missing." in told
    parsed.file = tmp_path / "none.yaml"
    assert await seed(parsed, settings) == 2


async def test_the_command_loads_once(settings: Settings, capsys: Any) -> None:
    parsed: Any = type("Parsed", (), {"file": None, "demo_people": False, "unless_loaded": False})
    assert await seed(parsed, settings) == 0
    assert "62 programs" in capsys.readouterr().out
    assert await seed(parsed, settings) == 2
    assert "already here" in capsys.readouterr().err
    parsed.unless_loaded = True
    assert await seed(parsed, settings) == 0


async def test_demo_people_only_on_this_machine(database: Settings) -> None:
    with pytest.raises(NotADemo):
        await add_demo_people(replace(database, base_url="https://fest.example.org"))
    assert await Person.all().count() == 0
    await add_demo_people(database)
    assert await Person.all().count() == len(DEMO_PEOPLE)
    assert sorted(await RoleGrant.all().values_list("role", flat=True)) == [
        "gate", "organizer", "owner", "reviewer", "treasurer",
    ]  # fmt: skip
    assert all(person.password_hash for person in await Person.all())


async def test_the_demos_tickets_are_taken_once(database: Settings) -> None:
    await seed_programme(DEMO_PROGRAMME.read_text(encoding="utf-8"))
    assert await add_demo_tickets() > 50
    assert await add_demo_tickets() == 0
    full = await Offer.filter(claimed__gt=0).order_by("valid_from", "id").first()
    assert full is not None
    assert full.claimed == full.capacity
    assert await WaitlistEntry.filter(offer_id=full.id, state="waiting").count() == 4


async def test_the_demos_pictures_are_drawn_once_and_described(database: Settings) -> None:
    await seed_programme(DEMO_PROGRAMME.read_text(encoding="utf-8"))
    assert await add_demo_pictures() == len(DEMO_PICTURES)
    assert await add_demo_pictures() == 0
    rows = await Picture.all().prefetch_related("variants")
    assert {row.alt for row in rows} == {one.alt for one in DEMO_PICTURES}
    # Small enough for a phone: what it takes of each is well under 60 kB.
    assert max([file.size for file in await StoredFile.filter(media_type="image/avif")]) < 60_000
    use_language("es")
    shown = await list_pictures("festival", (await Festival.get()).id)
    assert [one.alt for one in shown] == [DEMO_PICTURES[0].spanish]
    use_language("en")
