"""Deposits in one go: a preview that says why not, refunds through the ledger, once whatever happens."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Festival
from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY, Kind, Principal
from festival.payments.actions import record_counter_payment
from festival.payments.models import LedgerEntry, Obligation, ObligationLine, Refund
from festival.settings import Settings
from tests.festival.test_payments_ledger import require_balanced
from tests.vendors.making import FESTIVAL_DAY, make_application, make_category
from vendors.deposits import actions
from vendors.deposits.actions import go_on, start_run
from vendors.deposits.queries import get_call, list_deposits
from vendors.deposits.rules import Facts, NothingToGiveBack, NotOverYet, Verdict, judge
from vendors.fees.actions import accept_offer, give_deposits_back, keep_deposit
from vendors.lifecycle.actions import as_applicant
from vendors.models import Application, Call, Category, DepositRun

AFTER = FESTIVAL_DAY + dt.timedelta(days=1)


def facts(**more: Any) -> Facts:
    plain: dict[str, Any] = {
        "kind": "deposit", "refunded_cents": 0, "due_cents": 200, "paid_cents": 200, "disputed_cents": 0,
        "state": "checked_in", "keeps_no_shows": True,
    }  # fmt: skip
    return Facts(**(plain | more))


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, Verdict.BACK), ({"state": "completed"}, Verdict.BACK), ({"refunded_cents": 50}, Verdict.GIVEN),
        ({"kind": "kept"}, Verdict.KEPT), ({"state": "no_show"}, Verdict.NO_SHOW),
        ({"state": "no_show", "keeps_no_shows": False}, Verdict.BACK), ({"state": "docs_ready"}, Verdict.UNSETTLED),
        ({"paid_cents": 100}, Verdict.UNPAID), ({"paid_cents": 0, "due_cents": 0}, Verdict.UNPAID),
        ({"disputed_cents": 200}, Verdict.FROZEN),
    ],
)  # fmt: skip
def test_one_reason_is_given_for_each(more: dict[str, Any], verdict: Verdict) -> None:
    assert judge(facts(**more)) is verdict


async def make_paid(category: Category, state: str) -> Application:
    """Somebody who paid fee and deposit at the counter and then came to `state`."""
    await Category.filter(id=category.id).update(taken=(await Category.get(id=category.id)).taken + 1)
    offered = await make_application(category, state="offered", offer_expires_at=FESTIVAL_DAY)
    accepted = await accept_offer(offered, as_applicant(Principal(Kind.PERSON, offered.applicant_id)))
    assert accepted.obligation_id is not None
    await record_counter_payment(accepted.obligation_id, 20_000, "cash", NOBODY)
    await Application.filter(id=accepted.id).update(state=state)
    return await Application.get(id=accepted.id)


async def make_day(*states: str) -> tuple[Call, list[Application]]:
    """A call whose category asks for a deposit of 50 dollars, and one who paid it in each of `states`."""
    category = await make_category(cap=20, security_cents=5_000)
    people = [await make_paid(category, state) for state in states]
    festival = await Festival.get(call__id=category.call_id)
    return await get_call(festival.slug), people


async def run_to_the_end(run: DepositRun) -> DepositRun:
    while (now_at := await DepositRun.get(id=run.id)).state == "waiting":
        await go_on(run.id)
    return now_at


async def test_who_came_gets_it_back_and_the_ledger_balances(database: Settings) -> None:
    call, people = await make_day("checked_in", "completed", "no_show", "confirmed", "checked_in")
    await keep_deposit(people[4], "A burnt lawn", NOBODY)
    verdicts = {one.application.id: one.verdict for one in await list_deposits(call)}
    wanted = [Verdict.BACK, Verdict.BACK, Verdict.NO_SHOW, Verdict.UNSETTLED, Verdict.KEPT]
    assert [verdicts[one.id] for one in people] == wanted
    with pytest.raises(NotOverYet):
        await start_run(call, NOBODY)
    with frozen_at(AFTER):
        ended = await run_to_the_end(await start_run(call, NOBODY))
        assert (ended.done, ended.refused, ended.refunded_cents) == (2, 0, 10_000)
        with pytest.raises(NothingToGiveBack):
            await start_run(call, NOBODY)
    assert await Refund.all().count() == 2
    assert await LedgerEntry.filter(kind="refunded").count() == 2
    for bill in await Obligation.all():
        await require_balanced(bill.id)


async def test_no_deposit_goes_back_twice_whoever_gives_it(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_AT_A_TIME", 2)
    call, _ = await make_day(*["checked_in"] * 5)
    with frozen_at(AFTER):
        first, second = await asyncio.gather(start_run(call, NOBODY), start_run(call, NOBODY))
        assert first.id == second.id
        # The job runs twice at once, as after a worker's death, while the nightly job does the same.
        await asyncio.gather(go_on(first.id), go_on(first.id))
    with frozen_at(AFTER + dt.timedelta(days=5)):
        await asyncio.gather(give_deposits_back(), go_on(first.id))
        ended = await run_to_the_end(first)
    assert ended.done == 5
    assert sum(row.amount_cents for row in await Refund.all()) == 25_000
    assert {row.refunded_cents for row in await ObligationLine.filter(kind="deposit")} == {5_000}


async def test_who_is_marked_between_the_preview_and_the_job_gets_nothing(database: Settings) -> None:
    call, people = await make_day("checked_in", "checked_in")
    with frozen_at(AFTER):
        run = await start_run(call, NOBODY)
        await Application.filter(id=people[0].id).update(state="no_show")
        ended = await run_to_the_end(run)
    assert (ended.done, ended.refused, ended.refunded_cents) == (2, 1, 5_000)


async def test_the_team_looks_first_and_then_gives_back(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any
) -> None:
    call, _ = await make_day("checked_in", "no_show")
    here = f"/organize/festivals/{call.festival.slug}/deposits"
    await sign_in("treasurer")
    preview = (await client.get(here)).text
    assert "$50.00" in preview
    assert "Did not come: the call keeps the deposit" in preview
    assert (await client.post(here)).status_code == 409
    await Festival.filter(id=call.festival_id).update(
        starts_at=now() - dt.timedelta(days=2), ends_at=now() - dt.timedelta(days=1)
    )
    assert (await client.post(here)).status_code == 303
    assert "How far it got" in (await client.get(here)).text
    await run_jobs()
    assert "1 of 1 looked at, $50.00 given back" in (await client.get(here)).text
    await sign_in("reviewer", "reviewer@example.org")
    assert (await client.get(here)).status_code == 403
