"""Programs and dates as spreadsheets: a preview first, every wrong row named, all or nothing."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from events.models import Occurrence, Program
from events.programme.actions import Loaded
from festival.kit.sheets import Format, read_sheet, write_sheet
from festival.organisation.models import AuditEntry
from festival.storage.models import StoredFile
from tests.events.conftest import CountQueries

COLUMNS = ("address", "title", "area", "place", "fee", "capacity", "languages", "day", "begins", "ends")
BAD: list[tuple[int, str]] = [
    (0, "moon"), (1, ""), (2, "cooking"), (3, "moon"), (4, "-3"), (5, "0"), (6, "english"), (7, "2027-02-30"),
    (8, "25:00"), (9, "10:00"),
]  # fmt: skip


@pytest.fixture
async def staff(year: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> httpx2.AsyncClient:
    """An organizer's browser over the demo year."""
    await sign_in("organizer")
    return client


def row(number: int) -> list[Any]:
    return ["", f"Neighbourhood walk {number}", "sports", "plains", "5", "20", "en, es", "2027-05-01", "11:00", "12:00"]


def five_hundred(bad: int) -> list[list[Any]]:
    rows = [row(number) for number in range(500)]
    for number in range(bad):
        place, value = BAD[number % len(BAD)]
        rows[number * 25][place] = value
    return rows


async def send(staff: httpx2.AsyncClient, content: bytes, kind: str = "programs") -> httpx2.Response:
    return await staff.post("/organize/sheets", data={"kind": kind}, files={"sheet": ("year.xlsx", content)})


async def confirm(staff: httpx2.AsyncClient, page: str, kind: str = "programs") -> httpx2.Response:
    found = re.search(r'name="file" value="([^"]+)"', page)
    assert found, page
    return await staff.post("/organize/sheets/import", data={"kind": kind, "file": found[1]})


async def test_twenty_bad_rows_of_five_hundred_are_named_and_nothing_is_written(staff: httpx2.AsyncClient) -> None:
    before = await Program.all().count()
    page = (await send(staff, write_sheet("xlsx", COLUMNS, five_hundred(20)))).text
    assert "Wrong 20" in page
    assert "New 480" in page
    assert "Nothing is imported while a row is wrong." in page
    assert 'name="file" value=' not in page
    assert len(re.findall(r'class="field__error"><code>', page)) >= 20
    for number in range(20):
        assert f'<td class="number" data-label="Row">{number * 25 + 2}</td>' in page
    assert await Program.all().count() == before
    assert await StoredFile.all().count() == 0


async def test_five_hundred_good_rows_are_imported_once_confirmed(staff: httpx2.AsyncClient) -> None:
    before = await Program.all().count()
    page = (await send(staff, write_sheet("csv", COLUMNS, five_hundred(0)))).text
    assert "New 500" in page
    assert await Program.all().count() == before
    done = await confirm(staff, page)
    assert "500 rows were imported." in done.text
    assert await Program.filter(state="draft").count() == 500
    assert await Occurrence.filter(program__state="draft").count() == 500
    again = await confirm(staff, page)
    assert again.status_code == 404  # a sheet is imported once
    assert await AuditEntry.filter(action="sheet.imported").count() == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_goes_out_comes_back_unchanged(staff: httpx2.AsyncClient, form: Format) -> None:
    await Program.filter(slug="salsa-for-beginners").update(title="=HYPERLINK(evil)", note="+1 303", summary="-")
    sheet = await staff.get(f"/organize/sheets/programs.{form}")
    assert sheet.headers["content-disposition"].endswith(f"programs.{form}")
    if form == "csv":
        assert "'=HYPERLINK" in sheet.text
    page = (await send(staff, sheet.content)).text
    assert "Everything in this sheet is here already." in page
    dates = await staff.get(f"/organize/sheets/dates.{form}")
    assert "Everything in this sheet is here already." in (await send(staff, dates.content, "dates")).text
    assert (await staff.get("/organize/sheets/people.csv")).status_code == 404
    assert (await staff.get("/organize/sheets/programs.exe")).status_code == 404


