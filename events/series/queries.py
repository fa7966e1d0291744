"""Reads: a series with its dates, and what hangs on a date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from events.models import Occurrence, Series
from festival.kit.clock import now
from festival.kit.errors import NotFound


async def get_series(series_id: int, *, lock: bool = False) -> Series:
    """A series with its program and exceptions; raises NotFound."""
    if lock:
        await Series.filter(id=series_id).select_for_update().only("id")
    found = await Series.get_or_none(id=series_id).select_related("program__venue").prefetch_related("exceptions")
    if found is None:
        raise NotFound
    return found


async def list_held(series_id: int, since: str = "") -> list[Occurrence]:
    """The dates of a series that the rule has at `since` or later."""
    return await Occurrence.filter(series_id=series_id, original_local__gte=since).order_by("original_local")


async def find_turn(series: Series) -> str:
    """Where a change of the rule begins: "" for a series that lies ahead, else its next date; what was stays."""
    begun = await Occurrence.filter(series_id=series.id, starts_at__lt=now()).exists()
    if not begun:
        return ""
    coming = await Occurrence.filter(series_id=series.id, starts_at__gte=now()).order_by("original_local").first()
    return coming.original_local if coming else ""


async def list_depended_on(ids: Sequence[int]) -> set[int]:
    """Those of the dates on which something hangs, such as tickets: whatever table points at them."""
    found: set[int] = set()
    meta: Any = vars(Occurrence)["_meta"]
    for name in meta.backward_fk_fields:
        relation: Any = meta.fields_map[name]
        column = str(relation.relation_field)
        rows = await relation.related_model.filter(**{f"{column}__in": list(ids)}).values_list(column, flat=True)
        found |= set(map(int, rows))
    return found
