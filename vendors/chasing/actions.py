"""Writes: the dates by which the city owes something to others."""

from __future__ import annotations

import datetime as dt

from events.models import Festival, FestivalDeadline
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit


async def save_deadline(
    festival: Festival, deadline: FestivalDeadline | None, title: str, due_on: dt.date, by: Principal
) -> None:
    """Add a deadline, or change one."""
    async with transaction():
        before = {"title": deadline.title, "due_on": deadline.due_on.isoformat()} if deadline else None
        if deadline is None:
            deadline = await FestivalDeadline.create(festival_id=festival.id, title=title, due_on=due_on)
        else:
            await FestivalDeadline.filter(id=deadline.id).update(title=title, due_on=due_on)
        after = {"title": title, "due_on": due_on.isoformat()}
        await record_audit(by, "deadline.saved", ("deadline", deadline.id), before=before, after=after)


async def settle_deadline(deadline: FestivalDeadline, by: Principal, *, done: bool) -> None:
    """Say that a deadline is met, or that it is open after all."""
    async with transaction():
        mine = FestivalDeadline.filter(id=deadline.id, done_at__isnull=done)
        facts = {"done_at": now(), "done_by": by.id} if done else {"done_at": None, "done_by": None}
        if await mine.update(**facts):
            await record_audit(by, "deadline.met" if done else "deadline.open", ("deadline", deadline.id))


async def remove_deadline(deadline: FestivalDeadline, by: Principal) -> None:
    """Take a deadline away."""
    async with transaction():
        await FestivalDeadline.filter(id=deadline.id).delete()
        before = {"title": deadline.title, "due_on": deadline.due_on.isoformat()}
        await record_audit(by, "deadline.removed", ("deadline", deadline.id), before=before)
