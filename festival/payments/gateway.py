"""The card network: the only importer of Stripe. Without a key there is no gateway, and people pay at the counter.

What comes back is plain data of our own. Nothing here touches the database; nothing here runs in a transaction.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import stripe
from stripe.params.checkout import SessionCreateParams

from festival.payments.said import (
    BadSignature,
    CardAttempt,
    CardDispute,
    CardRefund,
    CardsAway,
    CardsRefused,
    Listing,
    Movement,
    Order,
    PaidOut,
    SavedMethod,
    SetupWish,
    SignedEvent,
)
from festival.settings import settings

__all__ = [
    "BadSignature",
    "CardAttempt",
    "CardDispute",
    "CardRefund",
    "CardsAway",
    "CardsRefused",
    "Gateway",
    "Listing",
    "Order",
    "SavedMethod",
    "SetupWish",
    "SignedEvent",
    "close_gateways",
    "find_gateway",
    "get_gateway",
    "verify_event",
]

SIGNATURE_LASTS_S = 300
_TIMEOUT_S = 8
_RETRIES = 2


def verify_event(raw: bytes, signature: str, secret: str) -> SignedEvent:
    """The event in a webhook's raw body; raises BadSignature, also for one signed more than 300 s ago."""
    try:
        text = raw.decode()
        stripe.WebhookSignature.verify_header(text, signature, secret, SIGNATURE_LASTS_S)
        event = json.loads(text)
        of = event["data"]["object"]
        kind, reference = str(of.get("object", "")), str(of.get("id", ""))
        return SignedEvent(
            str(event["id"]), str(event["type"]), str(event.get("account") or ""), bool(event.get("livemode")),
            checkout=reference if kind == "checkout.session" else "",
            intent=reference if kind == "payment_intent" else str(of.get("payment_intent") or ""),
            is_setup=of.get("mode") == "setup",
        )  # fmt: skip
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSignature from error


@asynccontextmanager
async def _in_our_words() -> AsyncGenerator[None, None]:
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise CardsAway from error
    except stripe.StripeError as error:
        if (error.http_status or 500) >= 500 or error.http_status == 409:
            raise CardsAway from error
        raise CardsRefused(extra={"reason": error.code or type(error).__name__}) from error


def _id(reference: Any) -> str:
    return str(reference if isinstance(reference, str) else getattr(reference, "id", "") or "")


def _number(metadata: object, name: str) -> int:
    text = str(getattr(metadata, name, ""))
    return int(text) if text.isdigit() else 0


_INTENT_STATES = {
    "succeeded": "paid", "canceled": "expired", "requires_action": "action_required", "processing": "processing"
}  # fmt: skip
# The languages of Stripe's pages that are ours as well; the payer's browser decides for the others.
_PAGE_LANGUAGES = {"en", "es", "fr", "ko", "ru", "vi"}
_PAGE_NAMES = {"zh-Hans": "zh"}
_REFUND_STATES = {"succeeded": "done", "failed": "failed", "canceled": "failed"}


