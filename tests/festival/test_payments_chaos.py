"""Five hundred payments whose webhooks come late, twice and in any order, and all end as the table says."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from festival.kit.web.access import NOBODY
from festival.payments.actions import lapse_obligation, record_counter_payment
from festival.payments.models import Obligation, Payment, StripeEvent
from festival.payments.papers import list_papers
from festival.payments.reconciling import list_differences, reconcile

from .test_payments_cards import House, dead_jobs, house
from .test_payments_ledger import require_balanced

__all__ = ["house"]
ORDERS = {"sqlite": 250, "postgres": 250}
WAVE = 50


class Story:
    """One payment as it went at Stripe, and the state in which it has to end here."""

    def __init__(self, house: House, chance: random.Random, obligation: Obligation, page: str) -> None:
        self.house, self.chance, self.obligation, self.page = house, chance, obligation, page

    @property
    def intent(self) -> str:
        return str(self.house.stripe.things[self.page]["payment_intent"])

    async def pay(self) -> None:
        if self.chance.random() < 0.4:
            await self.house.stripe.pay(self.page, self.chance.choice(["declined", "authentication_required"]))
        await self.house.stripe.pay(self.page)

    async def paid(self) -> str:
        await self.pay()
        return "paid"

    async def expired(self) -> str:
        await self.house.stripe.expire(self.page)
        return "unpaid"

    async def declined(self) -> str:
        await self.house.stripe.pay(self.page, "declined")
        return "declined"

    async def by_bank(self) -> str:
        await self.house.stripe.pay(self.page, "bank")
        await self.house.stripe.settle_bank(self.intent)
        return "paid"

    async def still_at_the_bank(self) -> str:
        await self.house.stripe.pay(self.page, "bank")
        return "processing"

    async def bank_says_no(self) -> str:
        await self.house.stripe.pay(self.page, "bank")
        await self.house.stripe.settle_bank(self.intent, ok=False)
        return "declined"

    async def part_refunded(self) -> str:
        await self.pay()
        await self.house.stripe.refund(self.intent, 5_000)
        return "part_refunded"

    async def refunded(self) -> str:
        await self.pay()
        await self.house.stripe.refund(self.intent, 5_000)
        await self.house.stripe.refund(self.intent)
        return "refunded"

    async def refund_came_back(self) -> str:
        await self.pay()
        self.house.stripe.refunds = "pending"
        refund = await self.house.stripe.refund(self.intent, 7_000)
        self.house.stripe.refunds = "succeeded"
        await self.house.stripe.settle_refund(refund["id"], "failed")
        return "paid"

    async def disputed(self) -> str:
        await self.pay()
        await self.house.stripe.dispute(self.intent)
        return "disputed"

    async def dispute_won(self) -> str:
        await self.pay()
        await self.house.stripe.close_dispute((await self.house.stripe.dispute(self.intent))["id"], "won")
        return "paid"

    async def dispute_lost(self) -> str:
        await self.pay()
        await self.house.stripe.close_dispute((await self.house.stripe.dispute(self.intent))["id"], "lost")
        return "dispute_lost"

    async def paid_after_the_deadline(self) -> str:
        await lapse_obligation(self.obligation.id)
        await self.pay()
        return "paid"

    async def paid_twice(self) -> str:
        await record_counter_payment(self.obligation.id, 20_000, "cash", NOBODY)
        await self.pay()
        return "paid"  # what came by card goes back


FATES: list[Callable[[Story], Awaitable[str]]] = [
    Story.paid, Story.expired, Story.declined, Story.by_bank, Story.still_at_the_bank, Story.bank_says_no,
    Story.part_refunded, Story.refunded, Story.refund_came_back, Story.disputed, Story.dispute_won,
    Story.dispute_lost, Story.paid_after_the_deadline, Story.paid_twice,
]  # fmt: skip


async def _run_wave(house: House, chance: random.Random) -> None:
    """Payments of any fate at once, their webhooks held back, then doubled, shuffled and sent in bursts among jobs."""
    stripe, first = house.stripe, len(house.stripe.events)
    bills = [await house.bill() for _ in range(WAVE)]
    stories = [Story(house, chance, bill, await house.open_page(bill)) for bill in bills]
    post, stripe.post = stripe.post, None
    expected = {story.obligation.id: await chance.choice(FATES)(story) for story in stories}
    events = stripe.events[first:]
    stripe.post = post
    deliveries = events + chance.choices(events, k=len(events) // 3)
    chance.shuffle(deliveries)
    while deliveries:
        burst, deliveries = deliveries[:40], deliveries[40:]
        assert set(await asyncio.gather(*(stripe.deliver(body) for body in burst))) == {204}
        if chance.random() < 0.5:
            await house.work()
    await house.work()
    found = {bill_id: (await require_balanced(bill_id)).state for bill_id in expected}
    assert found == expected


async def test_500_payments_in_random_order_end_as_the_table_says(house: House, engine: str) -> None:
    """Half of them on either database. The ledger adds up, and a comparison with Stripe finds no difference."""
    chance = random.Random(f"{engine} 2027")
    for _ in range(ORDERS[engine] // WAVE):
        await _run_wave(house, chance)
    assert sum(ORDERS.values()) == 500
    assert await Obligation.all().count() == ORDERS[engine]
    assert await StripeEvent.filter(state__in=["stored", "quarantined"]).count() == 0
    assert await dead_jobs() == []
    await reconcile()
    assert await list_differences(open_now=True) == []
    twice = await Payment.filter(method="checkout", refunded_cents=20_000).first()
    assert twice is not None
    assert [paper.series for paper in await list_papers(twice.obligation_id)][0:1] == ["INV"]
