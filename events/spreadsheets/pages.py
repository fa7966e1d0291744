"""Staff pages: sheets out, sheets in with a preview."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from events.spreadsheets.actions import import_sheet, keep_sheet, plan_sheet
from events.spreadsheets.queries import list_date_rows, list_program_rows
from events.spreadsheets.rules import DATE_COLUMNS, PROGRAM_COLUMNS
from festival.kit.errors import Conflict, Invalid, NotFound, Refusal
from festival.kit.sheets import MEDIA_TYPES, MOST_BYTES
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.downloads import download_sheet
from festival.kit.web.forms import FormState, read_form
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, say
from festival.scanning.clamd import require_clean

ORGANIZER = staff(Role.ORGANIZER)
_ROOM_FOR_FORM = 64 * 1024


class KindForm(BaseModel):
    """Which sheet it is; `file` names the kept one when it is confirmed."""

    kind: Literal["programs", "dates"]
    file: str = ""


def _show(request: Request, form: FormState, status: int = 200, **more: object) -> Response:
    context: dict[str, object] = {
        "plan": None, "kept": "", "done": None,
        "columns": {"programs": list(PROGRAM_COLUMNS), "dates": list(DATE_COLUMNS)}, **more,
    }  # fmt: skip
    return render(request, "events/organize/sheets.html", status, form=form, **context)


async def get_sheets(request: Request) -> Response:
    """What can be taken out, and the form that takes a sheet in."""
    return _show(request, FormState())


async def post_sheet(request: Request) -> Response:
    """Show what a sheet would change; nothing is written."""
    async with request.form(max_files=1) as posted:
        upload = posted.get("sheet")
        content = await upload.read() if isinstance(upload, UploadFile) else b""
        name = (upload.filename or "") if isinstance(upload, UploadFile) else ""
        try:
            form = await read_form(request, KindForm)
            if not content:
                raise Invalid({"sheet": say(N_("Choose a file first."))})
            await require_clean(content, principal_of(request))
            plan = await plan_sheet(form.kind, content)
        except Invalid as refusal:
            return _show(request, FormState(request.state.form_values, refusal.errors), 422)
        except Refusal as refusal:
            return _show(request, FormState(request.state.form_values, {"sheet": refusal.words}), refusal.status)
    kept = await keep_sheet(content, name, principal_of(request)) if plan.good else None
    return _show(request, FormState(), plan=plan, kept=kept.name if kept else "")


async def post_import(request: Request) -> Response:
    """Do what the preview showed."""
    form = await read_form(request, KindForm)
    try:
        done = await import_sheet(form.kind, form.file, principal_of(request))
    except Conflict as refusal:
        return _show(request, FormState({}, {"sheet": refusal.words}), refusal.status)
    return _show(request, FormState(), done=done)


async def get_export(request: Request) -> Response:
    """A sheet as CSV or XLSX."""
    kind, form = request.path_params["kind"], request.path_params["form"]
    if form not in MEDIA_TYPES or kind not in {"programs", "dates"}:
        raise NotFound
    columns = PROGRAM_COLUMNS if kind == "programs" else DATE_COLUMNS
    rows = await (list_program_rows() if kind == "programs" else list_date_rows())
    return await download_sheet(form, kind, list(columns), rows)


routes: Routes = [
    Door("/organize/sheets", ORGANIZER, get=get_sheets, post=post_sheet, max_body=MOST_BYTES + _ROOM_FOR_FORM),
    Door("/organize/sheets/import", ORGANIZER, post=post_import),
    Door("/organize/sheets/{kind}.{form}", ORGANIZER, get=get_export),
]
