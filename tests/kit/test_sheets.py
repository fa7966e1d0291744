"""Spreadsheets: what is written is read back, no cell becomes a formula, no file fills the memory."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from festival.kit.sheets import MOST_ROWS, Format, SheetTooLarge, SheetWrong, read_sheet, write_sheet

COLUMNS = ("Title", "Begins", "Day", "Places", "Free")
ROWS: list[tuple[Any, ...]] = [
    ("夏祭り, “O'Brien”\nNull", dt.datetime(2027, 6, 12, 11, 30, tzinfo=dt.UTC), dt.date(2027, 6, 12), 120, True),
    ("=HYPERLINK(1)", dt.datetime(2027, 6, 12, 11, tzinfo=dt.UTC), None, 0, False),
    ("+1 303 555 0100", None, None, -5, None),
    ("@SUM(A1)", None, None, 2.5, None),
    ("\tcmd", None, None, None, None),
    ("'quoted'", None, None, None, None),
]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_written_is_read_back(form: Format) -> None:
    sheet = read_sheet(write_sheet(form, COLUMNS, ROWS, "Programs: 2027"))
    assert sheet.columns == ["title", "begins", "day", "places", "free"]
    assert [line.cells["title"] for line in sheet.lines] == [row[0] for row in ROWS]
    first = sheet.lines[0]
    assert first.number == 2
    assert first.cells["begins"].replace(" ", "T") == "2027-06-12T11:30"
    assert first.cells | {"title": "", "begins": ""} == {
        "title": "", "begins": "", "day": "2027-06-12", "places": "120", "free": "yes",
    }  # fmt: skip
    assert sheet.lines[2].cells["places"] == "-5"
    assert sheet.lines[3].cells["places"] == "2.5"


def test_no_text_becomes_a_formula() -> None:
    for text in ("=1+1", "+1", "-1", "@a", "\tb", "\rc"):
        written = write_sheet("csv", (text,), [(text,)]).decode("utf-8-sig")
        assert written.replace('"', "").startswith("'" + text[0])
        xlsx = write_sheet("xlsx", ("a",), [(text,)])
        (row,) = CalamineWorkbook.from_filelike(io.BytesIO(xlsx)).get_sheet_by_index(0).to_python()[1:]
        assert str(row[0]).startswith("'")
        with zipfile.ZipFile(io.BytesIO(xlsx)) as archive:
            assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "content",
    [
        "título;lugar\r\nFiesta;Año\r\n".encode("cp1252"),
        "título\tlugar\nFiesta\tAño\n".encode("utf-16"),
        "título,lugar\n\n,\nFiesta,Año".encode("utf-8-sig"),
    ],
)
def test_what_programs_save_is_read(content: bytes) -> None:
    (line,) = read_sheet(content).lines
    assert line.cells == {"título": "Fiesta", "lugar": "Año"}


def _zip(**parts: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return written.getvalue()


def _changed(content: bytes, old: bytes, new: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(part.filename, source.read(part).replace(old, new))
    return written.getvalue()


PLAIN = write_sheet("xlsx", ("a", "b"), [("one", 1)])
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", SheetWrong),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", SheetWrong),
        (b"PK\x03\x04 not a zip", SheetWrong),
        (_zip(**{"word__document.xml": b"<w/>"}), SheetWrong),
        (_zip(**{"xl__workbook.xml": ENTITIES}), SheetWrong),
        (PLAIN[:-40], SheetWrong),
        (b"a,a\n1,2\n", SheetWrong),
        (b'a,b\n"open', SheetWrong),
        (b"a\n" + b"1\n" * (MOST_ROWS + 1), SheetTooLarge),
        (b"," * 200 + b"a\n", SheetTooLarge),
        (b"x" * (5 * 1024 * 1024 + 1), SheetTooLarge),
        (_zip(**{"xl__workbook.xml": b"<w/>", "xl__media__image.bin": bytes(70_000_000)}), SheetTooLarge),
        (_changed(PLAIN, b'r="A2"', b'r="A1048576"'), SheetTooLarge),
        (_changed(PLAIN, b'r="B2"', b'r="XFD2"'), SheetTooLarge),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, refusal: type[SheetWrong]) -> None:
    with pytest.raises(SheetWrong) as caught:
        read_sheet(content)
    assert caught.type is refusal
