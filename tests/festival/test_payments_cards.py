"""Cards: Checkout, webhooks and refunds against a strict Stripe of our own, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import uvicorn

from festival.jobs.models import Job
from festival.kit.web.access import NOBODY
from festival.payments.actions import (
    create_obligation,
    lapse_obligation,
    record_counter_payment,
    request_refund,
    waive_obligation,
)
from festival.payments.cards import give_consent, start_card_setup
from festival.payments.checkout import LOOK_AGAIN, charge_saved_card, look_again, start_checkout
from festival.payments.gateway import CardsAway, CardsRefused, close_gateways
from festival.payments.models import Obligation, Payment, Refund, SavedCard, StripeEvent
from festival.payments.rules import NothingToPay, TooMuch
from tests.festival.test_payments_ledger import SPACE, require_balanced
from tests.stripe_fake import FakeStripe, build_fake, sign

SECRET = "whsec_tests"


@asynccontextmanager
async def serving(fake: FakeStripe) -> AsyncIterator[FakeStripe]:
    """The fake on a socket of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    fake.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(build_fake(fake), log_level="warning", lifespan="off", ws="none"))
    running = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield fake
    finally:
        await close_gateways()
        server.should_exit = True
        await running
        listener.close()


@dataclass
class House:
    """Our service with Stripe behind it."""

    stripe: FakeStripe
    client: httpx2.AsyncClient
    work: Callable[[], Any]

    async def post(self, body: bytes, signature: str) -> int:
        """A webhook, as it comes in."""
        return (
            await self.client.post("/webhooks/stripe", content=body, headers={"stripe-signature": signature})
        ).status_code

    async def bill(self, lines: list[tuple[str, int, int]] | None = None, **more: Any) -> Obligation:
        """An obligation of 200.00."""
        obligation, _ = await create_obligation(("booth", 1), 9, "Booth fee", lines or SPACE, **more)
        return obligation

    async def open_page(self, obligation: Obligation) -> str:
        """The id of the Checkout page that the payer is led to."""
        return (await start_checkout(obligation.id)).rpartition("/")[2]

    async def pay(self, obligation: Obligation, card: str = "ok") -> str:
        """Somebody pays, Stripe tells us, the jobs run; returns the intent's id."""
        page = await self.open_page(obligation)
        await self.stripe.pay(page, card)
        await self.work()
        return str(self.stripe.things[page]["payment_intent"])

    async def state(self, obligation: Obligation) -> str:
        """The obligation's state, its ledger checked."""
        await self.work()
        return (await require_balanced(obligation.id)).state


@pytest.fixture
async def house(client: httpx2.AsyncClient, with_settings: Any, run_jobs: Any) -> AsyncIterator[House]:
    """The house over both databases, the fake delivering its webhooks at once."""

    async def post(body: bytes, headers: dict[str, str]) -> int:
        return (await client.post("/webhooks/stripe", content=body, headers=headers)).status_code

    async with serving(FakeStripe(SECRET, post=post)) as fake:
        with_settings(stripe_secret_key="sk_test_1", stripe_webhook_secret=SECRET, stripe_api_base=fake.base)
        yield House(fake, client, run_jobs)


async def dead_jobs() -> list[str]:
    """What the worker gave up or could not do."""
    return [f"{job.kind}: {job.error}" for job in await Job.all() if job.error]


# ---------------------------------------------------------------- the way of most


