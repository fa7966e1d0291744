"""Spreadsheets in and out: CSV and XLSX, read without formulas, written so that no cell becomes one.

Reading is for untrusted files: told apart by content, capped in bytes, rows, columns and letters, an XLSX
searched for entities and for cells far away before anything is unpacked into memory (docs/decisions/0050).
Both directions are slow for large sheets: call them in a thread.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal
from xml.parsers import expat

from festival.kit.errors import UnsupportedType
from festival.kit.text import spreadsheet_cell
from festival.kit.words import N_

Format = Literal["csv", "xlsx"]
MEDIA_TYPES: Mapping[Format, str] = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 100
_MOST_LETTERS = 10_000
_MOST_UNPACKED = 60 * 1024 * 1024
_MOST_PARTS = 200


class SheetWrong(UnsupportedType):
    """A file that cannot be read as a spreadsheet at all."""

    code = "sheet_wrong"
    message = N_("This is not a CSV or XLSX file that can be read here. Save it again as XLSX, then try once more.")


class SheetTooLarge(SheetWrong):
    """A spreadsheet beyond what is taken."""

    code = "sheet_too_large"
    message = N_("This spreadsheet is too large: at most 10,000 rows, 100 columns and 5 MB are read.")


# ---------------------------------------------------------------- out


def write_sheet(form: Format, columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> bytes:
    """A sheet of one table. Cells are text, numbers, booleans, dates, aware moments (already in the reader's
    zone) or None; texts that a spreadsheet would take for a formula get an apostrophe before them."""
    return _write_csv(columns, rows) if form == "csv" else _write_xlsx(columns, rows, title or "Sheet")


def _write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    for row in (columns, *rows):
        writer.writerow([spreadsheet_cell(_plain(cell)) for cell in row])
    # The mark at the beginning tells spreadsheet programs that it is UTF-8.
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _plain(cell: object) -> object:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=None).isoformat(" ", "minutes")
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes")
    return "" if cell is None else cell if isinstance(cell, int | float) else str(cell)


def _write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str) -> bytes:
    # Loaded here: a process that never writes a spreadsheet never pays for it.
    written, xlsx = io.BytesIO(), import_module("xlsxwriter")
    book: Any = xlsx.Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("".join(" " if letter in "[]:*?/\\'" else letter for letter in title)[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    widths = [len(column) for column in columns]
    for place, column in enumerate(columns):
        sheet.write_string(0, place, str(spreadsheet_cell(column)), bold)
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            _write_cell(sheet, (number, place), cell, day, moment)
            if place < len(widths):
                widths[place] = max(widths[place], min(len(str(cell)), 48))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width + 2)
    sheet.freeze_panes(1, 0)
    book.close()
    return written.getvalue()


def _write_cell(sheet: Any, place: tuple[int, int], cell: object, day: Any, moment: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, dt.datetime):
        sheet.write_datetime(*place, cell.replace(tzinfo=None), moment)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(*place, cell, day)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(*place, cell)
    else:
        sheet.write_string(*place, str(spreadsheet_cell(_plain(cell)))[:32_000])


# ---------------------------------------------------------------- in


@dataclass(frozen=True)
class Line:
    """One row of a sheet: its number as a spreadsheet program shows it, and its texts by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table as texts: the columns of the first row, and the rows below that are not empty."""

    columns: Sequence[str]
    lines: Sequence[Line]


def read_sheet(content: bytes) -> Sheet:
    """The first sheet of a CSV or XLSX file; raises SheetWrong or SheetTooLarge. Call it in a thread.

    Columns are lower-cased; dates come as `2027-06-12`, moments as `2027-06-12T11:00`, whole numbers without a point.
    The apostrophe that `write_sheet` puts before a seeming formula is taken off again.
    """
    if len(content) > MOST_BYTES:
        raise SheetTooLarge
    rows = _rows_of_xlsx(content) if content.startswith(b"PK") else _rows_of_csv(content)
    first = rows[0] if rows else []
    columns = [text.strip().lower() for text in first]
    if len(rows) > MOST_ROWS + 1 or max(map(len, rows), default=0) > MOST_COLUMNS:
        raise SheetTooLarge
    if not any(columns):
        raise SheetWrong(N_("The first row must name the columns."))
    if len(set(filter(None, columns))) != len([column for column in columns if column]):
        raise SheetWrong(N_("Two columns have the same name."))
    lines = [
        Line(number, {column: text for column, text in zip(columns, row, strict=False) if column})
        for number, row in enumerate(rows[1:], 2)
        if any(text.strip() for text in row)
    ]
    return Sheet([column for column in columns if column], lines)


def _as_typed(text: str) -> str:
    """A text as somebody typed it, before `write_sheet` guarded it."""
    guarded = text.startswith("'") and spreadsheet_cell(text[1:]) != text[1:]
    return text[1:] if guarded else text


def _rows_of_csv(content: bytes) -> list[list[str]]:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetWrong
    text = _decoded(content)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    csv.field_size_limit(_MOST_LETTERS)
    try:
        rows: list[list[str]] = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append([_as_typed(cell) for cell in row])
            if len(rows) > MOST_ROWS + 1:
                raise SheetTooLarge
    except csv.Error:
        raise SheetWrong from None
    return rows


def _decoded(content: bytes) -> str:
    """Text by its mark, else UTF-8, else what Windows programs of the West save."""
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetWrong


def _rows_of_xlsx(content: bytes) -> list[list[str]]:
    _search_xlsx(content)
    calamine: Any = import_module("python_calamine")
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except calamine.CalamineError:
        raise SheetWrong from None
    except (IndexError, ValueError, OSError):
        raise SheetWrong from None
    return [[_as_typed(_text(cell)) for cell in row] for row in rows]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(timespec="minutes") if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes")
    text = str(cell)
    if len(text) > _MOST_LETTERS:
        raise SheetTooLarge
    return text


class _FarCell(Exception):
    """A cell beyond what is read; reading it would fill the memory with empty ones."""


class _Declared(Exception):
    """A document type, with which entities come."""


def _search_xlsx(content: bytes) -> None:
    """Refuse what unpacks into too much: the sum of the parts, entities, a cell in row one million."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise SheetWrong
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise SheetTooLarge
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _search_part(archive, part)
    except (zipfile.BadZipFile, expat.ExpatError, NotImplementedError, RuntimeError, EOFError, OSError):
        raise SheetWrong from None
    except _Declared:
        raise SheetWrong from None
    except _FarCell:
        raise SheetTooLarge from None


def _search_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    parser = expat.ParserCreate()

    def declared(*_: object) -> None:
        raise _Declared

    def began(name: str, attributes: Mapping[str, str]) -> None:
        if name.rpartition(":")[2] in {"c", "row"} and _is_far(attributes.get("r", "")):
            raise _FarCell

    parser.StartDoctypeDeclHandler = declared
    if part.filename.startswith("xl/worksheets/"):
        parser.StartElementHandler = began
    left = part.file_size
    with archive.open(part) as opened:
        while block := opened.read(1 << 16):
            left -= len(block)
            if left < 0:  # more comes out than the archive says
                raise SheetTooLarge
            parser.Parse(block, False)
    parser.Parse(b"", True)


def _is_far(place: str) -> bool:
    """Whether `AB12` or `12` lies beyond the rows and columns that are read."""
    letters = place.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    number = place[len(letters) :]
    return column > MOST_COLUMNS or (number.isdigit() and int(number) > MOST_ROWS + 1)
