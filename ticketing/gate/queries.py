"""Reads: devices by their token, gates with their rules, what the staff page lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from events.models import Gate, Occurrence
from festival.database import fetch_rows, on_postgres, placeholders
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.grouping import Grouping
from festival.kit.secrets import digest
from festival.kit.web.access import Kind, Principal
from ticketing.gate.rules import DeviceRevoked
from ticketing.models import Device, EnrolmentCode
from ticketing.scan.rules import GateFacts, GateRuleFacts

_NOWHERE = GateFacts(0, "", 0, 0)


@dataclass(frozen=True)
class DevicePrincipal(Principal):
    """A phone at a gate: what it may do, the gate it is bound to, and its clock."""

    gate: GateFacts = field(default=_NOWHERE)
    fire_limit: int | None = None
    clock_skew: dt.timedelta = dt.timedelta()


# One statement instead of the ORM's five: every scan asks this. One row per rule of the gate, at least one.
_DEVICES = """
SELECT d.id, d.digest, d.name, d.directions, d.expires_at, d.revoked_at, d.clock_skew_ms,
       g.id AS gate_id, g.name AS gate_name, g.directions AS gate_directions, z.id AS zone_id, z.venue_id, z.fire_limit,
       r.offer_id, r.starts_at, r.ends_at, o.occurrence_id,
       EXISTS (SELECT 1 FROM zone n WHERE n.venue_id = z.venue_id AND n.id <> z.id) AS has_neighbours
FROM device d JOIN gate g ON g.id = d.gate_id JOIN zone z ON z.id = g.zone_id
LEFT JOIN gate_rule r ON r.gate_id = g.id LEFT JOIN offer o ON o.id = r.offer_id
WHERE d.digest """


def as_moment(value: Any) -> dt.datetime:
    """A moment of a raw row: SQLite keeps them as text."""
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


def as_moment_or_none(value: Any) -> dt.datetime | None:
    """A moment of a raw row that may be empty."""
    return None if value is None else as_moment(value)


async def _find_devices(digests: list[str]) -> list[DevicePrincipal | Exception | None]:
    unique = sorted(set(digests))
    if on_postgres():
        rows = await fetch_rows(_DEVICES + "= ANY($1::varchar[])", [unique])
    else:
        rows = await fetch_rows(f"{_DEVICES}IN ({placeholders(1, len(unique))})", unique)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["digest"], []).append(row)
    return [_principal(found[each]) if each in found else None for each in digests]


def _principal(rows: Sequence[dict[str, Any]]) -> DevicePrincipal | Exception:
    row, at = rows[0], now()
    if row["revoked_at"] is not None or as_moment(row["expires_at"]) <= at:
        return DeviceRevoked()
    ruled = [each for each in rows if each["offer_id"] is not None]
    gate = GateFacts(
        row["gate_id"], row["gate_name"], row["zone_id"], row["venue_id"],
        _common_way(row["gate_directions"], row["directions"]),
        {
            each["offer_id"]: GateRuleFacts(as_moment_or_none(each["starts_at"]), as_moment_or_none(each["ends_at"]))
            for each in ruled
        },
        bool(row["has_neighbours"]),
        frozenset(each["occurrence_id"] for each in ruled),
    )  # fmt: skip
    return DevicePrincipal(
        Kind.DEVICE, row["id"], row["name"], gate=gate, fire_limit=row["fire_limit"],
        clock_skew=dt.timedelta(milliseconds=row["clock_skew_ms"]),
    )  # fmt: skip


def _common_way(gate: str, device: str) -> str:
    """The way that both the gate and the phone let people; `none` where they have none in common."""
    if "both" in {gate, device}:
        return device if gate == "both" else gate
    return gate if gate == device else "none"


_lookups: Grouping[str, DevicePrincipal | None] = Grouping(_find_devices)


async def find_device_principal(bearer: str) -> DevicePrincipal | None:
    """Which phone carries this token; raises DeviceRevoked for one that was taken off or is over its hours.

    Asked of the database at every request, many requests in one statement, so a revocation bites at once.
    """
    return await _lookups.submit(digest(bearer))


async def get_gate(reference: str) -> Gate:
    """The gate by its slug, number or whole name; raises NotFound."""
    gate = await Gate.get_or_none(slug=reference).select_related("zone__venue")
    if gate is None and reference.isdigit() and len(reference) < 19:
        gate = await Gate.get_or_none(id=int(reference)).select_related("zone__venue")
    if gate is None:
        named = await Gate.filter(name__iexact=reference).select_related("zone__venue").limit(2)
        gate = named[0] if len(named) == 1 else None
    if gate is None:
        raise NotFound
    return gate


async def list_gates() -> list[Gate]:
    """Every gate with its zone and venue, as the site lists them."""
    return await Gate.all().select_related("zone__venue").order_by("zone__venue__name", "zone__name", "position", "id")


async def list_devices() -> list[Device]:
    """Every phone that is at a gate, or was within the last week."""
    week_ago = now() - dt.timedelta(days=7)
    return await Device.filter(expires_at__gt=week_ago).select_related("gate__zone").order_by("gate__position", "id")


async def get_device(device_id: int) -> Device:
    """A phone with its gate; raises NotFound."""
    device = await Device.get_or_none(id=device_id).select_related("gate__zone__venue")
    if device is None:
        raise NotFound
    return device


async def get_open_code(code_id: int) -> EnrolmentCode:
    """An enrolment code that was not used yet; raises NotFound."""
    code = await EnrolmentCode.get_or_none(id=code_id, used_at=None, expires_at__gt=now()).select_related("gate")
    if code is None:
        raise NotFound
    return code


async def list_occurrences_at_gates() -> list[Occurrence]:
    """What takes tickets from half a day ago to a day and a half ahead, at most twelve."""
    at = now()
    return (
        await Occurrence.filter(
            offers__valid_until__gt=at - dt.timedelta(hours=12), offers__valid_from__lt=at + dt.timedelta(hours=36)
        )
        .distinct().order_by("starts_at").limit(12).select_related("program")
    )  # fmt: skip
