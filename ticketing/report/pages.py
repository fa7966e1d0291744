"""The attendance report for the office: a page, a PDF, a spreadsheet."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.sheets import MEDIA_TYPES, Format
from festival.kit.web.access import principal_of, staff
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.organisation.actions import record_audit
from festival.settings import settings
from ticketing.report.queries import Report, get_report, list_years
from ticketing.report.sheets import draw_report, write_report_sheet
from ticketing.report.words import TABLES, name_group

_TEAM = staff("organizer")
_PATH = "/organize/attendance"


def _year(request: Request) -> int:
    asked = request.query_params.get("year", "")
    if asked.isascii() and asked.isdigit() and 2000 <= int(asked) <= 2199:
        return int(asked)
    return now().astimezone(settings().zone).year


async def get_report_page(request: Request) -> Response:
    """Plots and tables of a year; the latest with tickets where this one has none yet."""
    years = await list_years()
    year = _year(request)
    if "year" not in request.query_params and years and year not in years:
        year = years[0]
    report = await get_report(year)
    return render(
        request, "ticketing/report.html", report=report, years=years, tables=TABLES,
        names={table: [name_group(report, table, group.key) for group in report.tables[table]] for table in TABLES},
        most={table: max((g.arrived or 0 for g in report.tables[table]), default=0) or 1 for table in TABLES},
    )  # fmt: skip


async def get_csv(request: Request) -> Response:
    """The same as CSV."""
    return await _sheet(request, "csv")


async def get_xlsx(request: Request) -> Response:
    """The same as XLSX."""
    return await _sheet(request, "xlsx")


async def _sheet(request: Request, form: Format) -> Response:
    report = await get_report(_year(request))
    return await _file(request, report, await write_report_sheet(report, form), form, MEDIA_TYPES[form])


async def get_pdf(request: Request) -> Response:
    """The same on paper."""
    report = await get_report(_year(request))
    office = str(getattr(getattr(request.state, "organisation", None), "name", ""))
    return await _file(request, report, await draw_report(report, office), "pdf", "application/pdf")


async def _file(request: Request, report: Report, content: bytes, ending: str, media_type: str) -> Response:
    await record_audit(
        principal_of(request), "report.exported", ("attendance", report.year), after={"form": ending}
    )  # fmt: skip
    named = f'attachment; filename="attendance-{report.year}.{ending}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": named, "Cache-Control": "no-store"})


routes: Routes = [
    Door(_PATH, _TEAM, get=get_report_page),
    Door(f"{_PATH}.csv", _TEAM, get=get_csv),
    Door(f"{_PATH}.xlsx", _TEAM, get=get_xlsx),
    Door(f"{_PATH}.pdf", _TEAM, get=get_pdf),
]