async def test_from_the_link_to_the_receipt(house: House) -> None:
    obligation, path = await create_obligation(("booth", 1), 9, "Booth fee", SPACE, payer_email="hana@example.org")
    page = await house.client.get(path)
    assert "Booth fee" in page.text
    assert "$200.00" in page.text
    answer = await house.client.post(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{house.stripe.base}/c/")
    session = house.stripe.all("checkout.session")[0]
    assert (session["amount_total"], session["currency"]) == (20_000, "usd")
    assert session["success_url"] == f"http://localhost:8000{path}?done=yes"

    assert "being confirmed" in (await house.client.get(f"{path}?done=yes")).text
    await house.stripe.pay(session["id"])
    assert await house.state(obligation) == "paid"
    receipt = await house.client.get(f"{path}?done=yes")
    assert "Paid in full" in receipt.text
    assert "being confirmed" not in receipt.text
    with pytest.raises(NothingToPay):
        await start_checkout(obligation.id)
    assert await dead_jobs() == []


async def test_without_a_key_the_page_sends_people_to_the_office(client: httpx2.AsyncClient) -> None:
    obligation, path = await create_obligation(("booth", 1), 9, "Booth fee", SPACE)
    page = await client.get(path)
    assert "Pay at the festival office" in page.text
    assert '<form method="post"' not in page.text
    assert (await client.post(path)).status_code == 409
    assert (await client.post("/webhooks/stripe", content=b"{}")).status_code == 404
    assert (await require_balanced(obligation.id)).state == "unpaid"


async def test_the_pay_page_speaks_the_payers_language_and_hides_from_strangers(house: House) -> None:
    _, path = await create_obligation(("booth", 1), 9, "Booth fee", SPACE, language="ar")
    assert 'lang="ar" dir="rtl"' in (await house.client.get(path)).text
    assert 'lang="en"' in (await house.client.get(f"/en{path}")).text
    assert (await house.client.get("/pay/not-a-secret")).status_code == 404


# ---------------------------------------------------------------- the failure table


async def test_two_tabs_open_one_page(house: House) -> None:
    obligation = await house.bill()
    urls = await asyncio.gather(*(start_checkout(obligation.id) for _ in range(5)))
    assert len(set(urls)) == 1
    assert await Payment.filter(obligation_id=obligation.id).count() == 1
    assert len(house.stripe.all("checkout.session")) == 1


async def test_a_declined_card_can_be_tried_again_on_the_same_page(house: House) -> None:
    obligation = await house.bill()
    page = await house.open_page(obligation)
    await house.stripe.pay(page, "declined")
    assert await house.state(obligation) == "declined"
    assert (await Payment.get(obligation_id=obligation.id)).note == "insufficient_funds"
    assert await house.open_page(obligation) == page
    await house.stripe.pay(page)
    assert await house.state(obligation) == "paid"


async def test_an_expired_page_gives_way_to_a_new_one(house: House) -> None:
    obligation = await house.bill()
    first = await house.open_page(obligation)
    await house.stripe.expire(first)
    assert await house.state(obligation) == "unpaid"
    second = await house.open_page(obligation)
    assert second != first
    await house.stripe.pay(second)
    assert await house.state(obligation) == "paid"


async def test_the_same_event_twice_and_late_is_applied_once(house: House) -> None:
    obligation = await house.bill()
    await house.pay(obligation)
    for body in house.stripe.events * 2:
        assert await house.stripe.deliver(body) == 204
    assert await house.state(obligation) == "paid"
    assert (await Obligation.get(id=obligation.id)).paid_cents == 20_000
    assert await StripeEvent.all().count() == len(house.stripe.events)


async def test_a_late_word_of_decline_does_not_undo_a_payment(house: House) -> None:
    obligation = await house.bill()
    page = await house.open_page(obligation)
    post, house.stripe.post = house.stripe.post, None
    await house.stripe.pay(page, "declined")
    await house.stripe.pay(page)
    house.stripe.post = post
    for body in reversed(house.stripe.events):
        assert await house.stripe.deliver(body) == 204
        await house.work()
    assert await house.state(obligation) == "paid"


async def test_forged_stale_and_garbled_webhooks_change_nothing(house: House) -> None:
    obligation = await house.bill()
    await house.open_page(obligation)
    body = json.dumps({"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": {"object": "x"}}}).encode()
    assert await house.post(body, sign(body, "whsec_guessed")) == 400
    assert await house.post(body, sign(body, SECRET, age=301)) == 400
    assert await house.post(body + b" ", sign(body, SECRET)) == 400
    assert await house.post(body, "") == 400
    assert await house.post(body, "t=now,v1=zz") == 400
    for garbled in (b"", b"\xff\xfe", b"[]", b"null", b"{}", b'{"data": 1, "id": 2}', b'"x"'):
        assert await house.post(garbled, sign(garbled, SECRET)) == 400
    assert await StripeEvent.all().count() == 0
    assert await house.post(body, sign(body, SECRET, age=290)) == 204


