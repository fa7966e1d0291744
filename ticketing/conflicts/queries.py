"""Reads: conflicts of an occurrence, with the scan that came first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Gate, Occurrence
from festival.kit.errors import NotFound
from ticketing.models import Claim, Scan

_MOST = 200


@dataclass(frozen=True)
class Conflict:
    """A scan that a phone let pass and that does not count, where it was, and whose party it was."""

    scan: Scan
    gate: str
    claim: Claim | None


async def get_occurrence(occurrence_id: int) -> Occurrence:
    """The occurrence with its program; raises NotFound."""
    occurrence = await Occurrence.get_or_none(id=occurrence_id).select_related("program")
    if occurrence is None:
        raise NotFound
    return occurrence


async def list_conflicts(occurrence_id: int, *, settled: bool) -> Sequence[Conflict]:
    """The conflicts that are open, or those settled; the newest first, at most 200."""
    found = Scan.filter(occurrence_id=occurrence_id, settled_at__isnull=not settled).exclude(conflict="")
    scans = await found.order_by("-trusted_at").limit(_MOST).select_related("device")
    gates = {gate.id: gate.name for gate in await Gate.filter(id__in={scan.gate_id for scan in scans})}
    claims = {claim.id: claim for claim in await Claim.filter(id__in={s.claim_id for s in scans if s.claim_id})}
    return [Conflict(scan, str(gates.get(scan.gate_id, "")), claims.get(scan.claim_id or 0)) for scan in scans]


async def get_conflict(occurrence_id: int, scan_row: int) -> Scan:
    """A conflict of this occurrence by its row; raises NotFound."""
    scan = await Scan.filter(id=scan_row, occurrence_id=occurrence_id).exclude(conflict="").first()
    if scan is None:
        raise NotFound
    return scan
