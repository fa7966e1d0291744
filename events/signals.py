"""What higher rooms may want to hear of: kinds of jobs, stored in the transaction of the change itself.

The roof names who hears them. Nobody here knows who that is.
"""

from __future__ import annotations

from events.models import Occurrence
from festival.jobs.actions import enqueue

OCCURRENCE_CHANGED = "events.occurrence_changed"


async def signal_occurrence_changed(before: Occurrence, after: Occurrence) -> None:
    """Its time, place or state became different; call it inside the transaction of the change."""
    payload = {
        "occurrence_id": after.id, "sequence": after.sequence, "state": after.state, "was_state": before.state,
        "was_starts_at": before.starts_at.isoformat(), "was_ends_at": before.ends_at.isoformat(),
        "was_venue_id": before.venue_id or before.program.venue_id,
    }  # fmt: skip
    await enqueue(OCCURRENCE_CHANGED, f"{OCCURRENCE_CHANGED}:{after.id}:{after.sequence}", payload)