async def test_events_that_are_not_for_us_are_taken_and_left(house: House) -> None:
    for kind, thing in (
        ("invoice.paid", {"object": "invoice", "id": "in_1"}),
        ("payment_intent.created", house.stripe.new("pi", "payment_intent", amount=1, currency="usd", amount_received=1,
                                                   status="succeeded", last_payment_error=None)),
        ("charge.updated", {"object": "charge", "id": "ch_9", "payment_intent": None}),
    ):  # fmt: skip
        await house.stripe.emit(kind, thing)
    await house.work()
    assert await StripeEvent.filter(state="ignored").count() == 3
    assert await dead_jobs() == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [({"amount": 1, "amount_received": 1}, "amount"), ({"currency": "eur"}, "currency"), ({"livemode": True}, "mode")],
)
async def test_what_contradicts_our_books_is_quarantined(house: House, wrong: dict[str, Any], reason: str) -> None:
    obligation = await house.bill()
    page = await house.open_page(obligation)
    post, house.stripe.post = house.stripe.post, None
    await house.stripe.pay(page)
    house.stripe.things[house.stripe.things[page]["payment_intent"]].update(wrong)
    house.stripe.post = post
    for body in house.stripe.events:
        await house.stripe.deliver(body)
    await house.work()
    quarantined = await StripeEvent.filter(state="quarantined")
    assert quarantined
    assert all(reason in event.note for event in quarantined)
    assert (await require_balanced(obligation.id)).paid_cents == 0
    assert (await Payment.get(obligation_id=obligation.id)).state == "quarantined"


async def test_an_event_of_another_account_or_mode_is_quarantined(house: House) -> None:
    intent = {"object": "payment_intent", "id": "pi_elsewhere"}
    for number, more in enumerate(({"account": "acct_other"}, {"livemode": True}, {})):
        event = {"id": f"evt_{number}", "type": "payment_intent.succeeded", "data": {"object": intent}, **more}
        body = json.dumps(event).encode()
        assert await house.post(body, sign(body, SECRET)) == 204
    await house.work()
    notes = [event.note for event in await StripeEvent.filter(state="quarantined").order_by("event_id")]
    assert [note.split()[0] for note in notes] == ["of", "test", "Stripe"]


async def test_paid_on_two_pages_the_surplus_goes_back(house: House) -> None:
    obligation = await house.bill()
    first = await house.open_page(obligation)
    await Payment.filter(checkout_id=first).update(state="expired")  # as if the office had closed it
    second = await house.open_page(obligation)
    assert first != second
    await house.stripe.pay(second)
    house.stripe.things[first].update(status="open", url="x")
    await house.stripe.pay(first)
    assert await house.state(obligation) == "paid"
    told = await require_balanced(obligation.id)
    assert (told.paid_cents, told.refunded_cents) == (40_000, 20_000)
    assert [refund["amount"] for refund in house.stripe.all("refund")] == [20_000]


async def test_cash_at_the_counter_closes_the_open_page(house: House) -> None:
    obligation = await house.bill()
    page = await house.open_page(obligation)
    await record_counter_payment(obligation.id, 20_000, "cash", NOBODY)
    assert await house.state(obligation) == "paid"
    assert house.stripe.things[page]["status"] == "expired"
    assert house.stripe.all("refund") == []


async def test_paid_while_the_counter_was_open_the_card_gets_it_back(house: House) -> None:
    obligation = await house.bill()
    page = await house.open_page(obligation)
    await record_counter_payment(obligation.id, 20_000, "cash", NOBODY)
    await house.stripe.pay(page)
    assert await house.state(obligation) == "paid"
    told = await require_balanced(obligation.id)
    assert (told.paid_cents, told.refunded_cents) == (40_000, 20_000)


async def test_paid_after_the_deadline_it_is_paid_and_its_owner_decides(house: House) -> None:
    obligation = await house.bill()
    page = await house.open_page(obligation)
    assert await lapse_obligation(obligation.id)
    await house.stripe.pay(page)
    assert await house.state(obligation) == "paid"
    with pytest.raises(NothingToPay):
        await start_checkout(obligation.id)


async def test_waived_before_the_money_came_it_goes_back_whole(house: House) -> None:
    obligation = await house.bill()
    page = await house.open_page(obligation)
    await waive_obligation(obligation.id, "scholarship", NOBODY)
    await house.stripe.pay(page)
    assert await house.state(obligation) == "refunded"