class Gateway:
    """One account at Stripe. The SDK pins the API's version."""

    def __init__(self, key: str, base: str = "") -> None:
        self._http = stripe.HTTPXClient(timeout=_TIMEOUT_S)
        self._v1 = stripe.StripeClient(
            key, http_client=self._http, max_network_retries=_RETRIES,
            base_addresses={"api": base} if base else None,
        ).v1  # fmt: skip
        self.livemode = key.startswith(("sk_live_", "rk_live_"))

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.close_async()

    async def create_checkout(self, order: Order) -> CardAttempt:
        """A Checkout page for `order`; the same key gives the same page. Raises CardsAway, CardsRefused."""
        metadata = {"payment": str(order.payment_id), "obligation": str(order.obligation_id)}
        params: SessionCreateParams = {
            "mode": "payment",
            "success_url": order.done_url,
            "cancel_url": order.back_url,
            "client_reference_id": str(order.obligation_id),
            "line_items": [
                {
                    "quantity": quantity,
                    "price_data": {
                        "currency": order.currency, "unit_amount": unit, "product_data": {"name": label},
                    },
                }
                for label, quantity, unit in order.lines
            ],
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
        }  # fmt: skip
        if order.email:
            params["customer_email"] = order.email
        params["locale"] = _page_language(order.language)
        async with _in_our_words():
            session = await self._v1.checkout.sessions.create_async(params, {"idempotency_key": order.key})
        return self._attempt(session, None)

    async def find_by_checkout(self, checkout_id: str) -> CardAttempt:
        """What became of a Checkout page; raises CardsAway, CardsRefused."""
        async with _in_our_words():
            session = await self._v1.checkout.sessions.retrieve_async(checkout_id)
            intent = _id(session.payment_intent)
            return await self._whole(session, intent)

    async def find_by_intent(self, intent_id: str) -> CardAttempt:
        """What became of an intent; raises CardsAway, CardsRefused."""
        async with _in_our_words():
            return await self._whole(None, intent_id)

    async def close_checkout(self, checkout_id: str) -> CardAttempt:
        """Close a Checkout page if it is still open, and say what became of it; raises CardsAway, CardsRefused."""
        async with _in_our_words():
            session = await self._v1.checkout.sessions.retrieve_async(checkout_id)
            if session.status == "open":
                await self._v1.checkout.sessions.expire_async(checkout_id)
        return await self.find_by_checkout(checkout_id)

    async def close_intent(self, intent_id: str) -> CardAttempt:
        """Cancel a charge that waits for its payer, and say what became of it; raises CardsAway, CardsRefused."""
        async with _in_our_words():
            intent = await self._v1.payment_intents.retrieve_async(intent_id)
            if intent.status in {"requires_action", "requires_payment_method", "requires_confirmation"}:
                await self._v1.payment_intents.cancel_async(intent_id)
        return await self.find_by_intent(intent_id)

    async def refund(self, intent_id: str, cents: int, refund_id: int, key: str) -> CardRefund:
        """Send `cents` of a paid intent back; raises CardsAway, CardsRefused."""
        async with _in_our_words():
            made = await self._v1.refunds.create_async(
                {"payment_intent": intent_id, "amount": cents, "metadata": {"refund": str(refund_id)}},
                {"idempotency_key": key},
            )
        return _refund(made)

    async def start_setup(self, wish: SetupWish) -> str:
        """The address of a page where a person lets us keep a card; raises CardsAway, CardsRefused."""
        metadata = {"person": str(wish.person_id), "consent": str(wish.consent_id)}
        async with _in_our_words():
            customer = await self._v1.customers.create_async(
                {"email": wish.email, "metadata": {"person": str(wish.person_id)}},
                {"idempotency_key": f"{wish.key}-customer"},
            )
            session = await self._v1.checkout.sessions.create_async(
                {
                    "mode": "setup",
                    "currency": wish.currency,
                    "customer": customer.id,
                    "success_url": wish.done_url,
                    "cancel_url": wish.back_url,
                    "locale": _page_language(wish.language),
                    "metadata": metadata,
                    "setup_intent_data": {"metadata": metadata},
                },
                {"idempotency_key": wish.key},
            )
        return str(session.url)

    async def find_saved_method(self, checkout_id: str) -> SavedMethod | None:
        """The card that was saved on a page of `start_setup`; None if that page saved none."""
        async with _in_our_words():
            session = await self._v1.checkout.sessions.retrieve_async(
                checkout_id, {"expand": ["setup_intent.payment_method"]}
            )
        method: Any = getattr(session.setup_intent, "payment_method", None)
        person_id = _number(session.metadata, "person")
        if session.status != "complete" or not method or not person_id:
            return None
        return SavedMethod(
            person_id, _id(session.customer), _id(method), _label(method), _number(session.metadata, "consent")
        )

    async def forget_method(self, method: str) -> None:
        """Let a kept card go; one that is gone already is no error. Raises CardsAway."""
        try:
            async with _in_our_words():
                await self._v1.payment_methods.detach_async(method)
        except CardsRefused:
            return

    async def charge_saved(self, order: Order, customer: str, method: str) -> CardAttempt:
        """Charge a kept card without its owner present; a decline is an answer, not an error."""
        amount = sum(quantity * unit for _, quantity, unit in order.lines)
        metadata = {"payment": str(order.payment_id), "obligation": str(order.obligation_id)}
        async with _in_our_words():
            try:
                intent = await self._v1.payment_intents.create_async(
                    {
                        "amount": amount, "currency": order.currency, "customer": customer, "payment_method": method,
                        "off_session": True, "confirm": True, "metadata": metadata,
                        # Nobody is there to be sent to another page.
                        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    },
                    {"idempotency_key": order.key},
                )  # fmt: skip
            except stripe.CardError as error:
                refused = error.error.payment_intent if error.error else None
                if refused is None:
                    raise
                return await self._whole(None, str(refused.id))
            return await self._whole(None, intent.id)

    async def _whole(self, session: Any, intent_id: str) -> CardAttempt:
        if not intent_id:
            return self._attempt(session, None)
        intent = await self._v1.payment_intents.retrieve_async(intent_id, {"expand": ["latest_charge"]})
        refunds = await self._v1.refunds.list_async({"payment_intent": intent_id, "limit": 100})
        disputes = await self._v1.disputes.list_async({"payment_intent": intent_id, "limit": 100})
        return self._attempt(
            session,
            intent,
            tuple(_refund(refund) for refund in refunds.data),
            tuple(_dispute(dispute) for dispute in disputes.data if _moves_money(dispute)),
        )

    async def list_made(self, since: dt.datetime, until: dt.datetime) -> Listing:
        """Every intent, refund and dispute that was made in a span of time; raises CardsAway, CardsRefused."""
        made: Any = {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp()) + 1}, "limit": 100}
        async with _in_our_words():
            intents = await self._v1.payment_intents.list_async(made)
            attempts = [self._attempt(None, intent) async for intent in intents.auto_paging_iter()]
            refunds = await self._v1.refunds.list_async(made)
            sent = [_refund(refund) async for refund in refunds.auto_paging_iter()]
            disputes = await self._v1.disputes.list_async(made)
            raised = [_dispute(one) async for one in disputes.auto_paging_iter() if _moves_money(one)]
        try:
            async with _in_our_words():
                moved = await self._list_moved(made)
                paid_out = [await self._paid_out(one) async for one in await self._payouts(made)]
        except CardsRefused:  # a restricted key without the right to read the balance
            return Listing(attempts, sent, raised, with_balance=False)
        return Listing(attempts, sent, raised, moved, paid_out)

    async def _list_moved(self, span: Any) -> list[Movement]:
        params: Any = {**span, "expand": ["data.source"]}
        rows = await self._v1.balance_transactions.list_async(params)
        return [_movement(row) async for row in rows.auto_paging_iter()]

    async def _payouts(self, span: Any) -> Any:
        return (await self._v1.payouts.list_async(span)).auto_paging_iter()

    async def _paid_out(self, payout: stripe.Payout) -> PaidOut:
        made_of = await self._list_moved({"payout": payout.id, "limit": 100}) if payout.automatic else []
        return PaidOut(
            payout.id, payout.amount, str(payout.currency).lower(), payout.status,
            dt.datetime.fromtimestamp(payout.arrival_date, dt.UTC).date(), payout.automatic, made_of,
        )  # fmt: skip

    def _attempt(
        self,
        session: stripe.checkout.Session | None,
        intent: stripe.PaymentIntent | None,
        refunds: Sequence[CardRefund] = (),
        disputes: Sequence[CardDispute] = (),
    ) -> CardAttempt:
        of = cast(Any, intent or session)
        error: Any = intent.last_payment_error if intent else None
        if intent:
            state = _INTENT_STATES.get(intent.status, "declined" if error else "open")
            if state == "declined" and error.code == "authentication_required":
                state = "action_required"  # charged off-session, and the bank wants to see the owner
            amount = intent.amount_received if intent.status == "succeeded" else intent.amount
        else:
            state, amount = "open", int(of.amount_total or 0)
        if session and session.status == "expired" and state != "paid":
            state = "expired"
        return CardAttempt(
            _number(of.metadata, "payment") or _number(session.metadata if session else None, "payment"),
            state, amount, str(of.currency or "").lower(), bool(of.livemode),
            checkout_id=session.id if session else "",
            checkout_url=str((session.url if session and session.status == "open" else "") or ""),
            intent_id=intent.id if intent else "",
            problem=str((error.decline_code or error.code or "") if error else ""),
            paid_with=_paid_with(intent) if state in {"paid", "processing"} else "",
            refunds=refunds, disputes=disputes,
        )  # fmt: skip


