"""The ledger: its sums are the obligation's, whatever happens in whatever order."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError, OperationalError

from festival.jobs.models import Job
from festival.kit.errors import Conflict, Invalid, NotFound
from festival.kit.web.access import NOBODY
from festival.payments.actions import (
    OBLIGATION_CHANGED,
    create_obligation,
    lapse_obligation,
    record_counter_payment,
    request_refund,
    waive_obligation,
)
from festival.payments.ledger import sums_of
from festival.payments.models import LedgerEntry, Obligation, Payment, Refund
from festival.payments.queries import get_account, get_obligation, get_obligation_by_secret
from festival.payments.rules import (
    Entry,
    NothingToPay,
    State,
    Sums,
    TooMuch,
    add_entry,
    can_move_payment,
    can_move_refund,
    obligation_state,
    refund_due_cents,
    refund_percent,
    sum_entries,
    surplus_cents,
    total_cents,
)
from festival.settings import Settings

SPACE = [("Space 10x10 ft", 1, 15_000), ("Power", 2, 2_500)]
TIERS = [
    {"until_days": 45, "refund_pct": 100, "keep": 0},
    {"until_days": 21, "refund_pct": 75, "or_full_if_resold": True},
    {"until_days": 7, "refund_pct": 25, "or_full_if_resold": True},
    {"until_days": 0, "refund_pct": 0},
    {"city_cancels": True, "refund_pct": 100},
]


async def bill(lines: list[tuple[str, int, int]] | None = None) -> Obligation:
    """An obligation of 200.00."""
    obligation, _ = await create_obligation(("booth", 1), 0, "Booth fee", SPACE if lines is None else lines)
    return obligation


async def require_balanced(obligation_id: int) -> Obligation:
    """The obligation, after its ledger was added up and found equal to its sums."""
    obligation = await Obligation.get(id=obligation_id)
    entries = await LedgerEntry.filter(obligation_id=obligation_id).values_list("kind", "amount_cents")
    assert sum_entries([(str(kind), int(cents)) for kind, cents in entries]) == sums_of(obligation)
    payments = await Payment.filter(obligation_id=obligation_id)
    assert sum(payment.paid_cents for payment in payments) == obligation.paid_cents
    assert sum(payment.refunded_cents for payment in payments) == obligation.refunded_cents
    return obligation


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("sums", "attempt", "state"),
    [
        (Sums(due=100), "", State.UNPAID),
        (Sums(due=100), "open", State.CHARGING),
        (Sums(due=100), "action_required", State.ACTION_REQUIRED),
        (Sums(due=100), "declined", State.DECLINED),
        (Sums(due=100), "expired", State.UNPAID),
        (Sums(due=100, paid=40), "paid", State.PART_PAID),
        (Sums(due=100, paid=100), "paid", State.PAID),
        (Sums(due=100, paid=100), "declined", State.PAID),
        (Sums(due=100, paid=200, refunded=100), "paid", State.PAID),
        (Sums(due=100, paid=100, refunded=30), "paid", State.PART_REFUNDED),
        (Sums(due=100, paid=100, refunded=100), "open", State.REFUNDED),
        (Sums(due=100, paid=100, disputed=100), "paid", State.DISPUTED),
        (Sums(), "", State.NOT_DUE),
    ],
)
def test_the_state_follows_the_sums_and_only_then_the_attempts(sums: Sums, attempt: str, state: State) -> None:
    assert obligation_state(sums, before="unpaid", attempt=attempt) is state


def test_what_is_remembered_beside_the_sums() -> None:
    assert obligation_state(Sums(due=100), before="lapsed", attempt="expired") is State.LAPSED
    assert obligation_state(Sums(due=100, paid=100), before="lapsed") is State.PAID
    assert obligation_state(Sums(), before="unpaid", waived_cents=100) is State.WAIVED
    disputed = Sums(due=100, paid=100, disputed=100)
    assert obligation_state(disputed, before="disputed", lost_cents=100) is State.DISPUTE_LOST


def test_attempts_and_refunds_never_move_back() -> None:
    for after in ("open", "action_required", "declined", "expired", "quarantined"):
        assert not can_move_payment("paid", after)
    assert can_move_payment("expired", "paid")
    assert can_move_payment("declined", "paid")
    assert not can_move_payment("declined", "open")
    assert can_move_refund("done", "failed")
    assert not can_move_refund("failed", "done")
    assert not can_move_refund("done", "in_transit")


@pytest.mark.parametrize(
    ("days", "resold", "percent"),
    [(60, False, 100), (45, False, 100), (44, False, 75), (21, False, 75), (20, False, 25), (7, True, 100),
     (6, True, 0), (0, False, 0), (-3, False, 0), (30, True, 100)],
)  # fmt: skip
def test_notice_decides_how_much_goes_back(days: int, resold: bool, percent: int) -> None:
    assert refund_percent(TIERS, days, resold=resold) == percent


def test_the_city_gives_everything_back_and_cents_are_rounded_for_the_payer() -> None:
    assert refund_percent(TIERS, 1, city_cancels=True) == 100
    assert refund_percent([], 100) == 0
    assert refund_due_cents(15_000, 75) == 11_250
    assert refund_due_cents(333, 25) == 84
    assert total_cents([("Space", 1, 5_000), ("Scholarship", 1, -9_000)]) == 0


@given(st.lists(st.tuples(st.sampled_from(list(Entry)), st.integers(0, 10**9)), max_size=30))
def test_sums_do_not_depend_on_the_order_of_entries(entries: list[tuple[Entry, int]]) -> None:
    sums = Sums()
    for kind, cents in reversed(entries):
        sums = add_entry(sums, kind, cents)
    assert sums == sum_entries([(kind.value, cents) for kind, cents in entries])


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), max_size=6))
def test_refunding_each_surplus_leaves_what_was_owed_or_less(due: int, payments: list[int]) -> None:
    sums = Sums(due=due)
    for cents in payments:
        sums = add_entry(sums, Entry.PAID, cents)
        sums = add_entry(sums, Entry.REFUNDED, surplus_cents(sums, cents))
    assert sums.paid - sums.refunded == min(due, sum(payments))


# ---------------------------------------------------------------- over a database


async def test_a_bill_has_lines_a_total_and_a_secret_link(database: Settings) -> None:
    obligation, path = await create_obligation(("application", 7), 3, "Booth fee", SPACE, language="am")
    assert (obligation.due_cents, obligation.state, obligation.language) == (20_000, "unpaid", "am")
    found = await get_obligation_by_secret(path.removeprefix("/pay/"))
    assert found.id == obligation.id
    account = await get_account(found)
    assert [(line.label, line.quantity, line.unit_cents) for line in account.lines] == SPACE
    await require_balanced(obligation.id)
    with pytest.raises(NotFound):
        await get_obligation_by_secret(obligation.secret_digest)
    told = await Job.get(kind=OBLIGATION_CHANGED)
    assert (told.payload["subject_kind"], told.payload["subject_id"]) == ("application", 7)


async def test_at_the_counter_in_two_parts(database: Settings) -> None:
    obligation = await bill()
    with pytest.raises(Invalid):
        await record_counter_payment(obligation.id, 20_001, "cash", NOBODY)
    await record_counter_payment(obligation.id, 5_000, "cash", NOBODY)
    assert (await require_balanced(obligation.id)).state == "part_paid"
    await record_counter_payment(obligation.id, 15_000, "check", NOBODY, "no. 1044")
    assert (await require_balanced(obligation.id)).state == "paid"
    with pytest.raises(NothingToPay):
        await record_counter_payment(obligation.id, 1, "cash", NOBODY)
    revisions = [job.payload["revision"] for job in await Job.filter(kind=OBLIGATION_CHANGED).order_by("id")]
    assert revisions == [1, 2, 3]


async def test_a_refund_takes_the_newest_payment_first_and_never_more_than_was_paid(database: Settings) -> None:
    obligation = await bill()
    await record_counter_payment(obligation.id, 5_000, "cash", NOBODY)
    await record_counter_payment(obligation.id, 15_000, "check", NOBODY)
    with pytest.raises(TooMuch):
        await request_refund(obligation.id, 20_001, "", NOBODY)
    refunds = await request_refund(obligation.id, 17_000, "withdrew", NOBODY, key="withdrawal")
    assert [(refund.amount_cents, refund.state) for refund in refunds] == [(15_000, "done"), (2_000, "done")]
    again = await request_refund(obligation.id, 17_000, "withdrew", NOBODY, key="withdrawal")
    assert [refund.id for refund in again] == [refund.id for refund in refunds]
    assert (await require_balanced(obligation.id)).state == "part_refunded"
    await request_refund(obligation.id, 3_000, "the rest", NOBODY)
    assert (await require_balanced(obligation.id)).state == "refunded"
    with pytest.raises(TooMuch):
        await request_refund(obligation.id, 1, "", NOBODY)


async def test_the_database_itself_refuses_a_refund_beyond_what_was_paid(database: Settings) -> None:
    obligation = await bill()
    payment = await record_counter_payment(obligation.id, 20_000, "cash", NOBODY)
    with pytest.raises((IntegrityError, OperationalError)):
        await Payment.filter(id=payment.id).update(refunded_cents=20_001)
    with pytest.raises((IntegrityError, OperationalError)):
        await Obligation.filter(id=obligation.id).update(refunded_cents=20_001)
    with pytest.raises((IntegrityError, OperationalError)):
        await LedgerEntry.filter(obligation_id=obligation.id).update(amount_cents=1)


async def test_twenty_refunds_at_once_never_pass_what_was_paid(database: Settings) -> None:
    obligation = await bill()
    await record_counter_payment(obligation.id, 20_000, "cash", NOBODY)
    results = await asyncio.gather(
        *(request_refund(obligation.id, 3_000, "at once", key=f"tab {tab}") for tab in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, list) for result in results) == 6
    assert sum(isinstance(result, TooMuch) for result in results) == 14
    assert (await require_balanced(obligation.id)).refunded_cents == 18_000
    assert await Refund.all().count() == 6


async def test_waived_whole_or_in_part_with_who_and_why(database: Settings) -> None:
    whole, part = await bill(), await bill()
    await waive_obligation(whole.id, "scholarship", NOBODY)
    assert (await require_balanced(whole.id)).state == "waived"
    await waive_obligation(part.id, "corner not free", NOBODY, 5_000)
    await record_counter_payment(part.id, 15_000, "cash", NOBODY)
    assert (await require_balanced(part.id)).state == "paid"
    with pytest.raises(NothingToPay):
        await waive_obligation(part.id, "again", NOBODY)


async def test_what_lapsed_stays_so_until_it_is_paid(database: Settings) -> None:
    obligation = await bill()
    assert await lapse_obligation(obligation.id)
    assert not await lapse_obligation(obligation.id)
    assert (await get_obligation(obligation.id)).state == "lapsed"
    await record_counter_payment(obligation.id, 20_000, "cash", NOBODY)
    assert (await require_balanced(obligation.id)).state == "paid"
    assert not await lapse_obligation(obligation.id)


@pytest.mark.parametrize("seed", range(8))
async def test_the_ledger_balances_after_any_sequence(database: Settings, seed: int) -> None:
    chance = random.Random(seed)
    obligation = await bill([("Space", 1, chance.randint(0, 20_000)), ("Tent", chance.randint(1, 3), 999)])
    for _ in range(15):
        cents = chance.randint(-5, 9_000)
        with suppress(Conflict, Invalid):
            match chance.randrange(4):
                case 0:
                    await record_counter_payment(obligation.id, cents, "cash", NOBODY)
                case 1:
                    await request_refund(obligation.id, cents, "any", NOBODY)
                case 2:
                    await waive_obligation(obligation.id, "any", NOBODY, cents)
                case _:
                    await lapse_obligation(obligation.id)
        await require_balanced(obligation.id)
