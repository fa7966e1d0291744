"""Scans and walk-ups as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from events.models import Occurrence
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.i18n import clock_time, moment, put
from festival.kit.web.access import DEVICE, principal_of, scope
from festival.kit.web.api import Answer as Out
from festival.kit.web.api import Api, Body
from festival.settings import settings
from ticketing.gate.queries import DevicePrincipal
from ticketing.scan.actions import Reading, admit_scans, record_walkup
from ticketing.scan.forms import BatchBody, ScanBody, WalkUpBody, bounded, to_reading
from ticketing.scan.queries import list_scans
from ticketing.scan.rules import Answer, Code, sentence, trusted_moment

api = Api("gate", max_body=1024 * 1024)
_MOST_SKEW = dt.timedelta(days=3650)
_moments: TypeAdapter[dt.datetime] = TypeAdapter(dt.datetime)


class FirstIn(Out):
    """When and where the first of the party came in."""

    at: str
    gate: str


class ScanOut(Out):
    """What the phone shows: `code` only of a refusal, `message` in the caller's language."""

    scan_id: str | None
    outcome: str
    code: str | None
    message: str
    people_in: int
    party: int
    first_in: FirstIn | None
    # Of a vendor's or performer's pass: whose it is, and what the volunteer reads besides.
    name: str = ""
    lines: list[str] = []


class BatchOut(Out):
    """One result for each scan, in the order they were sent."""

    results: list[ScanOut]


class WalkUpOut(Out):
    """The walk-up as it is kept, however often it was sent."""

    walkup_id: str
    delta: int


class KeptScan(Out):
    """A scan as it counts now; `conflict` names what a phone let happen and should not have."""

    scan_id: str
    claim_id: str | None
    fingerprint: str
    device: dict[str, str]
    gate_id: str
    direction: str
    people: int
    counted: int
    outcome: str
    code: str | None
    conflict: str | None
    scanned_at: str
    trusted_at: str
    received_at: str


class KeptScans(Out):
    """A page of scans; `next_cursor` is null on the last."""

    scans: list[KeptScan]
    next_cursor: str | None


class Cursor(Body):
    """Where a page begins."""

    cursor: int = 0


def device_of(request: Request) -> DevicePrincipal:
    """The phone that is asking; the door let no other kind of asker in."""
    return cast(DevicePrincipal, principal_of(request))


def measured_skew(request: Request, received_at: dt.datetime) -> dt.timedelta | None:
    """How far the phone's clock is ahead of ours, from its header X-Device-Time (RFC 3339); None without one."""
    text = request.headers.get("x-device-time", "")
    try:
        told = _moments.validate_python(text) if text else None
    except ValidationError:
        return None
    if told is None or told.tzinfo is None:
        return None
    skew = bounded(told) - received_at
    return skew if abs(skew) < _MOST_SKEW else None


def _skew(request: Request, received_at: dt.datetime) -> dt.timedelta:
    measured = measured_skew(request, received_at)
    return device_of(request).clock_skew if measured is None else measured


@api.operation("POST", "/api/v1/scans", DEVICE, body=ScanBody, out={200: ScanOut}, problems=(503,))
async def post_scan(request: Request, body: ScanBody) -> ScanOut:
    """Admit people, or let them out; a scan_id that was sent before gets its first answer."""
    at = now()
    reading = to_reading(body, device_of(request), _skew(request, at), at, in_batch=False)
    [answer] = await admit_scans([reading])
    return to_out(reading.scan_id, answer)


@api.operation("POST", "/api/v1/scans/batch", DEVICE, body=BatchBody, out={200: BatchOut}, problems=(503,))
async def post_batch(request: Request, body: BatchBody) -> BatchOut:
    """Take the scans of an offline hour; every order of the same scans ends alike, a bad row hurts no other."""
    at, device = now(), device_of(request)
    skew = _skew(request, at)
    results: list[ScanOut | None] = []
    readings: list[Reading] = []
    for row in body.scans:
        try:
            readings.append(to_reading(ScanBody.model_validate(row), device, skew, at, in_batch=True))
            results.append(None)
        except ValidationError:
            results.append(to_out(_named(row), Answer(Code.MALFORMED)))
    answers = iter([to_out(r.scan_id, a) for r, a in zip(readings, await admit_scans(readings), strict=True)])
    return BatchOut(results=[result or next(answers) for result in results])


def _named(row: object) -> str | None:
    """The scan_id of a row that could not be read, if it has one."""
    given = cast(dict[str, Any], row).get("scan_id") if isinstance(row, dict) else None
    return given[:64].encode(errors="replace").decode() if isinstance(given, str) else None


@api.operation("POST", "/api/v1/walkups", DEVICE, body=WalkUpBody, out={200: WalkUpOut})
async def post_walkup(request: Request, body: WalkUpBody) -> WalkUpOut:
    """Count one person more or less inside without a ticket; a walkup_id counts once."""
    at = now()
    moment_of_it = trusted_moment(bounded(body.at), _skew(request, at), at)
    await record_walkup(device_of(request), str(body.walkup_id), body.delta, moment_of_it)
    return WalkUpOut(walkup_id=str(body.walkup_id), delta=body.delta)


@api.operation(
    "GET", "/api/v1/occurrences/{occurrence_id:int}/scans", scope("gate"), query=Cursor, out={200: KeptScans},
    problems=(404,),
)  # fmt: skip
async def get_scans(request: Request, query: Cursor) -> KeptScans:
    """Every scan kept of an occurrence, as it counts now, oldest first."""
    occurrence_id = int(request.path_params["occurrence_id"])
    if not await Occurrence.exists(id=occurrence_id):
        raise NotFound
    page = await list_scans(occurrence_id, query.cursor)
    zone = settings().zone
    return KeptScans(
        scans=[
            KeptScan(
                scan_id=scan.scan_id, claim_id=str(scan.claim_id) if scan.claim_id else None,
                fingerprint=scan.fingerprint, device={"id": str(scan.device_id), "name": scan.device.name},
                gate_id=str(scan.gate_id), direction=scan.direction, people=scan.people, counted=scan.counted,
                outcome="admitted" if scan.counted else "refused",
                code=None if scan.counted else scan.code or scan.conflict, conflict=scan.conflict or None,
                scanned_at=scan.scanned_at.astimezone(zone).isoformat(),
                trusted_at=scan.trusted_at.astimezone(zone).isoformat(),
                received_at=scan.received_at.astimezone(zone).isoformat(),
            )
            for scan in page.scans
        ],
        next_cursor=page.next_cursor,
    )  # fmt: skip


def to_out(scan_id: str | None, answer: Answer) -> ScanOut:
    """The answer in the caller's language and the city's time."""
    zone = settings().zone
    at, gate = answer.first_in_at, answer.first_in_gate
    return ScanOut(
        scan_id=scan_id, outcome=answer.outcome, code=answer.code, message=put(sentence(answer, _show)),
        people_in=answer.people_in, party=answer.party,
        first_in=FirstIn(at=at.astimezone(zone).isoformat(), gate=gate) if at else None,
        name=answer.name, lines=[put(line) for line in answer.lines],
    )  # fmt: skip


def _show(at: dt.datetime) -> str:
    """A moment for a volunteer: the time alone where it is today."""
    zone = settings().zone
    today = at.astimezone(zone).date() == now().astimezone(zone).date()
    return clock_time(at, zone) if today else moment(at, zone, "short")
