"""Enrolment and snapshot as JSON."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from festival.kit.clock import now
from festival.kit.web.access import ANYONE, DEVICE
from festival.kit.web.api import Answer, Api
from festival.kit.web.limits import limit
from festival.settings import settings
from ticketing.gate.actions import enrol_device, record_report
from ticketing.gate.forms import EnrolBody, ReportQuery
from ticketing.gate.snapshot import get_snapshot
from ticketing.scan.api import device_of, measured_skew

api = Api("gate")


class GateOut(Answer):
    """Where the phone scans."""

    id: str
    name: str
    zone: str
    directions: str


class EnrolOut(Answer):
    """The phone's own token, told this once, and until when it opens the gate."""

    token: str
    gate: GateOut
    expires_at: str


class OfferOut(Answer):
    """An offer's window at this gate, and whether the gate admits it at all."""

    id: int
    name: str
    valid_from: str
    valid_until: str
    allowed: bool


class SnapshotOut(Answer):
    """What a gate needs offline. Ticket ids are texts: they have 63 bits."""

    server_time: str
    gate: GateOut
    zone_level: int
    keys: dict[str, str]
    offers: list[OfferOut]
    ended: list[tuple[str, str]]
    admitted: list[tuple[str, int, int, str | None, str]]
    parties: list[tuple[str, int]]


@api.operation("POST", "/api/v1/devices/enrol", ANYONE, body=EnrolBody, out={201: EnrolOut}, problems=(404, 410))
async def post_enrol(request: Request, body: EnrolBody) -> EnrolOut:
    """Spend an enrolment code: this phone becomes a device of its gate."""
    limit(request, "enrol", 20)
    enrolled = await enrol_device(body.code)
    device, gate = enrolled.device, enrolled.gate
    ways = device.directions if gate.directions == "both" else gate.directions
    return EnrolOut(
        token=enrolled.token,
        gate=GateOut(id=str(gate.id), name=gate.name, zone=gate.zone.name, directions=ways),
        expires_at=device.expires_at.astimezone(settings().zone).isoformat(),
    )


@api.operation("GET", "/api/v1/gate/snapshot", DEVICE, query=ReportQuery, out={200: SnapshotOut, 304: None})
async def get_gate_snapshot(request: Request, query: ReportQuery) -> Response:
    """What an offline gate needs; 304 while nothing of it changed."""
    device, at = device_of(request), now()
    await record_report(device.id, measured_skew(request, at), query.model_dump(exclude_none=True))
    snapshot = await get_snapshot(device)
    headers = {"ETag": snapshot.etag, "Cache-Control": "private, no-cache"}
    asked = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if snapshot.etag in asked:
        return Response(status_code=304, headers=headers)
    return JSONResponse({"server_time": at.isoformat(), **snapshot.members}, headers=headers)
