"""The one way money moves: an entry in the ledger and the sums it changes, under the obligation's lock.

    async with changing(obligation_id) as obligation:
        await enter(obligation, Entry.PAID, 15_000, "payment:7")

When the block ends, the obligation's state follows its sums and attempts, and if anything changed its
revision grows and the owning room is told by a job.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict

from tortoise.functions import Sum

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.payments.models import Instalment, LedgerEntry, Obligation, Payment
from festival.payments.rules import Entry, Sums, add_entry, obligation_state

OBLIGATION_CHANGED = "payments.obligation_changed"
ISSUE_PAPER = "payments.issue_paper"
# These movements have a numbered paper: an invoice, a receipt, a credit note.
WITH_PAPER = (Entry.BILLED, Entry.PAID, Entry.REFUNDED)


def sums_of(obligation: Obligation) -> Sums:
    """The obligation's sums as the rules take them."""
    return Sums(obligation.due_cents, obligation.paid_cents, obligation.refunded_cents, obligation.disputed_cents)


@asynccontextmanager
async def changing(obligation_id: int) -> AsyncGenerator[Obligation, None]:
    """One transaction over one locked obligation; raises NotFound."""
    async with transaction():
        obligation = await Obligation.filter(id=obligation_id).select_for_update().first()
        if obligation is None:
            raise NotFound
        before = (obligation.state, sums_of(obligation))
        yield obligation
        obligation.state = await _state_now(obligation)
        if (obligation.state, sums_of(obligation)) != before:
            obligation.revision += 1
            await tell_owner(obligation)
            await obligation.save()


async def enter(
    obligation: Obligation,
    kind: Entry,
    cents: int,
    cause: str,
    *,
    payment_id: int | None = None,
    refund_id: int | None = None,
    note: str = "",
    by: int = 0,
) -> bool:
    """Write a movement of `cents` (0 or more) for `cause`, once; False if this cause was written before."""
    if await LedgerEntry.exists(cause=cause):
        return False
    entry = await LedgerEntry.create(
        obligation_id=obligation.id, kind=kind.value, amount_cents=cents, cause=cause, payment_id=payment_id,
        refund_id=refund_id, note=note[:300], recorded_by=by, at=now(),
    )  # fmt: skip
    if kind in WITH_PAPER and cents:
        await enqueue(ISSUE_PAPER, f"{ISSUE_PAPER}:{entry.id}", {"entry_id": entry.id})
    sums = add_entry(sums_of(obligation), kind, cents)
    obligation.update_from_dict({f"{name}_cents": value for name, value in asdict(sums).items()})
    return True


async def parts_of(obligation: Obligation) -> list[int]:
    """The amounts of the obligation's instalments, in their order; none where it is paid at once."""
    rows = Instalment.filter(obligation_id=obligation.id).order_by("position")
    return [int(str(cents)) for cents in await rows.values_list("amount_cents", flat=True)]


async def tell_owner(obligation: Obligation) -> None:
    """Let the room whose subject this is know of the present revision."""
    payload = {
        "obligation_id": obligation.id, "revision": obligation.revision,
        "subject_kind": obligation.subject_kind, "subject_id": obligation.subject_id,
    }  # fmt: skip
    await enqueue(OBLIGATION_CHANGED, f"{OBLIGATION_CHANGED}:{obligation.id}:{obligation.revision}", payload)


async def _state_now(obligation: Obligation) -> str:
    attempts = Payment.filter(obligation_id=obligation.id).order_by("-attempt")
    tried = [str(state) for state in await attempts.values_list("state", flat=True)]
    return obligation_state(
        sums_of(obligation),
        before=obligation.state,
        # What a bank has under way may still come, whatever was tried after it.
        attempt="processing" if "processing" in tried else tried[0] if tried else "",
        lost_cents=await _sum(obligation, Entry.DISPUTE_LOST),
        waived_cents=await _sum(obligation, Entry.WAIVED),
    ).value


async def _sum(obligation: Obligation, kind: Entry) -> int:
    rows = (
        await LedgerEntry.filter(obligation_id=obligation.id, kind=kind.value)
        .annotate(total=Sum("amount_cents"))
        .values_list("total", flat=True)
    )
    return int(str(rows[0] or 0)) if rows else 0
