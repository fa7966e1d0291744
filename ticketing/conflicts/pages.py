"""The page where conflicts are looked into."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.web.access import principal_of, staff
from festival.kit.web.forms import read_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from ticketing.conflicts.actions import reopen_conflict, settle_conflict
from ticketing.conflicts.forms import SettleForm
from ticketing.conflicts.queries import get_occurrence, list_conflicts
from ticketing.scan.rules import CONFLICT_WORDS

_TEAM = staff("organizer", "gate")
_PAGE = "/organize/attendance/{occurrence_id:int}/conflicts"


async def get_conflicts(request: Request) -> Response:
    """What is open, then what was settled."""
    occurrence = await get_occurrence(int(request.path_params["occurrence_id"]))
    return render(
        request, "ticketing/conflicts.html", occurrence=occurrence, words=CONFLICT_WORDS,
        waiting=await list_conflicts(occurrence.id, settled=False),
        settled=await list_conflicts(occurrence.id, settled=True),
    )  # fmt: skip


async def post_settle(request: Request) -> Response:
    """Settle one."""
    form, (occurrence_id, scan_row) = await read_form(request, SettleForm), _which(request)
    await settle_conflict(occurrence_id, scan_row, form.note or "", principal_of(request))
    return go_to(request, f"/organize/attendance/{occurrence_id}/conflicts")


async def post_reopen(request: Request) -> Response:
    """Undo."""
    occurrence_id, scan_row = _which(request)
    await reopen_conflict(occurrence_id, scan_row, principal_of(request))
    return go_to(request, f"/organize/attendance/{occurrence_id}/conflicts")


def _which(request: Request) -> tuple[int, int]:
    return int(request.path_params["occurrence_id"]), int(request.path_params["scan_row"])


routes: Routes = [
    Door(_PAGE, _TEAM, get=get_conflicts),
    Door(_PAGE + "/{scan_row:int}/settle", _TEAM, post=post_settle),
    Door(_PAGE + "/{scan_row:int}/reopen", _TEAM, post=post_reopen),
]
