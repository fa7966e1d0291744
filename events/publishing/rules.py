"""Pure: what becomes different for the public between two versions of a schedule."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from events.scheduling.placements import Placement


class Difference(StrEnum):
    """What happens to an act."""

    PLACED = "placed"
    MOVED = "moved"
    TAKEN_OUT = "taken_out"


def compare(before: Mapping[int, Placement], after: Mapping[int, Placement]) -> dict[int, Difference]:
    """The acts (by id) of which the public sees something different, and what."""
    found: dict[int, Difference] = {}
    for act_id in before.keys() | after.keys():
        old, new = _shown(before.get(act_id)), _shown(after.get(act_id))
        if new and not old:
            found[act_id] = Difference.PLACED
        elif old and not new:
            found[act_id] = Difference.TAKEN_OUT
        elif old and new and not old.is_seen_as(new):
            found[act_id] = Difference.MOVED
    return found


def _shown(placement: Placement | None) -> Placement | None:
    """Only what takes place."""
    return placement if placement and placement.state == "scheduled" else None
