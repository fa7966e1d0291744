"""Writes: one recorded change taken back, if nothing came after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence

from events.editing.actions import undo_date
from events.editions.actions import undo_edition
from events.pictures.actions import undo_removal
from events.places.removing import undo_part
from events.planning.actions import undo_state
from events.series.actions import undo_following
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.models import AuditEntry

LONGEST = dt.timedelta(hours=24)
Undo = Callable[[AuditEntry, Principal], Awaitable[str]]

# How each recorded change is taken back; each returns the page to go to.
_UNDO: Mapping[str, Undo] = {
    **{f"program.{state}": undo_state for state in ("draft", "published", "postponed", "cancelled", "archived")},
    "program.scheduled": undo_state,
    **{f"festival.{state}": undo_edition for state in ("draft", "published", "postponed", "cancelled", "archived")},
    "festival.scheduled": undo_edition,
    "occurrence.changed": undo_date,
    "dates.changed": undo_following,
    "picture.removed": undo_removal,
    "place.removed": undo_part,
}


class TooLateToUndo(Conflict):
    """Something came after it, or a day went by."""

    code = "too_late_to_undo"
    message = N_("This cannot be taken back any more: something was changed after it, or more than a day went by.")


def can_undo(entry: AuditEntry) -> bool:
    """Whether a recorded change may still be taken back, as far as its age and kind say."""
    return entry.action in _UNDO and now() - entry.at < LONGEST


def find_just_done(trail: Sequence[AuditEntry], number: str) -> AuditEntry | None:
    """The entry of `trail` that a page's address says was just made, while it can be taken back."""
    just = next((entry for entry in trail if str(entry.id) == number), None)
    return just if just and can_undo(just) else None


async def undo_change(entry_id: int, by: Principal) -> str:
    """Take back a recorded change; returns the page to go to. Raises NotFound or TooLateToUndo."""
    entry = await AuditEntry.get_or_none(id=entry_id)
    if entry is None or entry.action not in _UNDO:
        raise NotFound
    if not can_undo(entry):
        raise TooLateToUndo
    try:
        return await _UNDO[entry.action](entry, by)
    except Conflict:
        raise TooLateToUndo from None
