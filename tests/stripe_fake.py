"""A Stripe of our own, for tests and trials: stateful, strict, and as moody as a bank.

Requests are validated against the TypedDicts of the installed SDK (so always against the pinned API version),
unknown parameters and values are refused, idempotency keys are replayed, events are signed with the SDK's scheme.

    python -m tests.stripe_fake --port 9090 --webhook http://localhost:8000/webhooks/stripe --secret whsec_trial

then set FESTIVAL_STRIPE_API_BASE=http://127.0.0.1:9090, FESTIVAL_STRIPE_SECRET_KEY=sk_test_trial and
FESTIVAL_STRIPE_WEBHOOK_SECRET=whsec_trial. The Checkout page has a button to pay and one for a declined card.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import importlib
import itertools
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NotRequired, Required

import httpx
import stripe
from pydantic import ConfigDict, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

Post = Callable[[bytes, dict[str, str]], Awaitable[int]]
Thing = dict[str, Any]


@cache
def adapter(path: str) -> TypeAdapter[Any]:
    """The validator of the SDK's parameters `path`, closed against unknown members and enum values."""
    module, _, name = f"stripe.params.{path}".rpartition(".")
    params = getattr(importlib.import_module(module), name)
    home = importlib.import_module(params.__module__)
    for value in list(vars(home).values()):
        if isinstance(value, type) and hasattr(value, "__required_keys__"):
            value.__pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)  # type: ignore[attr-defined]
            for key, annotation in value.__annotations__.items():
                inner = next(iter(getattr(annotation, "__args__", ())), None)
                text = getattr(annotation, "__forward_arg__", None) or getattr(inner, "__forward_arg__", "")
                if "]|str" in text:  # the SDK leaves enums open
                    wrap = NotRequired if key in value.__optional_keys__ else Required  # type: ignore[attr-defined]
                    value.__annotations__[key] = wrap[text.replace("]|str", "]")]  # type: ignore[index]
    validator = TypeAdapter[Any](params)
    names = {**vars(home), "StripeContext": stripe.StripeContext, "Mapping": Mapping, "Decimal": Decimal}
    validator.rebuild(raise_errors=True, _types_namespace=names)
    return validator


