"""Writes: number what changed, once for each state of the calendar, whoever notices it first."""

from __future__ import annotations

import datetime as dt

from tortoise.expressions import F

from calendar_feed.changes.queries import ONLY_ROW, find_state, list_digests
from calendar_feed.changes.rules import compare, whole_digest
from calendar_feed.feed.queries import Catalogue, read_catalogue
from calendar_feed.models import SyncEntry, SyncState
from festival.database import transaction
from festival.kit.clock import now

# What left the calendar is remembered so long; an older token is answered with everything.
REMEMBERED = dt.timedelta(days=90)


async def bring_up_to(catalogue: Catalogue) -> SyncState:
    """The state of tokens for the calendar as it is; writes only where it is another than at the last token."""
    state = await find_state()
    if state and state.digest == whole_digest(await list_digests(catalogue)):
        return state
    return await _number_changes()


async def _number_changes() -> SyncState:
    """Under the row's lock the calendar is read again, so that no older state is numbered after a newer one."""
    at = now()
    async with transaction():
        await SyncState.bulk_create([SyncState(id=ONLY_ROW, sequence=0, oldest=0, digest="")], ignore_conflicts=True)
        # Any update takes the row's lock on PostgreSQL; SQLite's transaction holds the file's already.
        await SyncState.filter(id=ONLY_ROW).update(oldest=F("oldest"))
        state = await SyncState.get(id=ONLY_ROW)
        digests = await list_digests(await read_catalogue(at))
        if state.digest == whole_digest(digests):
            return state
        kept = {str(row.uid): row for row in await SyncEntry.all()}
        before = {uid: str(row.digest) for uid, row in kept.items() if row.gone_at is None}
        changed, gone = compare(before, digests)
        number = state.sequence + 1
        await SyncEntry.bulk_create(
            [SyncEntry(uid=uid, digest=digests[uid], sequence=number) for uid in changed if uid not in kept]
        )
        for uid in changed:
            if uid in kept:
                await SyncEntry.filter(uid=uid).update(digest=digests[uid], sequence=number, gone_at=None)
        for uid in gone:
            await SyncEntry.filter(uid=uid).update(sequence=number, gone_at=at)
        oldest = await _forget(at, state.oldest)
        await SyncState.filter(id=ONLY_ROW).update(sequence=number, oldest=oldest, digest=whole_digest(digests))
        return await SyncState.get(id=ONLY_ROW)


async def _forget(at: dt.datetime, oldest: int) -> int:
    """Forget what left long ago; returns the oldest change that tokens may still stand for."""
    old = SyncEntry.filter(gone_at__lt=at - REMEMBERED)
    last = await old.order_by("-sequence").first()
    if last is None:
        return oldest
    await SyncEntry.filter(gone_at__lt=at - REMEMBERED).delete()
    return max(oldest, int(last.sequence))
