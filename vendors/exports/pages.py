"""The queue as CSV or XLSX, as it is filtered; who took it is on record."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from festival.accounts.confirmation import require_recent_confirmation
from festival.database import transaction
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.downloads import download_sheet
from festival.kit.web.routes import Door, Handler, Routes
from festival.organisation.actions import record_audit
from vendors.exports.queries import export_queue
from vendors.review.rules import read_filters

ORGANIZERS = staff(Role.ORGANIZER)


def _export(form: Literal["csv", "xlsx"]) -> Handler:
    async def get_export(request: Request) -> Response:
        await require_recent_confirmation(request, "/organize/applications")
        filters = read_filters(request.query_params)
        columns, rows = await export_queue(filters, principal_of(request), with_people=True)
        async with transaction():
            await record_audit(
                principal_of(request), "applications.exported", after={"rows": len(rows), "filters": filters.query}
            )
        return await download_sheet(form, "applications", columns, rows)

    get_export.__doc__ = f"The filtered queue as {form.upper()}."
    return get_export


routes: Routes = [
    Door("/organize/applications.csv", ORGANIZERS, get=_export("csv")),
    Door("/organize/applications.xlsx", ORGANIZERS, get=_export("xlsx")),
]
