"""Writes: settling a conflict, and taking that back."""

from __future__ import annotations

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from ticketing.attendance.live import announce_arrivals
from ticketing.conflicts.queries import get_conflict
from ticketing.models import Scan


async def settle_conflict(occurrence_id: int, scan_row: int, note: str, by: Principal) -> None:
    """Somebody looked into it; a second time changes nothing."""
    async with transaction():
        scan = await get_conflict(occurrence_id, scan_row)
        if await Scan.filter(id=scan.id, settled_at=None).update(
            settled_at=now(), settled_by=by.label, settled_note=note
        ):
            await record_audit(by, "scan.settled", ("scan", scan.id), after={"conflict": scan.conflict, "note": note})
    announce_arrivals()


async def reopen_conflict(occurrence_id: int, scan_row: int, by: Principal) -> None:
    """Put it back among those to look into."""
    async with transaction():
        scan = await get_conflict(occurrence_id, scan_row)
        if await Scan.filter(id=scan.id, settled_at__isnull=False).update(
            settled_at=None, settled_by="", settled_note=""
        ):
            await record_audit(by, "scan.reopened", ("scan", scan.id), before={"note": scan.settled_note})
    announce_arrivals()
