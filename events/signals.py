"""What higher rooms may want to hear of: kinds of jobs, stored in the transaction of the change itself.

The roof names who hears them, and who follows within the transaction. Nobody here knows who that is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from events.models import Occurrence
from festival.jobs.actions import enqueue_all

OCCURRENCE_CHANGED = "events.occurrence_changed"


@dataclass(frozen=True)
class Date:
    """What people plan by."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    venue_id: int | None
    state: str


# Told how dates stood and how they stand, by occurrence, in the transaction of the change.
Follow = Callable[[Mapping[int, Date], Mapping[int, Date]], Awaitable[None]]

# From when to when an act is on stage.
Set = tuple[dt.datetime, dt.datetime]
# Told the sets of acts as they were and as they are, by act, in the transaction of the change.
FollowActs = Callable[[Mapping[int, Set], Mapping[int, Set]], Awaitable[None]]

_followers: list[Follow] = []
_act_followers: list[FollowActs] = []


def register_follower(follow: Follow) -> None:
    """Let `follow` bring what hangs on a date along with it."""
    if follow not in _followers:
        _followers.append(follow)


def register_act_follower(follow: FollowActs) -> None:
    """Let `follow` bring what hangs on an act in the public schedule along with it."""
    if follow not in _act_followers:
        _act_followers.append(follow)


async def signal_moved_acts(before: Mapping[int, Set], after: Mapping[int, Set]) -> None:
    """Bring along what hangs on acts that are on stage at another time; in the transaction of the change."""
    moved = {act_id: new for act_id, new in after.items() if act_id in before and before[act_id] != new}
    if moved:
        for follow in _act_followers:
            await follow({act_id: before[act_id] for act_id in moved}, moved)


async def read_dates(ids: Iterable[int]) -> Mapping[int, Date]:
    """How dates stand, by the occurrence's id; read it before a change and hand it to `signal_changed_dates` after."""
    rows = await Occurrence.filter(id__in=list(ids))
    return {row.id: Date(row.starts_at, row.ends_at, row.venue_id, row.state) for row in rows}


async def signal_changed_dates(before: Mapping[int, Date]) -> None:
    """Bring along what hangs on each date whose time, place or state became different, and leave a job for it; in
    the transaction of the change."""
    after = await read_dates(before)
    moved = {id: date for id, date in after.items() if date != before[id]}
    if not moved:
        return
    for follow in _followers:
        await follow({id: before[id] for id in moved}, moved)
    jobs = [
        (
            OCCURRENCE_CHANGED,
            f"{OCCURRENCE_CHANGED}:{row.id}:{row.revision}",
            {
                "occurrence_id": row.id, "revision": row.revision, "starts_at": row.starts_at.isoformat(),
                "state": row.state, "venue_id": row.venue_id, "was_state": before[row.id].state,
                "was_starts_at": before[row.id].starts_at.isoformat(),
            },
        )
        for row in await Occurrence.filter(id__in=list(moved))
    ]  # fmt: skip
    await enqueue_all(jobs)
