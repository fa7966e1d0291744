"""Writes: enrolment codes, devices and their changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from events.models import Gate
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.secrets import digest, new_secret
from festival.kit.web.access import NOBODY, Principal
from festival.organisation.actions import record_audit
from ticketing.gate.queries import get_device
from ticketing.gate.rules import CODE_LASTS, DEVICE_PREFIX, CodeSpent, CodeUnknown, new_code, plain_code
from ticketing.models import Device, EnrolmentCode


@dataclass(frozen=True)
class Enrolled:
    """A device as it leaves its enrolment: the token is told this once."""

    token: str
    device: Device
    gate: Gate


async def issue_enrolment_code(gate: Gate, name: str, directions: str, device_until: dt.datetime, by: Principal) -> str:
    """A code that makes one phone a device of `gate` until `device_until`; good once, for a quarter of an hour."""
    code, at = new_code(), now()
    async with transaction():
        row = await EnrolmentCode.create(
            gate_id=gate.id, digest=digest(plain_code(code)), name=name, directions=directions,
            device_until=device_until, created_by=by.id, created_at=at, expires_at=at + CODE_LASTS,
        )  # fmt: skip
        await record_audit(by, "device.code_issued", ("enrolment_code", row.id), after={"gate": gate.slug})
    return code


async def enrol_device(typed: str) -> Enrolled:
    """Spend a code and make its device; raises CodeUnknown or CodeSpent. The guarded UPDATE lets one phone win."""
    at, known = now(), digest(plain_code(typed))
    async with transaction():
        spent = await EnrolmentCode.filter(digest=known, used_at=None, expires_at__gt=at).update(used_at=at)
        code = await EnrolmentCode.get_or_none(digest=known).select_related("gate__zone")
        if code is None:
            raise CodeUnknown
        if not spent:
            raise CodeSpent
        enrolled = await _add_device(code.gate, code.name, code.directions, code.device_until, NOBODY)
        await EnrolmentCode.filter(id=code.id).update(device_id=enrolled.device.id)
    return enrolled


async def add_device(gate: Gate, name: str, directions: str, until: dt.datetime, by: Principal) -> Enrolled:
    """Make a device at once, without a code: for the command line."""
    async with transaction():
        return await _add_device(gate, name, directions, until, by)


async def _add_device(gate: Gate, name: str, directions: str, until: dt.datetime, by: Principal) -> Enrolled:
    token = DEVICE_PREFIX + new_secret(24)
    device = await Device.create(
        gate_id=gate.id, name=name or gate.name, digest=digest(token), directions=directions,
        enrolled_at=now(), expires_at=until,
    )  # fmt: skip
    await record_audit(by, "device.enrolled", ("device", device.id), after={"gate": gate.slug, "name": device.name})
    return Enrolled(token, device, gate)


async def revoke_device(device_id: int, by: Principal) -> None:
    """Take a phone off its gate; bites at its next request. Doing it twice changes nothing."""
    async with transaction():
        device = await get_device(device_id)
        if await Device.filter(id=device.id, revoked_at=None).update(revoked_at=now()):
            await record_audit(by, "device.revoked", ("device", device.id), before={"name": device.name})


async def rename_device(device_id: int, name: str, by: Principal) -> None:
    """Give a phone another name."""
    await _change(device_id, "device.renamed", by, name=name)


async def move_device(device_id: int, gate: Gate, by: Principal) -> None:
    """Bind a phone to another gate, from its next request on."""
    await _change(device_id, "device.moved", by, gate_id=gate.id)


async def _change(device_id: int, action: str, by: Principal, **changes: Any) -> None:
    async with transaction():
        device = await get_device(device_id)
        before = {name: getattr(device, name) for name in changes}
        await Device.filter(id=device.id).update(**changes)
        await record_audit(by, action, ("device", device.id), before=before, after=changes)


async def record_report(device_id: int, skew: dt.timedelta | None, report: dict[str, Any]) -> None:
    """Keep that a phone was heard of, how far its clock is off, and what it says about itself."""
    changes: dict[str, Any] = {"seen_at": now()}
    if skew is not None:
        changes["clock_skew_ms"] = round(skew.total_seconds() * 1000)
    if report:
        changes["report"] = report
    await Device.filter(id=device_id).update(**changes)
