"""Writes: what is owed, payments at the counter, waivers, lapses, refunds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from tortoise.expressions import F

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.errors import Invalid, NotFound
from festival.kit.secrets import digest
from festival.kit.web.access import NOBODY, Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from festival.organisation.queries import get_organisation
from festival.payments.ledger import OBLIGATION_CHANGED, changing, enter, sums_of, tell_owner
from festival.payments.models import Instalment, Obligation, ObligationLine, Payment, Refund
from festival.payments.queries import LIVE_ATTEMPTS, pay_path, pay_secret
from festival.payments.rules import (
    BillLine,
    Entry,
    NothingToPay,
    State,
    TooMuch,
    as_lines,
    outstanding_cents,
    refundable_cents,
    total_cents,
)

__all__ = [
    "OBLIGATION_CHANGED",
    "create_obligation",
    "expire_attempts",
    "lapse_obligation",
    "record_counter_payment",
    "request_refund",
    "reserve_refund",
    "waive_obligation",
]

SEND_REFUND = "payments.refund"
CLOSE_CHECKOUT = "payments.close_checkout"
CARD_METHODS = ("checkout", "saved_card")
CounterMethod = Literal["cash", "check"]


async def create_obligation(
    subject: tuple[str, int],
    payer_id: int,
    description: str,
    lines: Sequence[BillLine | tuple[str, int, int]],
    *,
    language: str = "en",
    payer_email: str = "",
    due_at: dt.datetime | None = None,
    parts: Sequence[tuple[int, dt.datetime]] = (),
) -> tuple[Obligation, str]:
    """Bill `subject` (kind, id) for `lines`; returns it and its pay path. `parts` are instalments (cents, due).

    Safe inside a transaction of the caller. An obligation of nothing is `not_due` at once.
    """
    due = total_cents(lines)
    async with transaction():
        obligation = await Obligation.create(
            subject_kind=subject[0], subject_id=subject[1], payer_id=payer_id, payer_email=payer_email,
            description=description[:300], language=language, currency=(await get_organisation()).currency.lower(),
            due_cents=0, due_at=due_at, created_at=now(),
        )  # fmt: skip
        await ObligationLine.bulk_create(
            [
                ObligationLine(
                    obligation_id=obligation.id, label=line.label[:200], quantity=line.quantity,
                    unit_cents=line.unit_cents, kind=line.kind, refunded_cents=0,
                )
                for line in as_lines(lines)
            ]
        )  # fmt: skip
        await Instalment.bulk_create(
            [
                Instalment(obligation_id=obligation.id, position=number, amount_cents=cents, due_at=at)
                for number, (cents, at) in enumerate(parts)
            ]
        )
        await enter(obligation, Entry.BILLED, due, f"obligation:{obligation.id}")
        obligation.secret_digest = digest(pay_secret(obligation.id))
        obligation.state = (State.UNPAID if due else State.NOT_DUE).value
        await obligation.save()
        await tell_owner(obligation)
    return obligation, pay_path(obligation.id)


async def record_counter_payment(
    obligation_id: int, amount_cents: int, method: CounterMethod, by: Principal, note: str = ""
) -> Payment:
    """Record money handed over at the counter; raises NothingToPay, or Invalid above what is outstanding."""
    async with changing(obligation_id) as obligation:
        outstanding = outstanding_cents(sums_of(obligation))
        if not outstanding:
            raise NothingToPay
        if not 0 < amount_cents <= outstanding:
            raise Invalid({"amount": say(N_("Enter an amount above zero and not more than is owed."))})
        await expire_attempts(obligation)
        attempt = await next_attempt(obligation.id)
        payment = await Payment.create(
            obligation_id=obligation.id, attempt=attempt, method=method, amount_cents=amount_cents,
            paid_cents=amount_cents, state="paid", idempotency_key=f"counter-{obligation.id}-{attempt}",
            note=note[:300], recorded_by=by.id, created_at=now(), settled_at=now(),
        )  # fmt: skip
        await enter(
            obligation, Entry.PAID, amount_cents, f"payment:{payment.id}", payment_id=payment.id, note=note, by=by.id
        )
        after = {"amount_cents": amount_cents, "method": method, "payment": payment.id}
        await record_audit(by, "money.received", ("obligation", obligation.id), after=after)
    return payment


async def waive_obligation(obligation_id: int, reason: str, by: Principal, amount_cents: int | None = None) -> None:
    """Let go of what is outstanding, or of `amount_cents` of it: who did it and why stays in the ledger."""
    async with changing(obligation_id) as obligation:
        outstanding = outstanding_cents(sums_of(obligation))
        waived = outstanding if amount_cents is None else amount_cents
        if not 0 < waived <= outstanding:
            raise NothingToPay
        await expire_attempts(obligation)
        cause = f"waiver:{obligation.id}:{obligation.revision}"
        await enter(obligation, Entry.WAIVED, waived, cause, note=reason, by=by.id)
        after = {"amount_cents": waived, "reason": reason}
        await record_audit(by, "money.waived", ("obligation", obligation.id), after=after)


async def lapse_obligation(obligation_id: int, *, wait_for_bank: bool = False) -> bool:
    """The time to pay is over: close what is under way. False if it was paid, waived or lapsed before.

    With `wait_for_bank` also False while a bank has a payment under way. A payment that still arrives makes it
    paid; the owning room then decides whether the place is there.
    """
    async with changing(obligation_id) as obligation:
        if obligation.state == State.LAPSED or not outstanding_cents(sums_of(obligation)):
            return False
        if wait_for_bank and await Payment.exists(obligation_id=obligation.id, state="processing"):
            return False
        await expire_attempts(obligation)
        obligation.state = State.LAPSED.value
    return True


async def expire_attempts(obligation: Obligation) -> None:
    """Close every attempt under way, here at once and at Stripe by a job."""
    live = await Payment.filter(obligation_id=obligation.id, state__in=LIVE_ATTEMPTS)
    for payment in live:
        await Payment.filter(id=payment.id).update(state="expired", settled_at=now())
        if payment.checkout_id or payment.intent_id:
            await enqueue(CLOSE_CHECKOUT, f"{CLOSE_CHECKOUT}:{payment.id}", {"payment_id": payment.id})


async def next_attempt(obligation_id: int) -> int:
    """The number of the next attempt to pay; call it under the obligation's lock."""
    return await Payment.filter(obligation_id=obligation_id).count() + 1


