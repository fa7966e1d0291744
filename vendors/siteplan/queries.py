"""Reads: a festival's site as it is drawn."""

from __future__ import annotations

from events.models import Festival, SitePoint
from festival.kit.errors import NotFound
from festival.organisation.models import AuditEntry
from vendors.models import Booth, BoothAssignment
from vendors.siteplan.rules import Mark, Plan, Spot

PLAN_CHANGED = "siteplan.changed"


async def get_festival(slug: str, *, lock: bool = False) -> Festival:
    """The festival in any state; raises NotFound."""
    if lock:
        await Festival.filter(slug=slug).select_for_update().only("id")
    found = await Festival.get_or_none(slug=slug)
    if found is None:
        raise NotFound
    return found


async def get_plan(festival_id: int) -> Plan:
    """All its spaces and fixed points, in the order of their numbers."""
    booths = await Booth.filter(festival_id=festival_id).order_by("code")
    points = await SitePoint.filter(festival_id=festival_id).order_by("code", "id")
    return Plan([spot_of(row) for row in booths], [mark_of(row) for row in points])


def spot_of(row: Booth) -> Spot:
    """A space's row as plain values."""
    return Spot(
        row.id, row.code, row.zone, row.x_ft, row.y_ft, row.width_ft, row.depth_ft, row.has_power, row.corner,
        row.blocked_reason,
    )  # fmt: skip


def mark_of(row: SitePoint) -> Mark:
    """A point's row as plain values."""
    return Mark(row.id, row.code, row.name, row.x_ft, row.y_ft)


async def list_owners(festival_id: int) -> dict[int, str]:
    """Who has each space now, by the space's id."""
    rows = BoothAssignment.filter(booth__festival_id=festival_id, ended_at=None).select_related("application")
    return {row.booth_id: row.application.name or row.application.receipt for row in await rows}


async def find_last_plan(festival_id: int) -> AuditEntry | None:
    """The latest change of the site, which can be taken back."""
    kept = AuditEntry.filter(action=PLAN_CHANGED, object_kind="festival", object_id=festival_id)
    return await kept.order_by("-id").first()
