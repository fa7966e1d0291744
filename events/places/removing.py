"""Writes: parts of a place or a festival taken away where nothing uses them, and brought back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.models import Model

from events.models import Festival, Gate, Stage, StageWindow, Venue, VenueHours, Zone
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from festival.organisation.models import AuditEntry


class StillUsed(Conflict):
    """Something hangs on it."""

    code = "still_used"
    message = N_("It cannot be removed: programs, acts, phones, tickets or stages still use it. Change these first.")


_KINDS: dict[str, type[Model]] = {
    "venue": Venue, "zone": Zone, "gate": Gate, "stage": Stage, "hours": VenueHours, "window": StageWindow,
}  # fmt: skip


async def remove_part(kind: str, slug: str, number: int, by: Principal) -> tuple[str, AuditEntry]:
    """Remove a venue, or a zone, gate or stage of the venue or festival at `slug`.

    Returns the page to go to, and what was recorded, by which it can be brought back. Raises NotFound or StillUsed.
    """
    async with transaction():
        row, owner, page = await _find(kind, slug, number)
        hanging = [("hours", one) for one in await VenueHours.filter(venue_id=row.pk)] if kind == "venue" else []
        hanging += [("window", one) for one in await StageWindow.filter(stage_id=row.pk)] if kind == "stage" else []
        rows = [_packed(kind, row), *(_packed(name, one) for name, one in hanging)]
        before: dict[str, Any] = {"rows": rows, "page": page}
        try:
            await type(row).filter(id=row.pk).delete()
        except (IntegrityError, OperationalError):
            raise StillUsed from None
        await _touch(owner)
        entry = await record_audit(
            by, "place.removed", owner, before=before, after={"name": rows[0]["columns"]["name"]}
        )
    return page, entry


async def _find(kind: str, slug: str, number: int) -> tuple[Model, tuple[str, int], str]:
    """The row, whose trail tells of it, and the page that stays."""
    if kind == "stage":
        festival = await Festival.get_or_none(slug=slug)
        found = await Stage.get_or_none(id=number, festival_id=festival.id) if festival else None
        if festival is None or found is None:
            raise NotFound
        return found, ("festival", festival.id), f"/organize/festivals/{slug}/details"
    venue = await Venue.get_or_none(slug=slug)
    if venue is None:
        raise NotFound
    if kind == "venue":
        return venue, ("venue", venue.id), "/organize/places"
    part = (
        await Zone.get_or_none(id=number, venue_id=venue.id)
        if kind == "zone"
        else await Gate.get_or_none(id=number, zone__venue_id=venue.id)
    )
    if part is None:
        raise NotFound
    return part, ("venue", venue.id), f"/organize/places/{slug}"


async def _touch(owner: tuple[str, int]) -> None:
    if owner[0] == "festival":
        festival = await Festival.get(id=owner[1])
        await Festival.filter(id=festival.id).update(revision=festival.revision + 1, changed_at=now())


def _packed(kind: str, row: Model) -> dict[str, Any]:
    columns = {
        name: value.isoformat() if isinstance(value := getattr(row, name), dt.datetime) else value
        for name in row._meta.db_fields  # pyright: ignore[reportPrivateUsage]
    }
    return {"kind": kind, "columns": columns}


async def undo_part(entry: AuditEntry, by: Principal) -> str:
    """Bring back what was removed, under its old number; returns the page to go to. Raises Conflict where its place
    was taken meanwhile."""
    before = entry.before or {}
    async with transaction():
        try:
            for row in before.get("rows", ()):
                await _KINDS[row["kind"]].create(**_unpacked(row["columns"]))
        except IntegrityError:
            raise Conflict from None
        await _touch((entry.object_kind, entry.object_id))
        await record_audit(by, "place.undone", (entry.object_kind, entry.object_id))
    return str(before["page"])


def _unpacked(columns: dict[str, Any]) -> dict[str, Any]:
    return {
        name: dt.datetime.fromisoformat(value) if name.endswith("_at") and value else value
        for name, value in columns.items()
    }
