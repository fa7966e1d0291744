"""Reads: the scans that were kept."""

from __future__ import annotations

from dataclasses import dataclass

from ticketing.models import Scan

PAGE = 200


@dataclass(frozen=True)
class ScanPage:
    """Scans in the order they were kept, and where the next page begins."""

    scans: list[Scan]
    next_cursor: str | None


async def list_scans(occurrence_id: int, after: int) -> ScanPage:
    """The scans of an occurrence that were kept after the row `after`."""
    rows = (
        await Scan.filter(occurrence_id=occurrence_id, id__gt=after)
        .order_by("id").limit(PAGE + 1).select_related("device")
    )  # fmt: skip
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return ScanPage(rows, str(rows[-1].id) if more else None)
