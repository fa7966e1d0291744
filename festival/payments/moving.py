"""What moved on the balance at Stripe and went on to the bank, against our books: plain values, nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from festival.kit.words import N_
from festival.payments.differences import Found, OurPayment, OurRefund
from festival.payments.said import Movement, PaidOut

# What each kind of difference means, and what to do about it.
MOVING_KINDS: dict[str, tuple[str, str]] = {
    "moved_only_at_stripe": (
        N_("Money came in at Stripe that no payment in our books is for"),
        N_("Look at the charge in Stripe. Record it if it is ours, else refund it, and write here what it was."),
    ),
    "never_moved": (
        N_("Paid in our books, but no money moved at Stripe"),
        N_("Look at the payment in Stripe. Without its money call the payer before anything is given out."),
    ),
    "moved_amount": (
        N_("Another amount moved than was paid in our books"),
        N_("Compare the charge in Stripe with the payment, and write here where the rest is."),
    ),
    "moved_currency": (
        N_("Money moved in another currency"),
        N_("Stripe changed the currency before paying out. Let the bank account take the currency of the bills."),
    ),
    "refund_moved_only": (
        N_("Money went back at Stripe for a refund that is not in our books"),
        N_("Look at the refund in Stripe. It is taken into the books as soon as its payment is known."),
    ),
    "refund_never_moved": (
        N_("Refunded in our books, but no money went back at Stripe"),
        N_("Look at the refund in Stripe, send it again if it stopped, then run the comparison again."),
    ),
    "refund_moved_amount": (
        N_("Another amount went back than was refunded in our books"),
        N_("Compare the refund in Stripe with ours, and write here where the rest is."),
    ),
    "dispute_moved": (
        N_("What a dispute took or gave back is not what our books say"),
        N_("Look at the dispute in Stripe, then judge its message again on the money page."),
    ),
    "payout_sum": (
        N_("A payout that is not the sum of what it is made of"),
        N_("Compare it with the report of this payout in Stripe, and with the bank's statement."),
    ),
    "payout_failed": (
        N_("A payout that did not reach the bank"),
        N_("Look at the bank account in Stripe. The money stays on the balance there until it is right."),
    ),
    "moved_otherwise": (
        N_("Money moved at Stripe for neither a payment, a refund, a dispute nor a fee"),
        N_("Look at it in Stripe under Balance, and write here what it was."),
    ),
    "no_balance": (
        N_("Stripe does not let us read what is paid out"),
        N_("Give the key of this service the right to read balance and payouts, then run the comparison again."),
    ),
}

CHARGES = ("charge", "payment")
REFUNDS = ("refund", "payment_refund", "refund_failure", "payment_failure_refund", "payment_refund_failure")
FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee", "application_fee", "network_cost")
OUTWARD = ("payout", "payout_failure", "payout_cancel")
_NOT_ARRIVED = ("failed", "canceled")


@dataclass(frozen=True)
class PayoutSums:
    """Of what a payout is made, in cents; what left is below zero, the fee is what Stripe kept."""

    charged: int = 0
    refunded: int = 0
    disputed: int = 0
    other: int = 0
    fee: int = 0


def compare_movements(
    movements: Sequence[Movement],
    payments: Sequence[OurPayment],
    refunds: Sequence[OurRefund],
    disputes: Mapping[str, tuple[str, int]],
) -> list[Found]:
    """Every movement that our books do not explain, and all in our books for which nothing moved.

    `disputes` are ours by Stripe's id: (outcome, cents). Payments and refunds that may still be on their way are
    left out by the caller.
    """
    found = [
        *_compare_charges(movements, payments),
        *_compare_refunds(movements, refunds),
        *_compare_disputes(movements, disputes),
    ]
    known = {*CHARGES, *REFUNDS, *FEES, *OUTWARD, "dispute"}
    found += [Found("moved_otherwise", one.id, 0, None, one.cents) for one in movements if one.kind not in known]
    return sorted(found, key=lambda one: (one.kind, one.stripe_ref, one.obligation_id))


def _compare_charges(movements: Sequence[Movement], payments: Sequence[OurPayment]) -> Iterable[Found]:
    ours = {payment.intent_id: payment for payment in payments if payment.intent_id and payment.state == "paid"}
    moved = set[str]()
    for one in movements:
        if one.kind not in CHARGES:
            continue
        payment = ours.get(one.intent_id)
        moved.add(one.intent_id)
        if payment is None:
            yield Found("moved_only_at_stripe", one.intent_id or one.id, 0, None, one.cents)
        elif payment.currency != one.currency:
            yield Found("moved_currency", one.intent_id, payment.obligation_id, payment.paid_cents, one.cents)
        elif payment.paid_cents != one.cents:
            yield Found("moved_amount", one.intent_id, payment.obligation_id, payment.paid_cents, one.cents)
    for intent_id, payment in ours.items():
        if intent_id not in moved and not payment.may_wait:
            yield Found("never_moved", intent_id, payment.obligation_id, payment.paid_cents, None)


def _compare_refunds(movements: Sequence[Movement], refunds: Sequence[OurRefund]) -> Iterable[Found]:
    ours = {refund.sent_id: refund for refund in refunds if refund.sent_id}
    went = defaultdict[str, int](int)
    for one in movements:
        if one.kind in REFUNDS:
            went[one.source_id] -= one.cents  # what a bank sends back comes in again
    for reference, cents in went.items():
        refund = ours.get(reference)
        expected = refund.amount_cents if refund and refund.state != "failed" else 0
        if refund is None and cents:
            yield Found("refund_moved_only", reference, 0, None, cents)
        elif refund and expected != cents:
            yield Found("refund_moved_amount", reference, refund.obligation_id, expected, cents)
    for reference, refund in ours.items():
        if refund.state != "failed" and reference not in went and not refund.may_wait:
            yield Found("refund_never_moved", reference, refund.obligation_id, refund.amount_cents, None)


def _compare_disputes(movements: Sequence[Movement], disputes: Mapping[str, tuple[str, int]]) -> Iterable[Found]:
    took = defaultdict[str, int](int)
    for one in movements:
        if one.kind == "dispute":
            took[one.source_id] -= one.cents
    for reference, cents in took.items():
        outcome, amount = disputes.get(reference, ("", 0))
        expected = 0 if outcome == "won" else amount
        # A dispute that is won in a moment may wait for its money; one that we do not know waits for nobody.
        if cents != expected:
            yield Found("dispute_moved", reference, 0, expected if outcome else None, cents)


def sums_of_payout(payout: PaidOut) -> PayoutSums:
    """Of what `payout` is made."""
    sums = defaultdict[str, int](int)
    for one in payout.movements:
        if one.kind in OUTWARD:
            continue
        fee = -one.net_cents if one.kind in FEES else one.fee_cents
        sums["fee"] += fee
        if one.kind in CHARGES:
            sums["charged"] += one.cents
        elif one.kind in REFUNDS:
            sums["refunded"] += one.cents
        elif one.kind == "dispute":
            sums["disputed"] += one.cents
        elif one.kind not in FEES:
            sums["other"] += one.cents
    return PayoutSums(**sums)


def list_payout_faults(payouts: Sequence[PaidOut]) -> list[Found]:
    """Payouts that did not arrive, and automatic ones that are not the sum of their parts."""
    found = list[Found]()
    for payout in payouts:
        if payout.state in _NOT_ARRIVED:
            found.append(Found("payout_failed", payout.id, 0, None, payout.cents))
            continue
        made_of = sum(one.net_cents for one in payout.movements if one.kind not in OUTWARD)
        # What somebody pays out by hand is not tied to single movements.
        if payout.automatic and made_of != payout.cents:
            found.append(Found("payout_sum", payout.id, 0, made_of, payout.cents))
    return found