async def test_refunds_part_by_part_and_not_beyond(house: House) -> None:
    obligation = await house.bill()
    await house.pay(obligation)
    await request_refund(obligation.id, 5_000, "power dropped", NOBODY)
    assert await house.state(obligation) == "part_refunded"
    assert (await Refund.get()).state == "done"
    with pytest.raises(TooMuch):
        await request_refund(obligation.id, 15_001, "", NOBODY)
    await request_refund(obligation.id, 15_000, "withdrew", NOBODY)
    assert await house.state(obligation) == "refunded"
    assert sum(refund["amount"] for refund in house.stripe.all("refund")) == 20_000


async def test_a_refund_made_in_the_dashboard_is_imported_once(house: House) -> None:
    obligation = await house.bill()
    intent = await house.pay(obligation)
    await house.stripe.refund(intent, 7_500)
    assert await house.state(obligation) == "part_refunded"
    assert (await Refund.get()).reason == "made in Stripe"
    for body in house.stripe.events:
        await house.stripe.deliver(body)
    assert await house.state(obligation) == "part_refunded"
    assert (await Obligation.get(id=obligation.id)).refunded_cents == 7_500


async def test_a_refund_that_the_bank_sends_back_is_ours_again(house: House) -> None:
    obligation = await house.bill()
    await house.pay(obligation)
    house.stripe.refunds = "pending"
    await request_refund(obligation.id, 20_000, "withdrew", NOBODY)
    assert await house.state(obligation) == "refunded"
    refund = await Refund.get()
    assert refund.state == "in_transit"
    await house.stripe.settle_refund(str(refund.stripe_id), "failed")
    assert await house.state(obligation) == "paid"
    assert (await Refund.get()).state == "failed"


async def test_a_refund_that_stripe_does_not_take_fails_in_sight(house: House) -> None:
    obligation = await house.bill()
    intent = await house.pay(obligation)
    post, house.stripe.post = house.stripe.post, None
    await house.stripe.refund(intent, 20_000)  # in the dashboard, and we have not heard of it
    await request_refund(obligation.id, 5_000, "withdrew", NOBODY)
    assert await house.state(obligation) == "paid"
    assert (await Refund.get()).state == "failed"
    house.stripe.post = post
    await house.stripe.deliver(house.stripe.events[-1])
    assert await house.state(obligation) == "refunded"


@pytest.mark.parametrize(("outcome", "state"), [("won", "paid"), ("lost", "dispute_lost")])
async def test_a_dispute_freezes_the_money_until_the_bank_decides(house: House, outcome: str, state: str) -> None:
    obligation = await house.bill()
    intent = await house.pay(obligation)
    dispute = await house.stripe.dispute(intent)
    assert await house.state(obligation) == "disputed"
    with pytest.raises(TooMuch):
        await request_refund(obligation.id, 100, "", NOBODY)
    await house.stripe.close_dispute(dispute["id"], outcome)
    assert await house.state(obligation) == state


async def test_a_lost_webhook_is_made_good_by_looking(house: House) -> None:
    obligation = await house.bill()
    page = await house.open_page(obligation)
    house.stripe.post = None
    await house.stripe.pay(page)
    assert await house.state(obligation) == "charging"
    assert await Job.filter(kind=LOOK_AGAIN, state="todo").count() == 2
    await look_again((await Payment.get(checkout_id=page)).id)
    assert await house.state(obligation) == "paid"


async def test_stripe_away_is_said_and_made_good(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_, **__: 0)
    obligation = await house.bill()
    house.stripe.away = 2  # the SDK tries three times
    await house.open_page(obligation)
    house.stripe.away = 3
    with pytest.raises(CardsAway):
        await house.open_page(obligation)
    page = await house.open_page(obligation)
    await house.stripe.pay(page)
    assert await house.state(obligation) == "paid"


async def test_too_little_for_a_card_is_refused_and_leaves_no_open_attempt(house: House) -> None:
    obligation = await house.bill([("Sticker", 1, 30)])
    with pytest.raises(CardsRefused):
        await start_checkout(obligation.id)
    assert await house.state(obligation) == "unpaid"


async def test_a_discount_and_a_part_are_asked_for_in_one_line(house: House) -> None:
    obligation = await house.bill([("Space", 1, 15_000), ("Scholarship", 1, -5_000)])
    await record_counter_payment(obligation.id, 2_500, "cash", NOBODY)
    await house.open_page(obligation)
    assert house.stripe.all("checkout.session")[0]["amount_total"] == 7_500


# ---------------------------------------------------------------- a kept card


