"""What moved at Stripe and went to the bank, against the books: every kind of difference injected, found and named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from festival.kit.clock import frozen_at, now
from festival.payments.actions import request_refund
from festival.payments.differences import Found, OurPayment, OurRefund
from festival.payments.models import Payment, Refund
from festival.payments.moving import (
    MOVING_KINDS,
    PayoutSums,
    compare_movements,
    list_payout_faults,
    sums_of_payout,
)
from festival.payments.reconciling import list_differences, reconcile
from festival.payments.records import Difference, Dispute, Payout
from festival.payments.said import Movement, PaidOut
from tests.stripe_fake import FakeStripe

from .test_payments_cards import House, dead_jobs, house

__all__ = ["house"]

CHARGE = Movement("txn_1", "charge", 500, 45, 455, "usd", "ch_1", "pi_1")
BACK = Movement("txn_2", "refund", -200, 0, -200, "usd", "re_1")
TAKEN = Movement("txn_3", "dispute", -500, 1_500, -2_000, "usd", "du_1")
OURS = OurPayment(1, 7, "pi_1", "paid", 500, "usd")
OUR_REFUND = OurRefund("re_1", 7, 200, "done")


def kinds(movements: Any, payments: Any = (), refunds: Any = (), disputes: Any = None) -> list[str]:
    return [found.kind for found in compare_movements(movements, payments, refunds, disputes or {})]


# ---------------------------------------------------------------- rules


def test_what_the_books_explain_is_no_difference() -> None:
    fee = Movement("txn_9", "stripe_fee", -99, 0, -99, "usd")
    out = Movement("txn_8", "payout", -300, 0, -300, "usd", "po_1")
    assert kinds([CHARGE, BACK, TAKEN, fee, out], [OURS], [OUR_REFUND], {"du_1": ("open", 500)}) == []


@pytest.mark.parametrize(
    ("movements", "payments", "refunds", "disputes", "found"),
    [
        ([CHARGE], [], [], {}, ["moved_only_at_stripe"]),
        ([], [OURS], [], {}, ["never_moved"]),
        ([], [replace(OURS, may_wait=True)], [], {}, []),
        ([], [replace(OURS, state="open")], [], {}, []),
        ([replace(CHARGE, cents=400)], [OURS], [], {}, ["moved_amount"]),
        ([replace(CHARGE, currency="eur")], [OURS], [], {}, ["moved_currency"]),
        ([BACK], [], [], {}, ["refund_moved_only"]),
        ([], [], [OUR_REFUND], {}, ["refund_never_moved"]),
        ([], [], [replace(OUR_REFUND, may_wait=True)], {}, []),
        ([replace(BACK, cents=-100)], [], [OUR_REFUND], {}, ["refund_moved_amount"]),
        ([BACK], [], [replace(OUR_REFUND, state="failed")], {}, ["refund_moved_amount"]),
        ([BACK, replace(BACK, kind="refund_failure", cents=200)], [], [replace(OUR_REFUND, state="failed")], {}, []),
        ([TAKEN], [], [], {}, ["dispute_moved"]),
        ([TAKEN], [], [], {"du_1": ("won", 500)}, ["dispute_moved"]),
        ([TAKEN, replace(TAKEN, cents=500)], [], [], {"du_1": ("won", 500)}, []),
        ([TAKEN], [], [], {"du_1": ("lost", 500)}, []),
        ([Movement("txn_7", "topup", 9, 0, 9, "usd")], [], [], {}, ["moved_otherwise"]),
    ],
)
def test_each_movement_is_explained_or_named(
    movements: Any, payments: Any, refunds: Any, disputes: Any, found: list[str]
) -> None:
    assert kinds(movements, payments, refunds, disputes) == found


def test_a_payout_is_the_sum_of_its_parts_or_named() -> None:
    fee = Movement("txn_9", "stripe_fee", -99, 0, -99, "usd")
    topup = Movement("txn_7", "topup", 9, 0, 9, "usd")
    out = Movement("txn_8", "payout", 1_835, 0, 1_835, "usd", "po_1")
    parts = [CHARGE, BACK, TAKEN, fee, topup, out]
    payout = PaidOut("po_1", -1_835, "usd", "paid", dt.date(2027, 6, 1), automatic=True, movements=parts)
    assert sums_of_payout(payout) == PayoutSums(500, -200, -500, 9, 45 + 1_500 + 99)
    assert list_payout_faults([payout]) == []
    assert list_payout_faults([replace(payout, cents=1)]) == [Found("payout_sum", "po_1", 0, -1_835, 1)]
    assert list_payout_faults([replace(payout, cents=1, automatic=False, movements=())]) == []
    assert [one.kind for one in list_payout_faults([replace(payout, state="failed")])] == ["payout_failed"]


# ---------------------------------------------------------------- over HTTP


async def open_kinds() -> list[str]:
    return sorted(str(one.kind) for one in await list_differences(open_now=True))


async def later() -> None:
    """The comparison of the next day, when nothing is on its way any more."""
    with frozen_at(now() + dt.timedelta(hours=20)):
        await reconcile()


async def test_payouts_and_fees_are_kept_and_shown(house: House, sign_in: Any) -> None:
    paid, back, disputed = await house.bill(), await house.bill(), await house.bill()
    await house.pay(paid)
    await house.pay(back)
    await request_refund(back.id, 5_000, "Rain")
    await house.work()
    await house.stripe.close_dispute((await house.stripe.dispute(await house.pay(disputed)))["id"], "won")
    await house.work()
    sent = house.stripe.pay_out()
    await later()
    assert await open_kinds() == []
    fee = 3 * (30 + 580) + 1_500
    payout = await Payout.get()
    assert (payout.charged_cents, payout.refunded_cents, payout.disputed_cents) == (60_000, -5_000, 0)
    assert (payout.fee_cents, payout.amount_cents) == (fee, 55_000 - fee)
    assert payout.stripe_ref == sent["id"]
    payment = await Payment.get(obligation_id=paid.id)
    assert payment.fee_cents == 610
    await later()  # a second time it is the same payout
    assert await Payout.all().count() == 1
    await sign_in("treasurer")
    page = (await house.client.get("/organize/money/reconciliation")).text
    assert str(sent["id"]) in page
    assert "Everything matches." in page
    assert f"${fee / 100:,.2f}" in page
    assert "Stripe kept $6.10" in (await house.client.get(f"/organize/money/{paid.id}")).text
    assert await dead_jobs() == []


def _lose_movement(fake: FakeStripe, kind: str) -> None:
    row = fake.all("balance_transaction", type=kind)[0]
    del fake.things[row["id"]]


def _charge_of_nobody(fake: FakeStripe) -> None:
    charge = fake.new("ch", "charge", amount=777, payment_intent=None, paid=True)
    fake.move("charge", 777, charge["id"])


def _refund_of_nobody(fake: FakeStripe) -> None:
    """It stands in another list than ours: a source that only the movement names."""
    refund = fake.new("re", "refund")
    refund["object"] = "refund_elsewhere"
    fake.move("refund", -5, refund["id"])


def _change(fake: FakeStripe, kind: str, **members: Any) -> None:
    row = fake.all("balance_transaction", type=kind)[0]
    fake.things[row["id"]] = row | members


def _failed_payout(fake: FakeStripe) -> None:
    fake.pay_out()["status"] = "failed"


def _wrong_payout(fake: FakeStripe) -> None:
    fake.pay_out()["amount"] += 1


def _close_balance(fake: FakeStripe) -> None:
    fake.closed_balance = True


INJECTED: dict[str, Callable[[FakeStripe], object]] = {
    "never_moved": lambda fake: _lose_movement(fake, "charge"),
    "moved_only_at_stripe": _charge_of_nobody,
    "moved_amount": lambda fake: _change(fake, "charge", amount=1),
    "moved_currency": lambda fake: _change(fake, "charge", currency="eur"),
    "refund_never_moved": lambda fake: _lose_movement(fake, "refund"),
    "refund_moved_only": _refund_of_nobody,
    "refund_moved_amount": lambda fake: _change(fake, "refund", amount=-1),
    "dispute_moved": lambda fake: _change(fake, "adjustment", amount=-1),
    "payout_sum": _wrong_payout,
    "payout_failed": _failed_payout,
    "moved_otherwise": lambda fake: fake.move("topup", 10_000, None),
    "no_balance": _close_balance,
}


def test_every_kind_is_injected_below() -> None:
    assert set(INJECTED) == set(MOVING_KINDS)


@pytest.mark.parametrize("kind", sorted(INJECTED))
async def test_a_difference_of_each_kind_is_found_named_and_gone_when_mended(house: House, kind: str) -> None:
    obligation, disputed = await house.bill(), await house.bill()
    await house.pay(obligation)
    await request_refund(obligation.id, 5_000, "Rain")
    await house.work()
    await house.stripe.dispute(await house.pay(disputed))
    await house.work()
    await later()
    assert await open_kinds() == []
    before = dict(house.stripe.things)
    INJECTED[kind](house.stripe)
    await later()
    assert [one.kind for one in await Difference.filter(gone_at=None)] == [kind]
    house.stripe.things, house.stripe.closed_balance = before, False
    await later()
    assert await open_kinds() == []
    assert await Difference.filter(kind=kind, gone_at__isnull=False).count() == 1
    assert (await Refund.all().count(), await Dispute.all().count()) == (1, 1)
