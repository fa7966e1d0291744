"""What comes back: by the policy, in full if the space goes to somebody else, in full when the city cancels."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from festival.kit.clock import frozen_at
from festival.kit.web.access import NOBODY, Kind, Principal
from festival.payments.actions import record_counter_payment
from festival.payments.models import Obligation
from tests.festival.test_payments_ledger import require_balanced
from vendors.fees.actions import accept_offer, leave
from vendors.fees.rules import Promise, count_resold, refund_promise
from vendors.lifecycle.actions import as_applicant
from vendors.lifecycle.rules import State
from vendors.models import Application, Category, Transition

from .making import FESTIVAL_DAY, make_application, make_category

POLICY = [
    {"until_days": 45, "refund_pct": 100},
    {"until_days": 21, "refund_pct": 75, "or_full_if_resold": True},
    {"until_days": 7, "refund_pct": 25, "keep": 1_000},
    {"until_days": 0, "refund_pct": 0},
    {"city_cancels": True, "refund_pct": 100},
]


@pytest.mark.parametrize(
    ("days", "promise"),
    [
        (60, Promise(15_000)), (45, Promise(15_000)), (44, Promise(11_250, 3_750)), (21, Promise(11_250, 3_750)),
        (20, Promise(3_750)), (6, Promise()), (0, Promise()), (-1, Promise()),
    ],
)  # fmt: skip
def test_the_notice_decides(days: int, promise: Promise) -> None:
    assert refund_promise(POLICY, 15_000, days) == promise


def test_parts_of_a_cent_go_to_the_applicant_and_a_kept_fee_never_below_nothing() -> None:
    assert refund_promise(POLICY, 333, 21) == Promise(250, 83)
    assert refund_promise([{"until_days": 0, "refund_pct": 100, "keep": 2_000}], 15_000, 3) == Promise(13_000)
    assert refund_promise([{"until_days": 0, "refund_pct": 100, "keep": 2_000}], 1_500, 3) == Promise()


def test_what_the_city_cancels_comes_back_whole() -> None:
    assert refund_promise(POLICY, 15_000, 0, by_city=True) == Promise(15_000)
    assert refund_promise([], 15_000, 0, by_city=True) == Promise(15_000)


@pytest.mark.parametrize(
    ("left", "cap", "confirmed", "resold"), [(2, 5, 5, 2), (2, 5, 4, 1), (2, 5, 3, 0), (2, 5, 0, 0)]
)
def test_a_place_that_is_free_again_was_not_resold(left: int, cap: int, confirmed: int, resold: int) -> None:
    assert count_resold(left, cap, confirmed) == resold


# ---------------------------------------------------------------- over both databases


async def make_paid(category: Category, run_jobs: Any) -> Application:
    """An application that was offered, accepted and paid at the counter."""
    await Category.filter(id=category.id).update(taken=category.taken + 1)
    offered = await make_application(category, state="offered", offer_expires_at=FESTIVAL_DAY)
    accepted = await accept_offer(offered, as_applicant(Principal(Kind.PERSON, offered.applicant_id)))
    assert accepted.obligation_id is not None
    bill = await Obligation.get(id=accepted.obligation_id)
    await record_counter_payment(bill.id, bill.due_cents, "cash", NOBODY)
    await run_jobs()
    paid = await Application.get(id=offered.id)
    assert paid.state == State.DOCS_READY  # the category asks for no papers
    return paid


async def refunded(application: Application) -> int:
    """What went back so far, the ledger checked."""
    assert application.obligation_id is not None
    return (await require_balanced(application.obligation_id)).refunded_cents


async def make_strict_category(cap: int = 2) -> Category:
    category = await make_category(cap=cap)
    call = await category.call.get()
    call.refund_policy = POLICY
    await call.save()
    return category


async def test_the_refund_is_shown_before_and_sent_after(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any, database: Any
) -> None:
    category = await make_strict_category()
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=30)):
        paid = await make_paid(category, run_jobs)
        await sign_in("", (await paid.applicant.get()).email)
        page = (await client.get(f"/applications/{paid.receipt}/withdraw")).text
        assert "$112.50 at once" in page
        assert "remaining $37.50" in page
        for _ in range(2):  # a second press finds it withdrawn and sends nothing more
            await client.post(f"/applications/{paid.receipt}/withdraw")
        await run_jobs()
    assert (await Application.get(id=paid.id)).state == State.WITHDRAWN
    assert await refunded(paid) == 11_250


async def test_the_rest_follows_when_the_space_goes_to_somebody_else(run_jobs: Any, database: Any) -> None:
    category = await make_strict_category(cap=1)
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=30)):
        paid = await make_paid(category, run_jobs)
        await leave(paid, State.WITHDRAWN, as_applicant(NOBODY), "ill")
        await run_jobs()
        assert await refunded(paid) == 11_250
        await make_paid(await Category.get(id=category.id), run_jobs)
        await run_jobs()
    assert await refunded(paid) == 15_000


async def test_one_who_left_before_a_free_place_waits_for_its_taker(run_jobs: Any, database: Any) -> None:
    category = await make_strict_category(cap=3)
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=30)):
        first = await make_paid(category, run_jobs)
        await leave(first, State.WITHDRAWN, as_applicant(NOBODY), "ill")
        await make_paid(await Category.get(id=category.id), run_jobs)
        await run_jobs()
    assert await refunded(first) == 11_250


async def test_money_that_comes_after_leaving_goes_back_whole(run_jobs: Any, database: Any) -> None:
    category = await make_strict_category()
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=3)):
        await Category.filter(id=category.id).update(taken=1)
        offered = await make_application(category, state="offered", offer_expires_at=FESTIVAL_DAY)
        accepted = await accept_offer(offered, as_applicant(Principal(Kind.PERSON, offered.applicant_id)))
        await leave(accepted, State.WITHDRAWN, as_applicant(NOBODY), "ill")
        assert accepted.obligation_id is not None
        await record_counter_payment(accepted.obligation_id, 15_000, "cash", NOBODY)
        await run_jobs()
    assert await refunded(accepted) == 15_000


async def test_the_city_cancels_with_a_reason_and_everything_comes_back(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any, database: Any
) -> None:
    category = await make_strict_category()
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=2)):
        paid = await make_paid(category, run_jobs)
        await sign_in("organizer")
        path = f"/organize/applications/{paid.receipt}/cancel"
        assert (await client.post(path, data={"reason": "Storm"})).status_code == 422
        assert (await client.post(path, data={"reason": "", "sure": "yes"})).status_code == 422
        assert (await client.post(path, data={"reason": "Storm", "sure": "yes"})).status_code == 303
        await run_jobs()
    assert await refunded(paid) == 15_000
    step = await Transition.filter(application_id=paid.id).order_by("-id").first()
    assert step is not None
    assert (step.after, step.reason) == ("cancelled_by_city", "Storm")
