"""Search: twelve scripts, any spelling, true from the moment of the change, the same number of queries at any size."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Act, Occurrence, Program, ProgramLanguage, SearchDocument, Series, Venue
from events.programme.actions import Loaded
from events.search.actions import refresh_documents, search_for
from events.search.rules import fold, words_asked, words_kept
from festival.database import transaction
from festival.kit.clock import frozen_at
from festival.organisation.actions import save_translation
from festival.organisation.models import Translation
from tests.events.conftest import CountQueries

JANUARY = dt.datetime(2027, 1, 2, 18, tzinfo=dt.UTC)


def finds(asked: str, kept: str) -> bool:
    """Whether every word asked for is a word kept, or begins one where that is enough."""
    words = words_kept(kept).split()
    return all(
        any(word.startswith(one) if beginning else word == one for word in words)
        for one, beginning in words_asked(asked)
    )


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("picnic REFUGIADO", "Pícnic del Día Mundial del Refugiado"),
        ("dia muertos", "Día de los Muertos community altar"),
        ("tieng viet", "Tiếng Việt cho người mới"),
        ("duong", "Đường phố"),
        ("strasse", "Straßenfest"),
        ("МУЗЫКА", "Вечер музыки и музыка народов"),
        ("نزهه اليوم", "نُزْهَةُ اليَوْمِ العالمي"),
        ("الى", "إلي"),
        ("नेपाली", "नेपाली नयाँ वर्षका गीत"),
        ("ሰላም", "ሠላም ለሁሉም"),
        ("한국", "한국어 이야기 모임"),
        ("节活", "春节活动"),
        ("动", "春节活动"),
        ("ングル", "グローバル・シングルス"),
        ("မြန်မာ", "မြန်မာစကားပြောအဖွဲ့"),
        ("ဘာသာ", "မြန်မာဘာသာစကား"),
        ("o'brien", "O’Brien and friends"),
        ("folk dance", "Himali Steps: Nepali folk dances"),
    ],
)  # fmt: skip
def test_words_are_found_however_they_are_written(asked: str, kept: str) -> None:
    assert finds(asked, kept)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [("dance folk art", "Nepali folk dance"), ("lance", "dance"), ("活节", "春节活动"), ("मेला", "नेपाली")],
)
def test_other_words_are_not(asked: str, kept: str) -> None:
    assert not finds(asked, kept)


def test_nothing_of_a_hostile_text_reaches_the_query() -> None:
    assert words_asked("\"; DROP -- ' * : & | ! ( ) \\ ^") == [("drop", True)]
    assert words_asked("!!! ''") == []
    assert fold("ﬁesta ＡＢＣ") == "fiesta abc"


async def test_every_kind_is_found_in_any_language(year: Loaded) -> None:
    found = await search_for("etiopía", "act", "program")
    assert found["act"] == [year.acts["s03"]]
    assert (await search_for("mundo ciudad", "festival"))["festival"] == [year.festival_id]
    assert (await search_for("colfax fox", "venue"))["venue"] == [year.venues["fox"]]
    assert year.programs["p10"] in (await search_for("نُزهه اليوم", "program"))["program"]
    assert year.programs["p54"] in (await search_for("soomaali", "program"))["program"]


async def test_what_is_typed_is_never_a_query_of_its_own(year: Loaded) -> None:
    for text in ('lantern" OR "zzz', "lantern' | 'zzz", "body:lantern", "NEAR(lantern)", "lantern AND NOT zzz"):
        assert (await search_for(text, "program"))["program"] == [], text
    assert (await search_for("lan* walk:*", "program"))["program"] == [year.programs["p14"]]


async def test_a_change_is_found_once_it_is_committed(year: Loaded) -> None:
    assert (await search_for("zebra", "program"))["program"] == []
    mine = year.programs["p33"]
    await Program.filter(id=mine).update(title="Zebra salsa")
    assert (await search_for("zebra", "program"))["program"] == [mine]
    await Program.filter(id=mine).update(title="Salsa")
    assert (await search_for("zebra", "program"))["program"] == []
    await save_translation(("program", mine), "title", "fr", "Le zèbre danse", "Salsa")
    assert (await search_for("zebre", "program"))["program"] == [mine]
    await Translation.filter(kind="program", object_id=mine).delete()
    assert (await search_for("zebre", "program"))["program"] == []
    await Venue.filter(id=year.venues["moorhead"]).update(name="Zebra Hall")
    assert mine in (await search_for("zebra hall", "program"))["program"]
    await ProgramLanguage.create(program_id=mine, language="mh")
    assert (await search_for("marshallese", "program"))["program"] == [mine]
    await Occurrence.filter(id=year.occurrences[mine][0].id).update(title="Opening giraffe")
    assert (await search_for("giraffe", "program"))["program"] == [mine]


async def test_a_change_that_was_undone_is_not_found(year: Loaded) -> None:
    await refresh_documents()
    with contextlib.suppress(ZeroDivisionError):
        async with transaction():
            await Program.filter(id=year.programs["p33"]).update(title="Zebra salsa")
            raise ZeroDivisionError
    assert (await search_for("zebra", "program"))["program"] == []
    assert await SearchDocument.filter(kind="program", done=0).count() == 0


async def test_what_is_gone_is_forgotten(year: Loaded) -> None:
    gone = await Act.create(festival_id=year.festival_id, slug="gone", uid="gone@x", title="Vanishing giraffe")
    assert (await search_for("giraffe", "act"))["act"] == [gone.id]
    await gone.delete()
    assert (await search_for("giraffe", "act"))["act"] == []
    assert not await SearchDocument.exists(kind="act", object_id=gone.id)


async def test_ten_years_list_and_search_in_as_many_queries_as_one(
    year: Loaded, client: httpx2.AsyncClient, count_queries: CountQueries
) -> None:
    counts: dict[str, list[int]] = {}
    paths = ("/?", "/?q=pickleball", "/?q=open&view=map", "/search?q=pickleball", "/api/v1/occurrences?q=pickleball")
    for size in (1_000, 10_000):
        if size == 10_000:
            await _nine_more_years(year)
        for path in paths:
            with frozen_at(JANUARY):
                await client.get(path)
                # The stamp of all public pages is asked for once in a while: the least of three is without it.
                found: list[int] = []
                for go in range(3):
                    with count_queries() as queries:
                        answer = await client.get(f"{path}&cold={size}-{go}")
                    found.append(len(queries))
            assert "ickleball" in answer.text or "Moorhead" in answer.text, path
            counts.setdefault(path, []).append(min(found))
    for path, (small, large) in counts.items():
        assert small == large, (path, small, large)
    assert counts["/?"][0] <= 1 + 5  # the stamp of all public pages, which is asked for once in a while
    assert counts["/?q=pickleball"][0] <= 1 + 7


async def _nine_more_years(year: Loaded) -> None:
    """The same year nine times again, in the years to come."""
    for program_id, dates in year.occurrences.items():
        series = await Series.filter(program_id=program_id).first()
        assert series
        await Occurrence.bulk_create(
            Occurrence(
                program_id=program_id, series_id=series.id, original_local=f"{n}-{date.original_local}"[:20],
                starts_at=date.starts_at + dt.timedelta(days=364 * n), changed_at=JANUARY,
                ends_at=date.ends_at + dt.timedelta(days=364 * n),
                starts_on=date.starts_on + dt.timedelta(days=364 * n),
                ends_on=date.ends_on + dt.timedelta(days=364 * n),
            )
            for n in range(1, 10) for date in dates
        )  # fmt: skip


async def test_residents_find_programs_acts_festivals_and_places(year: Loaded, client: httpx2.AsyncClient) -> None:
    with frozen_at(JANUARY):
        mexico = (await client.get("/search?q=mexico")).text
        fox = (await client.get("/es/search?q=fox")).text
        nothing = (await client.get("/search?q=zzzz")).text
        await Program.filter(id=year.programs["p33"]).update(state="draft")
        hidden = (await client.get("/search?q=salsa")).text
        hostile = await client.get("/search?q=%3Cscript%3Ealert(1)%00%22")
    assert "Sol de Altura Ballet Folklórico" in mexico
    assert f'/festival/global-fest-2027#act-{year.acts["s06"]}"' in mexico
    assert 'href="/es/?place=fox"' in fox
    assert "Family movie Saturday" in fox
    assert "Nothing has all these words." in nothing
    assert "Salsa for beginners" not in hidden
    assert hostile.status_code == 200
    assert "<script>alert" not in hostile.text


async def test_organizers_find_in_one_box(year: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("reviewer")
    assert (await client.get("/organize/search?q=salsa")).status_code == 403
    await sign_in("organizer")
    await Program.filter(id=year.programs["p33"]).update(state="draft")
    page = (await client.get("/organize/search?q=salsa")).text
    assert 'href="/organize/programs/salsa-for-beginners"' in page
    found = (await client.get("/organize/search?q=hanul")).text
    act = "/organize/festivals/global-fest-2027/acts/s04"
    assert f'href="{act}"' in found
    assert "Hanul" in (await client.get(act)).text
    assert "Nothing has all these words." in (await client.get("/organize/search?q=zzzz")).text
