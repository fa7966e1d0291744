"""Our books against Stripe's, every day: what is behind is mended, what still differs is shown to the office."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from typing import Any

from tortoise.functions import Sum

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from festival.payments.actions import CARD_METHODS
from festival.payments.attempts import apply_attempt
from festival.payments.differences import Found, OurPayment, OurRefund, compare
from festival.payments.gateway import CardAttempt, CardsRefused, Gateway, Listing, find_gateway
from festival.payments.ledger import sums_of
from festival.payments.models import LedgerEntry, Obligation, Payment, Refund
from festival.payments.moving import CHARGES, FEES, compare_movements, list_payout_faults, sums_of_payout
from festival.payments.records import Difference, Dispute, Payout, Reconciliation
from festival.payments.rules import sum_entries

RECONCILE = "payments.reconcile"
_SPAN = dt.timedelta(days=45)
# A refund may wait for its job; younger ones are not missed yet.
_PATIENCE = dt.timedelta(hours=1)


async def reconcile() -> Reconciliation:
    """Compare the last weeks with Stripe, and the whole ledger with its sums; raises CardsAway.

    An attempt in which the two differ is asked for once more and applied, in case a webhook was lost; that it
    was is kept as well. Without a key only the ledger is looked at.
    """
    gateway, until = find_gateway(), now()
    since = until - _SPAN
    listing, first, still = Listing((), (), ()), set[Found](), list[Found]()
    if gateway:
        listing = await gateway.list_made(since, until)
        first = set(await _compare(listing, since, until))
        listing = await _look_at(gateway, listing, first)
        still = await _compare(listing, since, until) + await _compare_balance(listing, since, until)
    still += await list_ledger_faults()
    return await _keep(listing, since, until, first - set(still), still)


async def _compare(listing: Listing, since: dt.datetime, until: dt.datetime) -> list[Found]:
    payments, refunds = await _our_payments(listing, since, until), await _our_refunds(listing, since, until)
    disputes = await Dispute.filter(stripe_id__in=["", *(dispute.id for dispute in listing.disputes)])
    return compare(listing, payments, refunds, {row.stripe_id: row.state for row in disputes})


async def _compare_balance(listing: Listing, since: dt.datetime, until: dt.datetime) -> list[Found]:
    """What moved on the balance and went to the bank, against the same books."""
    if not listing.with_balance:
        return [Found("no_balance", "")]
    payments, refunds = await _our_payments(listing, since, until), await _our_refunds(listing, since, until)
    rows = await Dispute.filter(stripe_id__in=["", *(one.source_id for one in listing.movements)])
    disputes = {row.stripe_id: (row.state, row.amount_cents) for row in rows}
    return compare_movements(listing.movements, payments, refunds, disputes) + list_payout_faults(listing.payouts)


async def _our_payments(listing: Listing, since: dt.datetime, until: dt.datetime) -> list[OurPayment]:
    made = Payment.filter(method__in=CARD_METHODS, created_at__gte=since, created_at__lt=until)
    named = [attempt.payment_id for attempt in listing.attempts]
    rows = {row.id: row for row in await made.select_related("obligation")}
    rows |= {row.id: row for row in await Payment.filter(id__in=[0, *named]).select_related("obligation")}
    moved = ["", *(one.intent_id for one in listing.movements)]
    rows |= {row.id: row for row in await Payment.filter(intent_id__in=moved).select_related("obligation")}
    return [
        OurPayment(
            row.id, row.obligation_id, row.intent_id or "", row.state, row.paid_cents, row.obligation.currency,
            may_wait=row.settled_at is None or row.settled_at > until - _PATIENCE or row.created_at < since,
        )
        for row in rows.values()
    ]  # fmt: skip


async def _our_refunds(listing: Listing, since: dt.datetime, until: dt.datetime) -> list[OurRefund]:
    sent = Refund.filter(payment__method__in=CARD_METHODS, created_at__gte=since, created_at__lt=until)
    known = {row.id: row for row in await sent.select_related("payment")}
    moved = [one.source_id for one in listing.movements]
    listed = Refund.filter(stripe_id__in=["", *(refund.id for refund in listing.refunds), *moved])
    known |= {row.id: row for row in await listed.select_related("payment")}
    return [
        OurRefund(
            row.stripe_id or "", row.payment.obligation_id, row.amount_cents, row.state,
            may_wait=row.created_at > until - _PATIENCE or row.created_at < since,
        )
        for row in known.values()
        if row.stripe_id or row.created_at < until - _PATIENCE
    ]  # fmt: skip


async def _look_at(gateway: Gateway, listing: Listing, differing: set[Found]) -> Listing:
    """`listing` after every attempt that differs was asked for again and applied."""
    attempts = {attempt.intent_id: attempt for attempt in listing.attempts}
    of_refund = {refund.id: refund.intent_id for refund in listing.refunds}
    of_dispute = {dispute.id: dispute.intent_id for dispute in listing.disputes}
    for reference in sorted({found.stripe_ref for found in differing}):
        intent_id = of_refund.get(reference) or of_dispute.get(reference) or reference
        seen = await _ask(gateway, intent_id)
        if seen:
            await apply_attempt(seen, livemode=gateway.livemode)
            attempts[intent_id] = seen
    return replace(listing, attempts=tuple(attempts.values()))


async def _ask(gateway: Gateway, intent_id: str) -> CardAttempt | None:
    if not intent_id.startswith("pi_"):
        return None
    try:
        return await gateway.find_by_intent(intent_id)
    except CardsRefused:
        return None  # not there: that is what will be said


async def list_ledger_faults() -> list[Found]:
    """Obligations whose sums are not those of their ledger, or not those of their payments."""
    entries = defaultdict[int, list[tuple[str, int]]](list)
    grouped = LedgerEntry.annotate(total=Sum("amount_cents")).group_by("obligation_id", "kind")
    for obligation_id, kind, cents in await grouped.values_list("obligation_id", "kind", "total"):
        entries[int(str(obligation_id))].append((str(kind), int(str(cents))))
    paid = dict[int, tuple[int, int]]()
    sums = Payment.annotate(paid=Sum("paid_cents"), back=Sum("refunded_cents")).group_by("obligation_id")
    for obligation_id, came, back in await sums.values_list("obligation_id", "paid", "back"):
        paid[int(str(obligation_id))] = (int(str(came)), int(str(back)))
    faults = list[Found]()
    for obligation in await Obligation.all().order_by("id"):
        ours, told = sums_of(obligation), sum_entries(entries[obligation.id])
        if told != ours or paid.get(obligation.id, (0, 0)) != (ours.paid, ours.refunded):
            faults.append(Found("ledger", "", obligation.id, ours.paid, told.paid))
    return faults


async def _keep(
    listing: Listing, since: dt.datetime, until: dt.datetime, mended: set[Found], still: list[Found]
) -> Reconciliation:
    at = now()
    async with transaction():
        for one in still:
            await _keep_one(one, at)
        await Difference.filter(gone_at=None, seen_at__lt=at).update(gone_at=at)
        for one in sorted(mended, key=lambda one: (one.kind, one.stripe_ref)):
            await Difference.create(
                kind=one.kind, stripe_ref=one.stripe_ref, obligation_id=one.obligation_id, our_cents=one.our_cents,
                stripe_cents=one.stripe_cents, found_at=at, seen_at=at, gone_at=at,
            )  # fmt: skip
        await _keep_balance(listing, at)
        paid = [attempt for attempt in listing.attempts if attempt.state == "paid"]
        ours = Payment.filter(intent_id__in=["", *(attempt.intent_id for attempt in paid)], state="paid")
        return await Reconciliation.create(
            since=since, until=until, payments=len(paid), refunds=len(listing.refunds),
            disputes=len(listing.disputes), stripe_cents=sum(attempt.amount_cents for attempt in paid),
            our_cents=sum(payment.paid_cents for payment in await ours), mended=len(mended), finished_at=at,
            payouts=len(listing.payouts), payout_cents=sum(payout.cents for payout in listing.payouts),
            fee_cents=sum(-one.net_cents if one.kind in FEES else one.fee_cents for one in listing.movements),
        )  # fmt: skip


async def _keep_balance(listing: Listing, at: dt.datetime) -> None:
    """Keep what Stripe took of each payment, and every payout with what it is made of."""
    for one in listing.movements:
        if one.kind in CHARGES and one.intent_id:
            await Payment.filter(intent_id=one.intent_id).update(fee_cents=one.fee_cents)
    for payout in listing.payouts:
        sums = sums_of_payout(payout)
        facts: dict[str, Any] = {
            "amount_cents": payout.cents, "currency": payout.currency, "state": payout.state[:12],
            "arrives_on": payout.arrives_on, "charged_cents": sums.charged, "refunded_cents": sums.refunded,
            "disputed_cents": sums.disputed, "other_cents": sums.other, "fee_cents": sums.fee, "seen_at": at,
        }  # fmt: skip
        if not await Payout.filter(stripe_ref=payout.id).update(**facts):
            await Payout.create(stripe_ref=payout.id, **facts)


async def list_payouts(most: int = 30) -> list[Payout]:
    """The latest payouts, the newest first."""
    return await Payout.all().order_by("-arrives_on", "-id").limit(most)


async def _keep_one(one: Found, at: dt.datetime) -> None:
    same = Difference.filter(kind=one.kind, stripe_ref=one.stripe_ref, obligation_id=one.obligation_id, gone_at=None)
    seen = await same.update(seen_at=at, our_cents=one.our_cents, stripe_cents=one.stripe_cents)
    if not seen:
        await Difference.create(
            kind=one.kind, stripe_ref=one.stripe_ref, obligation_id=one.obligation_id, our_cents=one.our_cents,
            stripe_cents=one.stripe_cents, found_at=at, seen_at=at,
        )  # fmt: skip


async def explain_difference(difference_id: int, explanation: str, by: Principal) -> None:
    """Somebody looked at a difference and says what it is; it is not shown as open any more. Raises NotFound."""
    async with transaction():
        found = Difference.filter(id=difference_id, gone_at=None)
        if not await found.update(explained_by=by.id, explanation=explanation[:300]):
            raise NotFound
        after = {"explanation": explanation}
        await record_audit(by, "money.difference_explained", ("money_difference", difference_id), after=after)


async def list_differences(*, open_now: bool, most: int = 200) -> list[Difference]:
    """Differences that wait for somebody, or those that are gone or explained, the newest first."""
    if open_now:
        return await Difference.filter(gone_at=None, explained_by=0).order_by("-id").limit(most)
    rows = await Difference.all().order_by("-id").limit(most)
    return [row for row in rows if row.gone_at or row.explained_by]


async def count_open_differences() -> int:
    """How many wait for somebody."""
    return await Difference.filter(gone_at=None, explained_by=0).count()


async def list_reconciliations(most: int = 14) -> list[Reconciliation]:
    """The latest comparisons, the newest first."""
    return await Reconciliation.all().order_by("-id").limit(most)