async def request_refund(
    obligation_id: int, amount_cents: int, reason: str, by: Principal = NOBODY, *, key: str = "", line_id: int = 0
) -> list[Refund]:
    """Send `amount_cents` back the way they came, the newest payment first; of one line with `line_id`.

    What came by card goes back by a job; what came over the counter is recorded as handed back. The same
    `key` for the same obligation refunds once: a second call returns the first one's refunds.
    Raises TooMuch, also beyond what a line costs, and while a bank has the money frozen.
    """
    async with changing(obligation_id) as obligation:
        name = f"refund:{obligation.id}:{key or f'revision-{obligation.revision}'}"
        earlier = await Refund.filter(idempotency_key__startswith=f"{name}#")
        if earlier:
            return earlier
        if not 0 < amount_cents <= refundable_cents(sums_of(obligation)):
            raise TooMuch
        if line_id:
            await _take_from_line(obligation, line_id, amount_cents)
        left, made = amount_cents, list[Refund]()
        for payment in await Payment.filter(obligation_id=obligation.id, state="paid").order_by("-attempt"):
            part = min(left, payment.paid_cents - payment.refunded_cents)
            if part > 0:
                one = f"{name}#{payment.id}"
                made.append(await reserve_refund(obligation, payment, part, reason, one, by, line_id=line_id))
                left -= part
        after = {"amount_cents": amount_cents, "reason": reason, "line": line_id}
        await record_audit(by, "money.refunded", ("obligation", obligation.id), after=after)
    return made


async def _take_from_line(obligation: Obligation, line_id: int, cents: int) -> None:
    line = await ObligationLine.get_or_none(id=line_id, obligation_id=obligation.id)
    if line is None:
        raise NotFound
    left = ObligationLine.filter(id=line_id, refunded_cents__lte=line.quantity * line.unit_cents - cents)
    if not await left.update(refunded_cents=F("refunded_cents") + cents):
        raise TooMuch


async def reserve_refund(
    obligation: Obligation,
    payment: Payment,
    cents: int,
    reason: str,
    key: str,
    by: Principal = NOBODY,
    *,
    stripe_id: str | None = None,
    line_id: int = 0,
) -> Refund:
    """Set `cents` of `payment` aside to go back, inside `changing`; raises TooMuch beyond what was paid.

    With `stripe_id` it is a refund that Stripe has already, made in its dashboard.
    """
    # The statement guards, whatever was read before it; the table's check stands behind.
    left = Payment.filter(id=payment.id, refunded_cents__lte=F("paid_cents") - cents)
    if not await left.update(refunded_cents=F("refunded_cents") + cents):
        raise TooMuch
    by_card = payment.method in CARD_METHODS
    state = "in_transit" if stripe_id else "created" if by_card else "done"
    refund = await Refund.create(
        payment_id=payment.id, amount_cents=cents, reason=reason[:300], idempotency_key=key, requested_by=by.id,
        state=state, stripe_id=stripe_id, line_id=line_id or None,
        created_at=now(), settled_at=now() if state == "done" else None,
    )  # fmt: skip
    await enter(
        obligation, Entry.REFUNDED, cents, f"refund:{refund.id}",
        payment_id=payment.id, refund_id=refund.id, note=reason, by=by.id,
    )  # fmt: skip
    if state == "created":
        await enqueue(SEND_REFUND, f"{SEND_REFUND}:{refund.id}", {"refund_id": refund.id})
    return refund
