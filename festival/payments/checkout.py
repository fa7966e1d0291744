"""Everything that asks Stripe to do something: always between two transactions, never inside one."""

from __future__ import annotations

from festival.jobs.actions import enqueue_all
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.secrets import derive
from festival.kit.words import N_
from festival.payments.actions import next_attempt
from festival.payments.attempts import apply_attempt, settle_refund
from festival.payments.cards import find_chargeable
from festival.payments.gateway import CardAttempt, CardRefund, CardsRefused, Gateway, Order, get_gateway
from festival.payments.ledger import changing, parts_of, sums_of
from festival.payments.models import Obligation, ObligationLine, Payment, Refund
from festival.payments.queries import LIVE_ATTEMPTS, UNDER_WAY, find_live_attempt, pay_path
from festival.payments.rules import NothingToPay, State, next_part_cents
from festival.settings import settings

LOOK_AGAIN = "payments.look_again"
# Webhooks may be lost: look a while after the page was opened, and when it has surely expired (24 hours).
_LOOK_AFTER_S = (20 * 60, 25 * 3600)
_TURNS = 3


class ChargeUnderWay(Conflict):
    """A saved card is being charged at this moment."""

    code = "charge_under_way"
    message = N_("Your saved card is being charged at this moment. Look again in a minute.")


async def start_checkout(obligation_id: int) -> str:
    """The address where the payer pays what is outstanding: the open Checkout page if there is one, or a new one.

    However many tabs ask, one page is open at a time. Where the money is already on its way, the address of
    our own page that says so. Raises NothingToPay, ChargeUnderWay, CardsAway, CardsRefused.
    """
    gateway = get_gateway()
    for _ in range(_TURNS):
        payment = await _take_attempt(obligation_id, "checkout")
        if not (payment.checkout_id or payment.intent_id):
            if payment.method != "checkout":
                raise ChargeUnderWay
            return await _open_page(gateway, payment)
        if payment.checkout_id:
            seen = await gateway.find_by_checkout(payment.checkout_id)
        else:
            seen = await gateway.close_intent(payment.intent_id or "")
        await apply_attempt(seen, livemode=gateway.livemode)
        if seen.checkout_url:
            return seen.checkout_url
        if seen.state in {"paid", "processing", "open", "action_required"}:
            return _done_url(obligation_id)
        await _drop(payment)
    raise NothingToPay


async def charge_saved_card(obligation_id: int) -> str:
    """Charge the payer's kept card for what is due next; returns the attempt's state.

    Raises CardsRefused where no card is kept with consent for this; a decline is the state `declined`, a bank
    that wants to see the owner `action_required`: then the pay page is the way. A card that was declined before
    is tried again; a payer who is at the pay page is left alone.
    """
    gateway = get_gateway()
    obligation = await Obligation.get(id=obligation_id)
    subject = (obligation.subject_kind, obligation.subject_id)
    card = await find_chargeable(subject, obligation.payer_id, obligation.due_cents)
    if card is None:
        raise CardsRefused
    payment = await _take_attempt(obligation_id, "saved_card")
    if payment.method == "saved_card" and payment.intent_id and payment.state == "declined":
        await apply_attempt(await gateway.close_intent(payment.intent_id), livemode=gateway.livemode)
        await _drop(payment)
        payment = await _take_attempt(obligation_id, "saved_card")
    if payment.method != "saved_card" or payment.intent_id:
        return payment.state
    order = await _order(obligation, payment)
    seen = await gateway.charge_saved(order, card.customer_ref, card.method_ref)
    await apply_attempt(seen, livemode=gateway.livemode)
    return (await Payment.get(id=payment.id)).state


async def _take_attempt(obligation_id: int, method: str) -> Payment:
    async with changing(obligation_id) as obligation:
        due_now = next_part_cents(await parts_of(obligation), sums_of(obligation))
        if not due_now or obligation.state == State.LAPSED:
            raise NothingToPay
        live = await find_live_attempt(obligation_id)
        if live:
            return live
        attempt = await next_attempt(obligation_id)
        return await Payment.create(
            obligation_id=obligation_id, attempt=attempt, method=method, amount_cents=due_now, state="open",
            idempotency_key=_key("pay", obligation, attempt), created_at=now(),
        )  # fmt: skip


