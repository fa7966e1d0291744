"""The card network: the only importer of Stripe. Without a key there is no gateway, and people pay at the counter.

What comes back is plain data of our own. Nothing here touches the database; nothing here runs in a transaction.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import stripe
from stripe.params.checkout import SessionCreateParams

from festival.kit.errors import Conflict, Overloaded
from festival.kit.words import N_
from festival.settings import settings

SIGNATURE_LASTS_S = 300
_TIMEOUT_S = 8
_RETRIES = 2


class BadSignature(Exception):
    """The webhook was not signed by Stripe with our secret, or too long ago."""


class CardsAway(Overloaded):
    """Stripe cannot be reached, or is busy; nothing is known to have happened, the same call may be made again."""

    code = "cards_away"
    message = N_("The card payment page cannot be reached right now. Nothing was charged. Try again in a minute.")

    def __init__(self, retry_after: int = 30) -> None:
        super().__init__(retry_after)


class CardsRefused(Conflict):
    """Stripe does not take this call; making it again will not help."""

    code = "cards_refused"
    message = N_("This cannot be paid by card. Nothing was charged. Please pay at the festival office.")


@dataclass(frozen=True)
class CardRefund:
    """A refund as Stripe has it. `state` is one of ours: in_transit, done, failed."""

    id: str
    amount_cents: int
    state: str
    refund_id: int = 0


@dataclass(frozen=True)
class CardDispute:
    """A dispute as Stripe has it. `outcome` is open, won or lost."""

    id: str
    amount_cents: int
    outcome: str


@dataclass(frozen=True)
class CardAttempt:
    """All that Stripe knows of one attempt to pay. `state` is one of a Payment's; `payment_id` 0: not ours."""

    payment_id: int
    state: str
    amount_cents: int
    currency: str
    livemode: bool
    checkout_id: str = ""
    checkout_url: str = ""
    intent_id: str = ""
    problem: str = ""
    refunds: Sequence[CardRefund] = ()
    disputes: Sequence[CardDispute] = ()


@dataclass(frozen=True)
class SavedMethod:
    """A card kept at Stripe for a person."""

    person_id: int
    customer: str
    method: str
    label: str


@dataclass(frozen=True)
class Order:
    """What a Checkout page asks for; lines are (label, quantity, cents each) and add up to the amount."""

    payment_id: int
    obligation_id: int
    currency: str
    lines: Sequence[tuple[str, int, int]]
    email: str
    key: str
    back_url: str
    done_url: str


@dataclass(frozen=True)
class SignedEvent:
    """A webhook whose signature was good; only references are taken from it, never amounts or states."""

    id: str
    type: str
    account: str
    livemode: bool
    checkout: str = ""
    intent: str = ""
    is_setup: bool = False


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


_INTENT_STATES = {"succeeded": "paid", "canceled": "expired", "requires_action": "action_required"}
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

    async def start_setup(self, person_id: int, email: str, key: str, done_url: str, back_url: str) -> str:
        """The address of a page where a person lets us keep a card; raises CardsAway, CardsRefused."""
        async with _in_our_words():
            customer = await self._v1.customers.create_async(
                {"email": email, "metadata": {"person": str(person_id)}}, {"idempotency_key": f"{key}-customer"}
            )
            session = await self._v1.checkout.sessions.create_async(
                {
                    "mode": "setup",
                    "currency": "usd",
                    "customer": customer.id,
                    "success_url": done_url,
                    "cancel_url": back_url,
                    "metadata": {"person": str(person_id)},
                },
                {"idempotency_key": key},
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
        card: Any = getattr(method, "card", None)
        label = f"{card.brand} ····{card.last4}" if card else str(method.type)
        return SavedMethod(person_id, _id(session.customer), _id(method), label)

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
        intent = await self._v1.payment_intents.retrieve_async(intent_id)
        refunds = await self._v1.refunds.list_async({"payment_intent": intent_id, "limit": 100})
        disputes = await self._v1.disputes.list_async({"payment_intent": intent_id, "limit": 100})
        return self._attempt(
            session,
            intent,
            tuple(_refund(refund) for refund in refunds.data),
            # An inquiry (warning_…) moves no money.
            tuple(
                CardDispute(d.id, d.amount, d.status if d.status in {"won", "lost"} else "open")
                for d in disputes.data
                if not d.status.startswith("warning")
            ),
        )

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
            refunds=refunds, disputes=disputes,
        )  # fmt: skip


def _refund(refund: stripe.Refund) -> CardRefund:
    state = _REFUND_STATES.get(refund.status or "", "in_transit")
    return CardRefund(refund.id, refund.amount, state, _number(refund.metadata, "refund"))


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