def unflatten(pairs: list[tuple[str, str]]) -> Thing:
    """`a[b][0]=c` as nested dicts and lists."""
    root: Thing = {}
    for name, value in pairs:
        keys = re.findall(r"[^\[\]]+", name)
        place = root
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value

    def lists(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        inner = {key: lists(item) for key, item in value.items()}
        if inner and all(key.isdigit() for key in inner):
            return [inner[key] for key in sorted(inner, key=int)]
        return inner

    return lists(root)


class Refused(Exception):
    """An error as Stripe answers it."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error", **more: Any) -> None:
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **more}}


def public(thing: Thing) -> Thing:
    """What Stripe shows of an object: not our own notes, which begin with an underscore."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}


class FakeStripe:
    """The account. Tests turn `card` to "declined", "authentication_required" or "processing", `refunds` to
    "pending", `away` to how many requests find it busy, `lost` to how many answers never arrive."""

    def __init__(self, secret: str, base: str = "", post: Post | None = None) -> None:
        self.secret, self.base, self.post = secret, base, post
        self.things: dict[str, Thing] = {}
        self.answers: dict[str, tuple[str, int, Thing]] = {}
        self.events: list[bytes] = []
        self.card, self.refunds, self.away = "ok", "succeeded", 0
        self.lost = 0
        self.closed_balance = False
        self._numbers = itertools.count(1)

    # ------------------------------------------------------------ objects

    def new(self, prefix: str, kind: str, **members: Any) -> Thing:
        """A new object of the account."""
        thing = {
            "id": f"{prefix}_{next(self._numbers):06d}", "object": kind, "created": int(time.time()),
            "livemode": False, "metadata": {}, **members,
        }  # fmt: skip
        if kind == "payment_intent":
            thing.setdefault("latest_charge", None)
        self.things[thing["id"]] = thing
        return thing

    def get(self, reference: str, kind: str) -> Thing:
        """The object, or Stripe's 404."""
        thing = self.things.get(reference)
        if thing is None or thing["object"] != kind:
            raise Refused(404, f"No such {kind}: '{reference}'", code="resource_missing")
        return thing

    def all(self, kind: str, **members: Any) -> list[Thing]:
        """Every object of a kind with these members, newest first."""
        found = [t for t in self.things.values() if t["object"] == kind]
        return [t for t in reversed(found) if all(t.get(name) == value for name, value in members.items())]

    # ------------------------------------------------------------ webhooks

    async def emit(self, kind: str, thing: Thing) -> bytes:
        """Make the event, keep it in `events`, and send it if there is somewhere to send it."""
        event = self.new("evt", "event", type=kind, api_version=stripe.api_version, data={"object": public(thing)})
        body = json.dumps(event).encode()
        self.events.append(body)
        await self.deliver(body)
        return body

    async def deliver(self, body: bytes, *, secret: str = "", age: int = 0) -> int:
        """Send an event as it was made, signed; returns the receiver's status, 0 without one."""
        if self.post is None:
            return 0
        return await self.post(body, {"stripe-signature": sign(body, secret or self.secret, age)})

    # ------------------------------------------------------------ what payers, banks and staff do

    async def pay(self, checkout_id: str, card: str = "ok") -> None:
        """Somebody fills in the Checkout page; a declined card leaves it open."""
        session = self.get(checkout_id, "checkout.session")
        assert session["status"] == "open", session["status"]
        if session["mode"] == "setup":
            method = self.new("pm", "payment_method", type="card", card={"brand": "visa", "last4": "4242"})
            setup = self.new("seti", "setup_intent", status="succeeded", payment_method=method["id"])
            session.update(status="complete", url=None, setup_intent=setup["id"])
            await self.emit("checkout.session.completed", session)
            return
        intent = self.things.get(session["payment_intent"] or "") or self.new(
            "pi", "payment_intent", amount=session["amount_total"], currency=session["currency"], amount_received=0,
            status="requires_payment_method", last_payment_error=None, metadata=session["_intent_metadata"],
        )  # fmt: skip
        session["payment_intent"] = intent["id"]
        if card == "bank":  # a debit from an account: the money comes days later
            await self._process(intent)
            session.update(status="complete", url=None)
            await self.emit("checkout.session.completed", session)
            return
        if card != "ok":
            await self._decline(intent, card)
            return
        await self._succeed(intent)
        session.update(status="complete", payment_status="paid", url=None)
        await self.emit("checkout.session.completed", session)

    async def _succeed(self, intent: Thing) -> None:
        by_card = {"type": "card", "card": {"brand": "visa", "last4": "4242"}}
        details = {"type": "us_bank_account"} if intent["status"] == "processing" else by_card
        charge = self.new(
            "ch", "charge", amount=intent["amount"], payment_intent=intent["id"], paid=True,
            payment_method_details=details,
        )  # fmt: skip
        intent.update(
            status="succeeded", amount_received=intent["amount"], last_payment_error=None, latest_charge=charge["id"]
        )
        kind = "charge" if details["type"] == "card" else "payment"
        self.move(kind, intent["amount"], charge["id"], intent["currency"], fee=30 + round(intent["amount"] * 0.029))
        await self.emit("charge.succeeded", charge)
        await self.emit("payment_intent.succeeded", intent)

    async def _process(self, intent: Thing) -> None:
        intent.update(status="processing", last_payment_error=None)
        await self.emit("payment_intent.processing", intent)

    async def settle_bank(self, intent_id: str, *, ok: bool = True) -> None:
        """The bank moved the money, or found the account empty."""
        intent = self.get(intent_id, "payment_intent")
        assert intent["status"] == "processing", intent["status"]
        if ok:
            await self._succeed(intent)
        else:
            await self._decline(intent, "declined")

    async def _decline(self, intent: Thing, code: str) -> None:
        error = {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"}
        if code == "authentication_required":
            error = {"type": "card_error", "code": code, "decline_code": code}
        intent.update(status="requires_payment_method", last_payment_error=error)
        await self.emit("payment_intent.payment_failed", intent)

    async def expire(self, checkout_id: str) -> None:
        """A day went by."""
        session = self.get(checkout_id, "checkout.session")
        if session["status"] != "open":
            raise Refused(400, 'Only Checkout Sessions with a status in ["open"] can be expired.')
        session.update(status="expired", url=None)
        await self.emit("checkout.session.expired", session)

    async def refund(self, intent_id: str, cents: int | None = None, metadata: Thing | None = None) -> Thing:
        """Somebody refunds, over the API or in the dashboard."""
        intent = self.get(intent_id, "payment_intent")
        gone = sum(r["amount"] for r in self.all("refund", payment_intent=intent_id) if r["status"] != "failed")
        left = intent["amount_received"] - gone
        amount = left if cents is None else cents
        if amount <= 0 or amount > left:
            raise Refused(
                400, f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
                code="charge_already_refunded",
            )  # fmt: skip
        refund = self.new(
            "re", "refund", amount=amount, currency=intent["currency"], payment_intent=intent_id,
            status=self.refunds, metadata=metadata or {},
        )  # fmt: skip
        self.move("refund", -amount, refund["id"], intent["currency"])
        await self.emit("refund.created", refund)
        await self.emit("charge.refunded", self.get(intent["latest_charge"], "charge"))
        return refund

    async def settle_refund(self, refund_id: str, status: str) -> None:
        """The bank took the refund ("succeeded") or sent it back ("failed")."""
        refund = self.get(refund_id, "refund")
        refund["status"] = status
        if status == "failed":
            self.move("refund_failure", refund["amount"], refund_id, refund["currency"])
        await self.emit("refund.failed" if status == "failed" else "refund.updated", refund)

    async def dispute(self, intent_id: str) -> Thing:
        """The payer's bank takes the money back for now."""
        intent = self.get(intent_id, "payment_intent")
        dispute = self.new(
            "du", "dispute", amount=intent["amount_received"], currency=intent["currency"], payment_intent=intent_id,
            charge=intent["latest_charge"], status="needs_response", reason="fraudulent",
            evidence_details={"due_by": int(time.time()) + 14 * 86_400},
        )  # fmt: skip
        self.move("adjustment", -dispute["amount"], dispute["id"], dispute["currency"], fee=1_500, category="dispute")
        await self.emit("charge.dispute.created", dispute)
        return dispute

    async def close_dispute(self, dispute_id: str, outcome: str) -> None:
        """The bank decides: "won" (ours) or "lost"."""
        dispute = self.get(dispute_id, "dispute")
        dispute["status"] = outcome
        if outcome == "won":
            category = "dispute_reversal"
            self.move("adjustment", dispute["amount"], dispute_id, dispute["currency"], category=category)
        await self.emit("charge.dispute.closed", dispute)

    def move(self, kind: str, cents: int, source: str | None, currency: str = "usd", **more: Any) -> Thing:
        """Money moves on the balance; `fee` and `category` as Stripe has them."""
        fee = int(more.get("fee", 0))
        return self.new(
            "txn", "balance_transaction", type=kind, amount=cents, fee=fee, net=cents - fee, currency=currency,
            source=source, reporting_category=more.get("category", kind), status="available", payout=None,
        )  # fmt: skip

    def pay_out(self, **changes: Any) -> Thing:
        """Everything on the balance goes to the bank."""
        rows = [row for row in self.all("balance_transaction") if row["payout"] is None]
        amount = sum(row["net"] for row in rows)
        payout = self.new(
            "po", "payout", amount=amount, currency="usd", status="paid", automatic=True,
            arrival_date=int(time.time()) + 2 * 86_400, **changes,
        )  # fmt: skip
        for row in [*rows, self.move("payout", -amount, payout["id"])]:
            row["payout"] = payout["id"]
        return payout

    # ------------------------------------------------------------ the API

    async def create_customer(self, params: Thing, _: Request) -> Thing:
        return self.new("cus", "customer", email=params.get("email"), metadata=params.get("metadata", {}))

    async def create_session(self, params: Thing, _: Request) -> Thing:
        items = params.get("line_items", [])
        if any(item["price_data"]["unit_amount"] < 0 for item in items):
            raise Refused(400, "Invalid non-negative integer", param="line_items[0][price_data][unit_amount]")
        total = sum(item["quantity"] * item["price_data"]["unit_amount"] for item in items)
        if params["mode"] == "payment" and total < 50:
            raise Refused(400, "The Checkout Session's total amount must convert to at least 50 cents.")
        session = self.new(
            "cs_test", "checkout.session", mode=params["mode"], status="open", payment_status="unpaid",
            amount_total=total, currency=params.get("currency") or items[0]["price_data"]["currency"],
            customer=params.get("customer"), client_reference_id=params.get("client_reference_id"),
            success_url=params.get("success_url"), cancel_url=params.get("cancel_url"), payment_intent=None,
            setup_intent=None, metadata=params.get("metadata", {}), _items=items,
            _intent_metadata=params.get("payment_intent_data", {}).get("metadata", {}),
        )  # fmt: skip
        session["url"] = f"{self.base}/c/{session['id']}"
        return session

    async def get_session(self, params: Thing, request: Request) -> Thing:
        session = dict(self.get(request.path_params["id"], "checkout.session"))
        if "setup_intent.payment_method" in params.get("expand", []) and session["setup_intent"]:
            setup = dict(self.things[session["setup_intent"]])
            session["setup_intent"] = {**setup, "payment_method": self.things[setup["payment_method"]]}
        return session

    async def expire_session(self, _: Thing, request: Request) -> Thing:
        await self.expire(request.path_params["id"])
        return self.things[request.path_params["id"]]

    async def create_intent(self, params: Thing, _: Request) -> Thing:
        self.get(params["customer"], "customer")
        self.get(params["payment_method"], "payment_method")
        intent = self.new(
            "pi", "payment_intent", amount=params["amount"], currency=params["currency"], amount_received=0,
            status="requires_confirmation", last_payment_error=None, metadata=params.get("metadata", {}),
        )  # fmt: skip
        if (
            params["confirm"] == "true"
            and params.get("automatic_payment_methods", {}).get("allow_redirects") != "never"
        ):
            raise Refused(400, "To confirm this PaymentIntent you must provide a `return_url`.")
        if self.card == "processing":
            await self._process(intent)
            return intent
        if self.card != "ok":
            await self._decline(intent, self.card)
            error = intent["last_payment_error"]
            raise Refused(402, "Your card was declined.", "card_error", payment_intent=public(intent), **{
                name: value for name, value in error.items() if name != "type"
            })  # fmt: skip
        await self._succeed(intent)
        return intent

    async def get_intent(self, params: Thing, request: Request) -> Thing:
        intent = self.get(request.path_params["id"], "payment_intent")
        if "latest_charge" in params.get("expand", []) and intent.get("latest_charge"):
            return {**intent, "latest_charge": self.things[intent["latest_charge"]]}
        return intent

    async def detach_method(self, _: Thing, request: Request) -> Thing:
        return self.get(request.path_params["id"], "payment_method")

    async def list_intents(self, params: Thing, _: Request) -> Thing:
        return self._list("payment_intent", params)

    async def cancel_intent(self, _: Thing, request: Request) -> Thing:
        intent = self.get(request.path_params["id"], "payment_intent")
        if intent["status"] in {"succeeded", "canceled", "processing"}:
            raise Refused(400, f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.")
        intent["status"] = "canceled"
        await self.emit("payment_intent.canceled", intent)
        return intent

    async def create_refund(self, params: Thing, _: Request) -> Thing:
        return await self.refund(params["payment_intent"], params.get("amount"), params.get("metadata"))

    async def list_refunds(self, params: Thing, _: Request) -> Thing:
        return self._list("refund", params)

    async def list_disputes(self, params: Thing, _: Request) -> Thing:
        return self._list("dispute", params)

    async def list_balance(self, params: Thing, _: Request) -> Thing:
        if self.closed_balance:
            raise Refused(403, "The provided key does not have the required permissions.", code="more_permissions")
        found = self._list("balance_transaction", params)
        if "data.source" in params.get("expand", []):
            rows = [{**row, "source": self.things.get(row["source"] or "")} for row in found["data"]]
            found["data"] = [{**row, "source": row["source"] and public(row["source"])} for row in rows]
        return found

    async def list_payouts(self, params: Thing, _: Request) -> Thing:
        return self._list("payout", params)

    def _list(self, kind: str, params: Thing) -> Thing:
        wanted = {name: params[name] for name in ("payment_intent", "payout") if name in params}
        span, after = params.get("created", {}), params.get("starting_after")
        found = [
            public(thing)
            for thing in self.all(kind, **wanted)
            if int(span.get("gte", 0)) <= thing["created"] < int(span.get("lt", 2**40))
        ]
        begin = next((n + 1 for n, thing in enumerate(found) if thing["id"] == after), 0)
        shown = found[begin : begin + int(params.get("limit", 10))]
        more = begin + len(shown) < len(found)
        return {"object": "list", "url": f"/v1/{kind}s", "has_more": more, "data": shown}

    # ------------------------------------------------------------ the Checkout page

    async def show_page(self, request: Request) -> Response:
        session = self.get(request.path_params["id"], "checkout.session")
        rows = "".join(
            f"<li>{item['quantity']} × {item['price_data']['product_data']['name']}</li>" for item in session["_items"]
        )
        return HTMLResponse(
            f"<!doctype html><html lang=en><title>Checkout</title><h1>{session['amount_total'] / 100:.2f} "
            f"{session['currency']}</h1><ul>{rows}</ul><form method=post>"
            "<button name=card value=ok>Pay</button> <button name=card value=declined>Pay with a declined card</button>"
            " <button name=card value=bank>Pay from a bank account</button>"
            f"</form><p><a href='{session['cancel_url']}'>Back</a></p></html>"
        )

    async def use_page(self, request: Request) -> Response:
        session = self.get(request.path_params["id"], "checkout.session")
        card = str((await request.form()).get("card", "ok"))
        await self.pay(session["id"], card)
        return RedirectResponse(session["success_url"] if card != "declined" else request.url.path, 303)


def sign(body: bytes, secret: str, age: int = 0) -> str:
    """The Stripe-Signature header of `body`, made `age` seconds ago."""
    at = int(time.time()) - age
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def _answer(fake: FakeStripe, body: Thing, status: int, headers: dict[str, str] | None = None) -> Response:
    """The answer, or, when it is to be lost, only its beginning: the connection breaks off."""
    answer = JSONResponse(body, status, headers=headers)
    if fake.lost:
        fake.lost -= 1
        answer.headers["content-length"] = str(len(answer.body) + 100)
    return answer


Act = Callable[[Thing, Request], Awaitable[Thing]]


def build_fake(fake: FakeStripe) -> Starlette:
    """The fake's HTTP face."""

    async def run(request: Request, params: str, act: Act, raw: str) -> tuple[int, Thing]:
        try:
            if not request.headers.get("authorization", "").startswith("Bearer sk_test_"):
                raise Refused(401, "Invalid API Key provided")
            if request.headers.get("stripe-version") != stripe.api_version:
                raise Refused(400, f"Invalid Stripe API version: {request.headers.get('stripe-version')}")
            try:
                values = adapter(params).validate_python(unflatten(httpx.QueryParams(raw).multi_items()))
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"]))
                raise Refused(400, f"{place}: {first['msg']}", param=place) from None
            return 200, public(await act(values, request))
        except Refused as refused:
            return refused.status, refused.body

    def endpoint(params: str, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if fake.away:
                fake.away -= 1
                return JSONResponse({"error": {"type": "api_error", "message": "We are busy."}}, 503)
            raw = (await request.body()).decode() or request.url.query
            key, print_ = request.headers.get("idempotency-key", ""), f"{request.method} {request.url.path} {raw}"
            if key in fake.answers:
                known, status, body = fake.answers[key]
                if known != print_:
                    message = "Keys for idempotent requests can only be used with the same parameters."
                    return JSONResponse(Refused(400, message, "idempotency_error").body, 400)
                return _answer(fake, body, status, {"idempotent-replayed": "true"})
            status, body = await run(request, params, act, raw)
            if key and status != 401:
                fake.answers[key] = (print_, status, body)
            return _answer(fake, body, status)

        return answer

    def route(method: str, path: str, params: str, act: Act) -> Route:
        return Route(f"/v1{path}", endpoint(params, act), methods=[method])

    return Starlette(
        routes=[
            route("POST", "/customers", "CustomerCreateParams", fake.create_customer),
            route("POST", "/checkout/sessions", "checkout.SessionCreateParams", fake.create_session),
            route("GET", "/checkout/sessions/{id}", "checkout.SessionRetrieveParams", fake.get_session),
            route("POST", "/checkout/sessions/{id}/expire", "checkout.SessionExpireParams", fake.expire_session),
            route("POST", "/payment_intents", "PaymentIntentCreateParams", fake.create_intent),
            route("GET", "/payment_intents", "PaymentIntentListParams", fake.list_intents),
            route("POST", "/payment_methods/{id}/detach", "PaymentMethodDetachParams", fake.detach_method),
            route("GET", "/payment_intents/{id}", "PaymentIntentRetrieveParams", fake.get_intent),
            route("POST", "/payment_intents/{id}/cancel", "PaymentIntentCancelParams", fake.cancel_intent),
            route("POST", "/refunds", "RefundCreateParams", fake.create_refund),
            route("GET", "/refunds", "RefundListParams", fake.list_refunds),
            route("GET", "/balance_transactions", "BalanceTransactionListParams", fake.list_balance),
            route("GET", "/payouts", "PayoutListParams", fake.list_payouts),
            route("GET", "/disputes", "DisputeListParams", fake.list_disputes),
            Route("/c/{id}", fake.show_page, methods=["GET"]),
            Route("/c/{id}", fake.use_page, methods=["POST"]),
        ]
    )


def main() -> None:
    """Serve the fake until interrupted."""
    import uvicorn

    parser = argparse.ArgumentParser(description="A Stripe for trials.")
    parser.add_argument("--port", type=int, default=9090)
    parser.add_argument("--webhook", default="http://localhost:8000/webhooks/stripe")
    parser.add_argument("--secret", default="whsec_trial")
    chosen = parser.parse_args()

    async def post(body: bytes, headers: dict[str, str]) -> int:
        async with httpx.AsyncClient() as sender:
            return (await sender.post(chosen.webhook, content=body, headers=headers)).status_code

    fake = FakeStripe(chosen.secret, f"http://127.0.0.1:{chosen.port}", post)
    uvicorn.run(build_fake(fake), host="127.0.0.1", port=chosen.port, log_level="warning")


if __name__ == "__main__":
    main()