def _key(purpose: str, obligation: Obligation, number: int) -> str:
    """Stripe's idempotency key: the same for the same attempt, in no other database the same."""
    return derive(settings().secret_key, purpose, obligation.id, obligation.created_at.isoformat(), number)


async def _open_page(gateway: Gateway, payment: Payment) -> str:
    obligation = await Obligation.get(id=payment.obligation_id)
    try:
        seen = await gateway.create_checkout(await _order(obligation, payment))
    except CardsRefused:
        await _drop(payment)
        raise
    await Payment.filter(id=payment.id).update(checkout_id=seen.checkout_id, checkout_url=seen.checkout_url)
    if not await Payment.exists(id=payment.id, state__in=UNDER_WAY):  # paid at the counter meanwhile
        await close_attempt(payment.id)
        raise NothingToPay
    for delay in _LOOK_AFTER_S:
        key = f"{LOOK_AGAIN}:{payment.id}:{delay}"
        await enqueue_all([(LOOK_AGAIN, key, {"payment_id": payment.id})], delay_s=delay)
    return seen.checkout_url


async def _order(obligation: Obligation, payment: Payment) -> Order:
    rows = await ObligationLine.filter(obligation_id=obligation.id).order_by("id")
    lines = [(line.label, line.quantity, line.unit_cents) for line in rows]
    # Stripe takes no line below zero, and a part that is left has no lines of its own.
    as_billed = all(unit > 0 for *_, unit in lines) and sum(n * unit for _, n, unit in lines) == payment.amount_cents
    return Order(
        payment.id, obligation.id, obligation.currency,
        lines if as_billed else [(obligation.description, 1, payment.amount_cents)],
        obligation.payer_email, payment.idempotency_key,
        back_url=settings().base_url + pay_path(obligation.id), done_url=_done_url(obligation.id),
        language=obligation.language,
    )  # fmt: skip


def _done_url(obligation_id: int) -> str:
    return f"{settings().base_url}{pay_path(obligation_id)}?done=yes"


async def _drop(payment: Payment) -> None:
    async with changing(payment.obligation_id):
        await Payment.filter(id=payment.id, state__in=LIVE_ATTEMPTS).update(state="expired", settled_at=now())


async def _look(gateway: Gateway, payment: Payment) -> CardAttempt | None:
    if payment.checkout_id:
        return await gateway.find_by_checkout(payment.checkout_id)
    return await gateway.find_by_intent(payment.intent_id) if payment.intent_id else None


async def look_again(payment_id: int) -> None:
    """Bring an attempt up to what Stripe says, in case a webhook was lost."""
    gateway, payment = get_gateway(), await Payment.get(id=payment_id)
    seen = await _look(gateway, payment)
    if seen:
        await apply_attempt(seen, livemode=gateway.livemode)


async def close_attempt(payment_id: int) -> None:
    """Close at Stripe what was closed here; if somebody paid there after all, that is taken into the books."""
    gateway, payment = get_gateway(), await Payment.get(id=payment_id)
    if payment.checkout_id:
        seen = await gateway.close_checkout(payment.checkout_id)
    elif payment.intent_id:
        seen = await gateway.close_intent(payment.intent_id)
    else:
        return
    await apply_attempt(seen, livemode=gateway.livemode)


async def send_refund(refund_id: int) -> None:
    """Ask Stripe to send a refund; one that Stripe does not take fails, and the money is back in the books."""
    gateway, refund = get_gateway(), await Refund.get(id=refund_id).select_related("payment")
    if refund.state != "created":
        return
    obligation = await Obligation.get(id=refund.payment.obligation_id)
    try:
        seen = await gateway.refund(
            refund.payment.intent_id or "", refund.amount_cents, refund.id, _key("refund", obligation, refund.id)
        )
    except CardsRefused:
        seen = CardRefund("", refund.amount_cents, "failed")
    async with changing(obligation.id) as locked:
        await settle_refund(locked, await Refund.get(id=refund_id), seen)
