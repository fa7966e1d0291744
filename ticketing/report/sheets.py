"""The report as one table for spreadsheets, and as paper."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import typst

from festival.kit.fonts import families_for, found_fonts
from festival.kit.i18n import current_language, gettext, number
from festival.kit.languages import LANGUAGES
from festival.kit.sheets import Format, write_sheet
from ticketing.report.queries import Report
from ticketing.report.words import TABLES, name_group

_TEMPLATE = Path(__file__).with_name("report.typ")
HIDDEN = "<5"


async def write_report_sheet(report: Report, form: Format) -> bytes:
    """Every table below the other: what it is by, the group, tickets, arrivals, last year's, no-shows."""
    columns = [
        gettext("Table"), gettext("Group"), gettext("With a ticket"), gettext("Came"), gettext("Came last year"),
        gettext("No-shows, percent"),
    ]  # fmt: skip
    rows = list(_rows(report))
    return await asyncio.to_thread(write_sheet, form, columns, rows, f"{gettext('Attendance')} {report.year}")


def _rows(report: Report) -> Iterator[list[object]]:
    yield [gettext("All"), str(report.year), report.total.claimed, report.total.arrived, report.before.arrived, None]
    for table, words in TABLES.items():
        for group in report.tables[table]:
            hidden = group.claimed is None
            yield [
                gettext(words), name_group(report, table, group.key), HIDDEN if hidden else group.claimed,
                HIDDEN if hidden else group.arrived, group.before, group.no_show_percent,
            ]  # fmt: skip


async def draw_report(report: Report, office: str) -> bytes:
    """The PDF, in the reader's language; all text goes in as data."""
    language = LANGUAGES[current_language()]
    facts = {
        "language": language.locale.split("_")[0],
        "direction": language.direction,
        "fonts": families_for(language.code),
        "office": office,
        "title": f"{gettext('Attendance')} {report.year}",
        "heads": [gettext("Group"), gettext("With a ticket"), gettext("Came"), gettext("Came last year")],
        "hint": gettext("Groups of fewer than five people are not told."),
        "totals": [
            [gettext("With a ticket"), number(report.total.claimed)],
            [gettext("Came"), number(report.total.arrived)],
            [gettext("Came last year"), number(report.before.arrived)],
            [gettext("Without a ticket"), number(report.walk_ups)],
        ],
        "tables": [_paper_table(report, table) for table in TABLES if report.tables[table]],
    }
    return await asyncio.to_thread(_draw, json.dumps(facts))


def _paper_table(report: Report, table: str) -> dict[str, object]:
    groups = report.tables[table]
    most = max((group.arrived or 0 for group in groups), default=0) or 1
    return {
        "name": gettext(TABLES[table]),
        "rows": [
            {
                "name": name_group(report, table, group.key),
                "claimed": HIDDEN if group.claimed is None else number(group.claimed),
                "arrived": HIDDEN if group.arrived is None else number(group.arrived),
                "before": "–" if group.before is None else number(group.before),
                "share": (group.arrived or 0) / most,
            }
            for group in groups
        ],
    }


def _draw(facts: str) -> bytes:
    drawn = typst.compile(
        _TEMPLATE.read_bytes(), font_paths=found_fonts(), ignore_system_fonts=True, format="pdf",
        sys_inputs={"report": facts},
    )  # fmt: skip
    assert isinstance(drawn, bytes)  # one document  # noqa: S101
    return drawn
