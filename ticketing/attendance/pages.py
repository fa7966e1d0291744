"""The live view for staff."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.web.access import staff
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from ticketing.attendance.queries import get_attendance
from ticketing.attendance.rules import HEIGHT, WIDTH, draw, series_of
from ticketing.scan.rules import CODE_WORDS, Code


async def get_live_view(request: Request) -> Response:
    """Arrivals, who is inside, refusals and conflicts; a script looks again when there is news."""
    return await _show(request, "ticketing/attendance/live.html")


async def get_wall(request: Request) -> Response:
    """The same for a screen on the wall: large, dark, without anything to press."""
    return await _show(request, "ticketing/attendance/wall.html")


async def _show(request: Request, template: str) -> Response:
    found = await get_attendance(int(request.path_params["occurrence_id"]))
    return render(
        request, template, found=found,
        chart=draw(found.arrivals, [gate.id for gate in found.gates]), width=WIDTH, height=HEIGHT,
        gates=[(series_of(place), gate) for place, gate in enumerate(found.gates)],
        gate_names={gate.id: gate.name for gate in found.gates},
        refusals=[(CODE_WORDS[Code(code)], times) for code, times in found.refusals.items()],
    )  # fmt: skip


routes: Routes = [
    Door("/organize/attendance/{occurrence_id:int}", staff("organizer", "gate"), get=get_live_view),
    Door("/organize/attendance/{occurrence_id:int}/wall", staff("organizer", "gate"), get=get_wall),
]
