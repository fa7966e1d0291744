"""What Stripe says of an attempt, written into our books: as often and in whatever order it is said."""

from __future__ import annotations

from dataclasses import dataclass

from tortoise.expressions import F

from festival.kit.clock import now
from festival.payments.actions import expire_attempts, reserve_refund
from festival.payments.gateway import CardAttempt, CardDispute, CardRefund
from festival.payments.ledger import changing, enter, sums_of
from festival.payments.models import LedgerEntry, Obligation, ObligationLine, Payment, Refund
from festival.payments.records import Dispute
from festival.payments.rules import Entry, can_move_payment, can_move_refund, surplus_cents


@dataclass(frozen=True)
class Verdict:
    """What came of an event: applied, ignored (not ours) or quarantined, and why."""

    state: str
    note: str = ""


async def apply_attempt(seen: CardAttempt, *, livemode: bool) -> Verdict:
    """Bring the books up to `seen`, which was just fetched from Stripe; what contradicts them is not applied."""
    if not seen.payment_id:
        return Verdict("ignored", "not made by us")
    found = await Payment.get_or_none(id=seen.payment_id)
    if found is None:
        return Verdict("quarantined", f"no payment {seen.payment_id} here")
    async with changing(found.obligation_id) as obligation:
        payment = await Payment.get(id=found.id)
        wrong = _find_contradiction(obligation, payment, seen, livemode)
        if wrong:
            if can_move_payment(payment.state, "quarantined"):
                await Payment.filter(id=payment.id).update(state="quarantined", note=wrong, settled_at=now())
            return Verdict("quarantined", wrong)
        await _take_state(obligation, payment, seen)
        if payment.state == "paid":
            for refund in seen.refunds:
                await _take_refund(obligation, payment, refund)
            for dispute in seen.disputes:
                await _take_dispute(obligation, payment, dispute)
    return Verdict("applied")


def _find_contradiction(obligation: Obligation, payment: Payment, seen: CardAttempt, livemode: bool) -> str:
    known = {
        "mode": (livemode, seen.livemode),
        "currency": (obligation.currency, seen.currency),
        "amount": (payment.amount_cents, seen.amount_cents),
        "intent": (payment.intent_id or seen.intent_id, seen.intent_id or payment.intent_id or ""),
        "checkout": (payment.checkout_id or seen.checkout_id, seen.checkout_id or payment.checkout_id or ""),
    }
    return "; ".join(
        f"{name}: {ours} here, {theirs} at Stripe" for name, (ours, theirs) in known.items() if ours != theirs
    )


async def _take_state(obligation: Obligation, payment: Payment, seen: CardAttempt) -> None:
    payment.intent_id = payment.intent_id or seen.intent_id or None
    payment.checkout_id = payment.checkout_id or seen.checkout_id or None
    moved = can_move_payment(payment.state, seen.state)
    if moved:
        payment.state, payment.note = seen.state, seen.problem
        payment.settled_at = now()
    payment.paid_with = seen.paid_with or payment.paid_with
    if moved and seen.state == "paid":
        payment.paid_cents = seen.amount_cents
    await payment.save(
        update_fields=["intent_id", "checkout_id", "state", "note", "settled_at", "paid_cents", "paid_with"]
    )
    if not moved or seen.state != "paid":
        return
    await enter(obligation, Entry.PAID, seen.amount_cents, f"payment:{payment.id}", payment_id=payment.id)
    await expire_attempts(obligation)
    surplus = surplus_cents(sums_of(obligation), seen.amount_cents)
    if surplus:
        await reserve_refund(obligation, payment, surplus, "paid twice", f"surplus:{payment.id}")


async def _take_refund(obligation: Obligation, payment: Payment, seen: CardRefund) -> None:
    refund = await Refund.get_or_none(stripe_id=seen.id)
    if refund is None and seen.refund_id:
        refund = await Refund.get_or_none(id=seen.refund_id, payment_id=payment.id)
    if refund is None:
        if seen.state == "failed":
            return
        refund = await reserve_refund(
            obligation, payment, seen.amount_cents, "made in Stripe", f"stripe:{seen.id}", stripe_id=seen.id
        )
    await settle_refund(obligation, refund, seen)


async def settle_refund(obligation: Obligation, refund: Refund, seen: CardRefund) -> None:
    """Move `refund` on to what Stripe says, inside `changing`; a failed one puts the money back into the books."""
    refund.stripe_id = refund.stripe_id or seen.id or None
    moved = can_move_refund(refund.state, seen.state)
    if moved:
        refund.state, refund.settled_at = seen.state, now()
    await refund.save(update_fields=["stripe_id", "state", "settled_at"])
    if moved and seen.state == "failed":
        await Payment.filter(id=refund.payment_id).update(refunded_cents=F("refunded_cents") - refund.amount_cents)
        if refund.line_id:
            line = ObligationLine.filter(id=refund.line_id)
            await line.update(refunded_cents=F("refunded_cents") - refund.amount_cents)
        await enter(
            obligation, Entry.NOT_REFUNDED, refund.amount_cents, f"refund:{refund.id}:failed",
            payment_id=refund.payment_id, refund_id=refund.id,
        )  # fmt: skip


async def _take_dispute(obligation: Obligation, payment: Payment, seen: CardDispute) -> None:
    cause = f"dispute:{seen.id}"
    frozen = min(seen.amount_cents, obligation.paid_cents - obligation.disputed_cents)
    await enter(obligation, Entry.DISPUTED, frozen, cause, payment_id=payment.id, note=seen.reason)
    await _keep_dispute(obligation, payment, seen)
    outcome = {"won": Entry.DISPUTE_WON, "lost": Entry.DISPUTE_LOST}.get(seen.outcome)
    if outcome:
        cents = (await LedgerEntry.get(cause=cause)).amount_cents
        await enter(obligation, outcome, cents, f"{cause}:closed", payment_id=payment.id)


async def _keep_dispute(obligation: Obligation, payment: Payment, seen: CardDispute) -> None:
    """The dispute as staff see it; one that was decided is never open again."""
    facts = {"reason": seen.reason[:60], "answer_by": seen.answer_by}
    first = {"obligation_id": obligation.id, "payment_id": payment.id, "amount_cents": seen.amount_cents}
    dispute, _ = await Dispute.get_or_create(stripe_id=seen.id, defaults={**first, **facts, "opened_at": now()})
    if seen.outcome != "open" and dispute.state == "open":
        await Dispute.filter(id=dispute.id).update(state=seen.outcome, closed_at=now())
    elif dispute.state == "open":
        await Dispute.filter(id=dispute.id).update(**facts)
