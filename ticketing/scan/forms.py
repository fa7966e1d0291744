"""What phones send: scans, batches of them, walk-ups."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

from festival.kit.web.api import Body
from ticketing.gate.queries import DevicePrincipal
from ticketing.scan.actions import Reading
from ticketing.scan.rules import LATE_AFTER, trusted_moment

MOST_IN_BATCH = 500
_EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


def _text_only(value: object) -> object:
    """A number is no moment: phones write RFC 3339."""
    return value if isinstance(value, str) else None


Moment = Annotated[AwareDatetime, BeforeValidator(_text_only)]


class ScanBody(Body):
    """One reading of one code."""

    scan_id: UUID
    token: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    direction: Literal["in", "out"]
    people: Annotated[int, Field(ge=1, le=255)] = 1
    scanned_at: Moment
    # What the phone showed, where it decided before we answered.
    shown: Literal["admitted", "refused"] | None = None


class BatchBody(Body):
    """What a phone kept while it was offline; each row is judged for itself."""

    scans: Annotated[list[Any], Field(max_length=MOST_IN_BATCH)]


class WalkUpBody(Body):
    """One person more or less, without a ticket."""

    walkup_id: UUID
    delta: Literal[1, -1]
    at: Moment


def bounded(moment: dt.datetime) -> dt.datetime:
    """A moment that every database can keep: a phone's clock may say anything."""
    if moment.year <= _EARLIEST.year:
        return _EARLIEST
    return _LATEST if moment.year >= _LATEST.year else moment.astimezone(dt.UTC)


def to_reading(
    body: ScanBody, device: DevicePrincipal, skew: dt.timedelta, received_at: dt.datetime, *, in_batch: bool
) -> Reading:
    """The scan as the gate's rules take it: late where the phone decided by itself."""
    scanned_at = bounded(body.scanned_at)
    trusted_at = trusted_moment(scanned_at, skew, received_at)
    late = in_batch or body.shown is not None or received_at - trusted_at > LATE_AFTER
    return Reading(
        device, str(body.scan_id), body.token, body.direction, body.people, scanned_at, trusted_at, received_at,
        late, body.shown != "refused",
    )  # fmt: skip