async def save_card(house: House) -> None:
    consent = await give_consent(("booth", 1), 9, ("en", "Charge my card when I am accepted."), 20_000, NOBODY)
    page = (await start_card_setup(consent, "hana@example.org", "/account", "/account")).rpartition("/")[2]
    await house.stripe.pay(page)
    await house.work()


async def test_a_kept_card_is_charged_without_its_owner(house: House) -> None:
    await save_card(house)
    await save_card(house)
    assert await SavedCard.filter(removed_at=None).count() == 1
    assert (await SavedCard.get(removed_at=None)).label == "visa ····4242"
    obligation = await house.bill()
    assert await charge_saved_card(obligation.id) == "paid"
    assert await house.state(obligation) == "paid"
    assert (await Obligation.get(id=obligation.id)).paid_cents == 20_000


@pytest.mark.parametrize("mood", ["declined", "authentication_required"])
async def test_a_kept_card_that_does_not_go_leads_to_the_pay_page(house: House, mood: str) -> None:
    await save_card(house)
    house.stripe.card = mood
    obligation = await house.bill()
    expected = "declined" if mood == "declined" else "action_required"
    assert await charge_saved_card(obligation.id) == expected
    assert await house.state(obligation) == expected
    page = await house.open_page(obligation)
    await house.stripe.pay(page)
    assert await house.state(obligation) == "paid"
    assert [intent["status"] for intent in house.stripe.all("payment_intent")] == ["succeeded", "canceled"]


async def test_no_kept_card_no_charge(house: House) -> None:
    obligation = await house.bill()
    with pytest.raises(CardsRefused):
        await charge_saved_card(obligation.id)
    assert await Payment.all().count() == 0


# ---------------------------------------------------------------- the books and the API


async def test_the_office_takes_cash_refunds_and_reads_the_ledger(house: House, sign_in: Any) -> None:
    await sign_in("treasurer")
    obligation = await house.bill()
    here = f"/organize/money/{obligation.id}"
    assert "Booth fee" in (await house.client.get("/organize/money?state=unpaid")).text
    wrong = await house.client.post(f"{here}/counter", data={"amount": "1e9x", "method": "cash"})
    assert wrong.status_code == 422
    assert "1e9x" in wrong.text
    await house.client.post(f"{here}/counter", data={"amount": "150.00", "method": "check", "number": "7"})
    await house.client.post(f"{here}/waiver", data={"amount": "50", "reason": "scholarship"})
    page = await house.client.get(here)
    assert "no. 7" in page.text
    assert "scholarship" in page.text
    revision = re.search(r'name="revision" value="(\d+)"', page.text)
    assert revision
    form = {"amount": "40.00", "reason": "rain", "revision": revision[1]}
    answers = [await house.client.post(f"{here}/refund", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    told = await require_balanced(obligation.id)
    assert (told.state, told.paid_cents, told.refunded_cents) == ("part_refunded", 15_000, 4_000)
    too_much = await house.client.post(f"{here}/refund", data={**form, "amount": "999", "revision": "99"})
    assert too_much.status_code == 422


async def test_the_office_sees_what_is_quarantined_and_deals_with_it(house: House, sign_in: Any) -> None:
    await sign_in("treasurer")
    body = json.dumps({"id": "evt_x", "type": "payment_intent.succeeded", "account": "acct_other",
                       "data": {"object": {"object": "payment_intent", "id": "pi_x"}}}).encode()  # fmt: skip
    await house.post(body, sign(body, SECRET))
    await house.work()
    event = await StripeEvent.get()
    assert "acct_other" in (await house.client.get("/organize/money")).text
    for wish, state in (("look", "quarantined"), ("set_aside", "set_aside")):
        await house.client.post(f"/organize/money/events/{event.id}", data={"wish": wish})
        assert (await StripeEvent.get()).state == state
    again = await house.client.post(f"/organize/money/events/{event.id}", data={"wish": "look"})
    assert again.status_code == 404


async def test_the_books_are_closed_to_reviewers(house: House, sign_in: Any) -> None:
    obligation = await house.bill()
    await sign_in("reviewer")
    assert (await house.client.get("/organize/money")).status_code == 403
    answer = await house.client.post(f"/organize/money/{obligation.id}/counter", data={"amount": "1", "method": "cash"})
    assert answer.status_code == 403