async def test_a_change_shows_old_and_new_and_keeps_what_the_sheet_leaves_out(staff: httpx2.AsyncClient) -> None:
    columns = ("address", "title", "area", "place", "capacity")
    rows = [("salsa-for-beginners", "Salsa for everybody", "arts", "moorhead", 45)]
    page = (await send(staff, write_sheet("xlsx", columns, rows))).text
    assert "Changed 1" in page
    assert '<s class="muted">Salsa for beginners</s> Salsa for everybody' in page
    await confirm(staff, page)
    program = await Program.get(slug="salsa-for-beginners")
    assert (program.title, program.capacity, program.fee_cents) == ("Salsa for everybody", 45, 6400)
    assert (await send(staff, write_sheet("csv", columns, rows * 2))).text.count("This program stands here twice.") == 2


async def test_dates_are_moved_cancelled_and_added_by_sheet(staff: httpx2.AsyncClient) -> None:
    dates = await Occurrence.filter(program__slug="salsa-for-beginners").order_by("starts_at")
    columns = ("date", "program", "day", "begins", "ends", "state", "reason")
    slug = "salsa-for-beginners"
    rows = [
        (dates[0].id, slug, "2027-02-03", "18:00", "19:00", "scheduled", "Painting"),
        (dates[1].id, slug, "2027-02-09", "19:00", "20:00", "cancelled", "Snow"),
        ("", slug, "2027-04-01", "18:00", "19:30", "", ""),
    ]
    page = (await send(staff, write_sheet("xlsx", columns, rows), "dates")).text
    assert "New 1" in page
    assert "Changed 2" in page
    await confirm(staff, page, "dates")
    moved = await Occurrence.get(id=dates[0].id)
    assert (moved.moved, str(moved.starts_on), moved.original_local) == (True, "2027-02-03", "2027-02-02T19:00")
    assert (await Occurrence.get(id=dates[1].id)).state == "cancelled"
    assert await Occurrence.filter(program__slug=slug).count() == len(dates) + 1


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (("999999", "salsa-for-beginners", "2027-02-03", "18:00", "19:00"), "date"),
        (("", "moon", "2027-02-03", "18:00", "19:00"), "program"),
        (("", "salsa-for-beginners", "soon", "18:00", "19:00"), "day"),
        (("", "salsa-for-beginners", "2027-03-14", "02:30", "04:00"), "begins"),
        (("", "salsa-for-beginners", "2027-02-03", "18:00", "17:00"), "ends"),
    ],
)
async def test_wrong_dates_are_named(staff: httpx2.AsyncClient, cells: tuple[str, ...], column: str) -> None:
    content = write_sheet("csv", ("date", "program", "day", "begins", "ends"), [cells])
    page = (await send(staff, content, "dates")).text
    assert "Wrong 1" in page
    assert f'<div class="field__error"><code>{column}</code>' in page


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x00\x01", "This is not a CSV or XLSX file"),
        (b"address,colour\n,red\n", "There is no column"),
        (b"address,title\n,Walk\n", "is missing"),
        (b"", "Choose a file first."),
    ],
)
async def test_what_is_no_sheet_of_ours(staff: httpx2.AsyncClient, content: bytes, told: str) -> None:
    answer = await send(staff, content)
    assert answer.status_code in {415, 422}
    assert told in answer.text


async def test_anothers_sheet_is_not_found(staff: httpx2.AsyncClient, sign_in: Any) -> None:
    page = (await send(staff, write_sheet("csv", COLUMNS, [row(1)]))).text
    await sign_in("organizer", "other@example.org")
    assert (await confirm(staff, page)).status_code == 404


async def test_a_preview_of_many_rows_takes_as_many_queries_as_one_of_one(
    staff: httpx2.AsyncClient, count_queries: CountQueries
) -> None:
    counts: list[int] = []
    for many in (1, 200):
        content = write_sheet("csv", COLUMNS, [row(number) for number in range(many)])
        with count_queries() as queries:
            await send(staff, content)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert read_sheet(content).lines[199].number == 201
