"""Writes: what is done with many tickets at once. Letters are asked for here; the worker writes each in its own job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from events.models import Occurrence
from festival.database import transaction
from festival.jobs.actions import enqueue_all
from festival.jobs.models import Job
from festival.kit.clock import now
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from festival.settings import settings
from ticketing.delivery.queries import list_addressees, list_printable
from ticketing.delivery.rules import is_reminder_due, is_thanks_due
from ticketing.holder.queries import HeldTicket

REMIND = "ticketing.remind_holder"
TELL = "ticketing.tell_holder"
THANK = "ticketing.thank_holder"
WRITE = "ticketing.write_to_holder"
_LOOK_AHEAD, _LOOK_BACK = dt.timedelta(hours=48), dt.timedelta(hours=72)
_BATCH = 500


async def take_tickets_to_print(offer_id: int, *, with_address: bool, by: Principal) -> list[HeldTicket]:
    """The tickets to put on paper, the newest first; who printed how many stays on record."""
    async with transaction():
        found = await list_printable(offer_id, with_address=with_address)
        await record_audit(by, "tickets.printed", ("offer", offer_id), after={"tickets": len(found)})
    return found


async def ask_for_letters(occurrence_id: int, kind: str, payload: Mapping[str, Any], *, came: bool = False) -> int:
    """One job of `kind` for each live claim with an address; returns how many. Asking again adds none."""
    mark = payload.get("revision", payload.get("starts_at", ""))
    asked = 0
    async for references in list_addressees(occurrence_id, came=came, size=_BATCH):
        jobs = [
            (kind, f"{kind}:{reference}:{occurrence_id}:{mark}", {**payload, "claim_id": reference})
            for reference in references
        ]
        await enqueue_all(jobs)
        asked += len(jobs)
    return asked


def find_change(payload: Mapping[str, Any]) -> str:
    """What a changed date means to a holder: moved, postponed, cancelled, restored, or "" where it means nothing."""
    if payload["state"] != payload["was_state"]:
        return "restored" if payload["state"] == "scheduled" else str(payload["state"])
    return "moved" if payload["state"] == "scheduled" else ""


async def ask_for_reminders() -> int:
    """Ask for the letters of the day before, once for each date; returns for how many dates."""
    at, zone = now(), settings().zone
    near = await Occurrence.filter(
        state="scheduled", program__state="published", starts_at__gte=at, starts_at__lte=at + _LOOK_AHEAD
    )  # fmt: skip
    due = [occurrence for occurrence in near if is_reminder_due(occurrence.starts_at, at, zone)]
    return await _ask_once(REMIND, [(o.id, o.starts_at.isoformat()) for o in due], came=False)


async def ask_for_thanks() -> int:
    """Ask for the letters afterwards, once for each date; returns for how many dates."""
    at = now()
    over = await Occurrence.filter(state="scheduled", ends_at__gte=at - _LOOK_BACK, ends_at__lte=at)
    due = [occurrence for occurrence in over if is_thanks_due(occurrence.ends_at, at)]
    return await _ask_once(THANK, [(o.id, o.starts_at.isoformat()) for o in due], came=True)


async def _ask_once(kind: str, dates: list[tuple[int, str]], *, came: bool) -> int:
    """A finished job remembers each date that was asked for, so that a date is gone through once."""
    marks = {f"{kind}:date:{number}:{starts_at}": (number, starts_at) for number, starts_at in dates}
    known = set(await Job.filter(key__in=list(marks)).values_list("key", flat=True)) if marks else set[object]()
    for key, (number, starts_at) in marks.items():
        if key in known:
            continue
        async with transaction():
            await ask_for_letters(number, kind, {"starts_at": starts_at}, came=came)
            await Job.bulk_create(
                [Job(kind=f"{kind}.date", key=key, payload={}, run_at_ms=0, state="done")], ignore_conflicts=True
            )
    return len(marks) - len(known)
