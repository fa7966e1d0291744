"""Attendance as JSON and as a stream."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.web.access import scope, staff
from festival.kit.web.api import Answer, Api
from festival.settings import settings
from ticketing.attendance.live import hub
from ticketing.attendance.queries import Attendance, get_attendance

api = Api("gate")

TEAM = staff("organizer", "gate")
_LOOK_AGAIN_S = 15
_BREATH_S = 1


class GateName(Answer):
    """A gate."""

    id: str
    name: str


class ArrivalsOut(Answer):
    """People who came in through one gate within five minutes from `at`."""

    at: str
    gate: GateName
    people: int


class ZoneOut(Answer):
    """A zone now, walk-ups included."""

    id: str
    name: str
    inside: int
    fire_limit: int | None


class AttendanceOut(Answer):
    """`expected` are the places, `claimed` those with a ticket, `arrived` the people who ever came in."""

    occurrence_id: str
    expected: int
    claimed: int
    arrived: int
    inside: int
    arrivals: list[ArrivalsOut]
    zones: list[ZoneOut]
    refusals: dict[str, int]
    # Not settled yet.
    conflicts: int
    forecast: int


@api.operation(
    "GET", "/api/v1/attendance/{occurrence_id:int}", TEAM | scope("gate"), out={200: AttendanceOut}, problems=(404,)
)
async def get_attendance_now(request: Request) -> AttendanceOut:
    """Arrivals per five minutes and gate, who is inside, per zone, refusals by reason."""
    return to_out(await get_attendance(int(request.path_params["occurrence_id"])))


@api.operation(
    "GET", "/api/v1/attendance/{occurrence_id:int}/stream", TEAM | scope("gate"), out={200: None}, problems=(404,)
)
async def get_attendance_stream(request: Request) -> Response:
    """The same as server-sent events named `attendance`, at once and whenever it changed."""
    occurrence_id = int(request.path_params["occurrence_id"])
    await get_attendance(occurrence_id)
    return EventSourceResponse(
        stream_attendance(occurrence_id), ping=15, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    )


async def stream_attendance(occurrence_id: int) -> AsyncIterator[ServerSentEvent]:
    """The figures now, and again whenever they changed; at most once a second."""
    told = ""
    async with hub().watch() as news:
        while True:
            news.clear()
            text = to_out(await get_attendance(occurrence_id)).model_dump_json()
            if text != told:
                told = text
                yield ServerSentEvent(text, event="attendance")
            await asyncio.sleep(_BREATH_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), _LOOK_AGAIN_S)


def to_out(found: Attendance) -> AttendanceOut:
    """The figures as they are sent."""
    zone = settings().zone
    names = {gate.id: GateName(id=str(gate.id), name=gate.name) for gate in found.gates}
    return AttendanceOut(
        occurrence_id=str(found.occurrence.id), expected=found.expected, claimed=found.claimed,
        arrived=found.arrived, inside=found.inside,
        arrivals=[
            ArrivalsOut(at=one.at.astimezone(zone).isoformat(), gate=names[one.gate_id], people=one.people)
            for one in found.arrivals
        ],
        zones=[ZoneOut(id=str(z.id), name=z.name, inside=z.inside, fire_limit=z.fire_limit) for z in found.zones],
        refusals=dict(found.refusals), conflicts=found.conflicts, forecast=found.forecast,
    )  # fmt: skip