def _refund(refund: stripe.Refund) -> CardRefund:
    state = _REFUND_STATES.get(refund.status or "", "in_transit")
    return CardRefund(refund.id, refund.amount, state, _number(refund.metadata, "refund"), _id(refund.payment_intent))


def _moves_money(dispute: stripe.Dispute) -> bool:
    """An inquiry (warning_…) does not."""
    return not dispute.status.startswith("warning")


def _dispute(dispute: stripe.Dispute) -> CardDispute:
    due: Any = getattr(getattr(dispute, "evidence_details", None), "due_by", None)
    return CardDispute(
        dispute.id, dispute.amount, dispute.status if dispute.status in {"won", "lost"} else "open",
        str(dispute.reason or ""), dt.datetime.fromtimestamp(due, dt.UTC) if due else None,
        _id(dispute.payment_intent),
    )  # fmt: skip


def _movement(row: stripe.BalanceTransaction) -> Movement:
    of_dispute = str(row.reporting_category or "").startswith("dispute")
    source: Any = row.source
    return Movement(
        row.id, "dispute" if of_dispute else str(row.type), row.amount, row.fee, row.net, str(row.currency).lower(),
        _id(source), "" if isinstance(source, str) else _id(getattr(source, "payment_intent", "")),
    )  # fmt: skip


def _label(method: Any) -> str:
    """A card by its brand and last four digits; anything else by Stripe's name for its kind."""
    card: Any = getattr(method, "card", None)
    return f"{card.brand} ····{card.last4}" if card else str(getattr(method, "type", "") or "")


def _paid_with(intent: stripe.PaymentIntent | None) -> str:
    charge: Any = intent.latest_charge if intent else None
    return _label(getattr(charge, "payment_method_details", None))[:60]


def _page_language(language: str) -> Any:
    return language if language in _PAGE_LANGUAGES else _PAGE_NAMES.get(language, "auto")


_open: dict[tuple[str, str], Gateway] = {}


def find_gateway() -> Gateway | None:
    """The gateway of this process; None without a key."""
    chosen = settings()
    if not chosen.stripe_secret_key:
        return None
    address = (chosen.stripe_secret_key, chosen.stripe_api_base)
    if address not in _open:
        _open[address] = Gateway(*address)
    return _open[address]


def get_gateway() -> Gateway:
    """The gateway of this process; raises CardsRefused without a key."""
    gateway = find_gateway()
    if gateway is None:
        raise CardsRefused
    return gateway


async def close_gateways() -> None:
    """Let all connections to Stripe go; the roof does this when it closes."""
    while _open:
        await _open.popitem()[1].close()
