"""What differs between our books and Stripe's: compared as plain values, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from festival.kit.words import N_
from festival.payments.said import CardAttempt, Listing

# What each kind of difference means, and what to do about it.
KINDS: dict[str, tuple[str, str]] = {
    "paid_only_at_stripe": (
        N_("Paid at Stripe, not in our books"),
        N_("Look at the payment in Stripe. If it is ours, judge its message again on the money page, or record it."),
    ),
    "paid_only_here": (
        N_("Paid in our books, not at Stripe"),
        N_("Look for the payment in Stripe. If it never came, call the payer before anything is given out."),
    ),
    "amount": (
        N_("Another amount"),
        N_("Compare the amounts. Refund what is too much, or bill what is missing, and write here what you did."),
    ),
    "currency": (
        N_("Another currency"),
        N_("Refund the payment in Stripe and send the payer the pay link again."),
    ),
    "not_ours": (
        N_("Paid at Stripe by somebody we do not know"),
        N_("It was not started by this service. Find out what it was for, and write it here or refund it in Stripe."),
    ),
    "refund_only_at_stripe": (
        N_("Refunded at Stripe, not in our books"),
        N_("It is taken into the books as soon as its payment is known. Look at the payment in Stripe."),
    ),
    "refund_only_here": (
        N_("Refunded in our books, not at Stripe"),
        N_("The money did not go back yet. Refund it in Stripe, then run the comparison again."),
    ),
    "refund_amount": (
        N_("A refund of another amount"),
        N_("Compare the amounts, refund the rest in Stripe if it is missing, and write here what you did."),
    ),
    "dispute_only_at_stripe": (
        N_("Disputed at Stripe, not in our books"),
        N_("Answer the dispute in Stripe before its last day. The evidence is on the page of the payment."),
    ),
    "dispute_outcome": (
        N_("A dispute that ended otherwise"),
        N_("Look at the dispute in Stripe, then judge its message again on the money page."),
    ),
    "ledger": (
        N_("The ledger does not add up"),
        N_("Nothing of ours can make this happen. Do not change anything by hand: call whoever runs the service."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class OurPayment:
    """A card payment in our books."""

    payment_id: int
    obligation_id: int
    intent_id: str
    state: str
    paid_cents: int
    currency: str
    # Its money may still be on its way to the balance.
    may_wait: bool = False


@dataclass(frozen=True)
class OurRefund:
    """A refund of a card payment in our books; `sent_id` is Stripe's."""

    sent_id: str
    obligation_id: int
    amount_cents: int
    state: str
    may_wait: bool = False


@dataclass(frozen=True, order=True)
class Found:
    """One difference; cents are None on the side that knows nothing of it."""

    kind: str
    stripe_ref: str
    obligation_id: int = 0
    our_cents: int | None = None
    stripe_cents: int | None = None


def compare(
    listing: Listing, payments: Sequence[OurPayment], refunds: Sequence[OurRefund], disputes: Mapping[str, str]
) -> list[Found]:
    """Every difference over one span of time; `disputes` are ours by Stripe's id, with their outcome."""
    by_intent = {payment.intent_id: payment for payment in payments if payment.intent_id}
    found = [
        *_compare_payments(listing.attempts, payments, by_intent),
        *_compare_refunds(listing, refunds, by_intent),
    ]
    for dispute in listing.disputes:
        ours, obligation_id = disputes.get(dispute.id), _obligation(by_intent, dispute.intent_id)
        if ours is None:
            found.append(Found("dispute_only_at_stripe", dispute.id, obligation_id, None, dispute.amount_cents))
        elif ours != dispute.outcome:
            found.append(Found("dispute_outcome", dispute.id, obligation_id, None, dispute.amount_cents))
    return sorted(found, key=lambda one: (one.kind, one.stripe_ref, one.obligation_id))


def _obligation(by_intent: Mapping[str, OurPayment], intent_id: str) -> int:
    return by_intent[intent_id].obligation_id if intent_id in by_intent else 0


def _compare_payments(
    attempts: Sequence[CardAttempt], payments: Sequence[OurPayment], by_intent: Mapping[str, OurPayment]
) -> Iterable[Found]:
    by_payment = {payment.payment_id: payment for payment in payments}
    paid_there = {attempt.intent_id: attempt for attempt in attempts if attempt.state == "paid"}
    for intent_id, attempt in paid_there.items():
        ours = by_intent.get(intent_id) or by_payment.get(attempt.payment_id)
        if ours is None or ours.state != "paid":
            kind = "paid_only_at_stripe" if attempt.payment_id else "not_ours"
            yield Found(kind, intent_id, ours.obligation_id if ours else 0, None, attempt.amount_cents)
        elif ours.currency != attempt.currency:
            yield Found("currency", intent_id, ours.obligation_id, ours.paid_cents, attempt.amount_cents)
        elif ours.paid_cents != attempt.amount_cents:
            yield Found("amount", intent_id, ours.obligation_id, ours.paid_cents, attempt.amount_cents)
    for payment in payments:
        if payment.state == "paid" and payment.intent_id not in paid_there:
            yield Found("paid_only_here", payment.intent_id, payment.obligation_id, payment.paid_cents, None)


def _compare_refunds(
    listing: Listing, refunds: Sequence[OurRefund], by_intent: Mapping[str, OurPayment]
) -> Iterable[Found]:
    ours = {refund.sent_id: refund for refund in refunds if refund.sent_id}
    there = {refund.id: refund for refund in listing.refunds if refund.state != "failed"}
    for refund in there.values():
        known, obligation_id = ours.get(refund.id), _obligation(by_intent, refund.intent_id)
        if known is None or known.state == "failed":
            yield Found("refund_only_at_stripe", refund.id, obligation_id, None, refund.amount_cents)
        elif known.amount_cents != refund.amount_cents:
            yield Found("refund_amount", refund.id, obligation_id, known.amount_cents, refund.amount_cents)
    for refund in refunds:
        if refund.state != "failed" and refund.sent_id not in there:
            yield Found("refund_only_here", refund.sent_id, refund.obligation_id, refund.amount_cents, None)
