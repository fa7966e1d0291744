"""A market on several Saturdays: chosen, decided day by day, billed in lines, given back one by one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Festival
from festival.accounts.models import Person
from festival.kit.clock import frozen_at
from festival.kit.i18n import put
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from festival.payments.actions import record_counter_payment
from festival.payments.models import Obligation, ObligationLine, Refund
from festival.payments.queries import get_obligation
from tests.festival.test_payments_ledger import require_balanced
from vendors.calls.copying import copy_call
from vendors.dates.actions import add_dates, choose_dates, decide_dates, give_up_date
from vendors.dates.queries import list_asked
from vendors.dates.rules import DateOver, LastDate, SeasonPrice, date_prices, share_cents, weekly
from vendors.fees.actions import accept_offer, give_discount, leave
from vendors.fees.queries import find_promise, list_cost
from vendors.fees.rules import Portion, Promise, promise_by_days
from vendors.lifecycle.actions import as_applicant, as_staff, move_application, offer_next
from vendors.lifecycle.dates import DateFull
from vendors.lifecycle.rules import State
from vendors.models import AddOn, Application, ApplicationAddOn, ApplicationDate, Category, CategoryDate, FeeRule

from .making import make_application, make_category

STAFF = as_staff(NOBODY)
MAY = [dt.date(2027, 5, day) for day in (1, 8, 15, 22)]
APRIL = dt.datetime(2027, 4, 1, 18, tzinfo=dt.UTC)


async def make_market(cap: int = 2, **facts: Any) -> tuple[Category, list[CategoryDate]]:
    category = await make_category(cap=5, fee_cents=5_000, name="Market", **facts)
    await add_dates(category, MAY, cap, NOBODY)
    return category, await CategoryDate.filter(category_id=category.id).order_by("held_on")


async def ask(category: Category, days: list[CategoryDate], state: str = "under_review") -> Application:
    application = await make_application(category, language="en")
    await choose_dates(application, [day.id for day in days])
    await Application.filter(id=application.id).update(state=state)
    return await Application.get(id=application.id)


async def offer(application: Application) -> Application:
    return await move_application(await Application.get(id=application.id), State.OFFERED, STAFF)


async def states(application: Application) -> list[str]:
    return [str(row.state) for row in await list_asked(application.id)]


async def bill_of(application: Application) -> Obligation:
    found = await Application.get(id=application.id)
    assert found.obligation_id
    return await require_balanced(found.obligation_id)


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("asked", "seasons", "total"),
    [
        (0, [], 0),
        (3, [], 15_000),
        (3, [SeasonPrice(4_000, 3)], 12_000),
        (2, [SeasonPrice(4_000, 3)], 10_000),
        (4, [SeasonPrice(14_000, 0, True)], 14_000),
        (3, [SeasonPrice(14_000, 0, True)], 15_000),
        (4, [SeasonPrice(14_000, 0, True), SeasonPrice(3_000, 2)], 12_000),
        (4, [SeasonPrice(99_000, 0, True)], 20_000),
    ],
)
def test_the_lowest_price_that_applies_is_shared_out(asked: int, seasons: list[SeasonPrice], total: int) -> None:
    prices = date_prices(5_000, seasons, asked, 4)
    assert (len(prices), sum(prices)) == (asked, total)
    assert not prices or max(prices) - min(prices) <= 1


def test_what_does_not_divide_is_not_lost() -> None:
    assert date_prices(5_000, [SeasonPrice(10_000, 3, True)], 3, 4) == [3_334, 3_333, 3_333]


def test_a_discount_lies_on_every_day_alike() -> None:
    assert share_cents(5_000, 20_000, 10_000) == 2_500
    assert share_cents(5_000, 0, 0) == 0


def test_a_series_keeps_its_weekday() -> None:
    assert weekly(MAY[0], MAY[-1]) == MAY
    assert weekly(MAY[0], MAY[0]) == MAY[:1]
    assert len(weekly(MAY[0], dt.date(2999, 1, 1))) == 120


def test_each_day_comes_back_by_its_own_notice() -> None:
    policy = [{"until_days": 20, "refund_pct": 100}, {"until_days": 7, "refund_pct": 50, "or_full_if_resold": True}]
    portions = [Portion(5_000, -3), Portion(5_000, 10), Portion(5_000, 30)]
    assert promise_by_days(policy, 15_000, portions) == Promise(7_500, 2_500)
    assert promise_by_days(policy, 17_000, portions, security_cents=2_000) == Promise(9_500, 2_500)
    assert promise_by_days(policy, 10_000, portions) == Promise(5_000, 1_666)
    kept = [{"until_days": 0, "refund_pct": 100, "keep": 1_000}]
    assert promise_by_days(kept, 10_000, [Portion(5_000, 5), Portion(5_000, 9)]).now_cents == 9_000
    assert promise_by_days(policy, 900, [], security_cents=900) == Promise(900)


# ---------------------------------------------------------------- from choosing to the bill


async def test_the_applicant_chooses_days_and_sees_what_they_cost(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category, days = await make_market()
    await FeeRule.create(category=category, condition="Season", fee_cents=14_000, from_dates=0, together=True)
    application = await make_application(category, language="en")
    await sign_in("", (await Person.get(id=application.applicant_id)).email)
    here = f"/applications/{application.receipt}"
    assert "The days on which you come" in (await client.get(f"{here}/review")).text
    about = await client.post(f"{here}/about", data={"name": "Kente"})
    assert about.headers["location"] == f"{here}/dates"
    page = (await client.get(f"{here}/dates")).text
    assert "all days together, $140.00" in page
    assert "Saturday, May 8, 2027" in page
    chosen = {"dates": [str(day.id) for day in days[:3]]}
    assert (await client.post(f"{here}/dates", data=chosen)).status_code == 303
    review = (await client.get(f"{here}/review")).text
    assert "Market, May 15, 2027" in review
    assert "$150.00" in review
    await client.post(f"{here}/dates", data={"dates": [str(day.id) for day in days] + ["999999"]})
    assert "$140.00" in (await client.get(f"{here}/review")).text
    assert (await client.post(f"{here}/dates", data={"dates": "x"})).status_code == 422
    await client.post(f"{here}/review")
    sent = await Application.get(id=application.id)
    assert sent.state == State.SUBMITTED
    # What is sent is not changed behind the team's back.
    await client.post(f"{here}/dates", data={"dates": [str(days[0].id)]})
    assert await states(sent) == ["asked"] * 4


async def test_a_category_without_days_asks_for_none(client: httpx2.AsyncClient, sign_in: Any) -> None:
    application = await make_application(await make_category(), language="en")
    await sign_in("", (await Person.get(id=application.applicant_id)).email)
    assert (await client.get(f"/applications/{application.receipt}/dates")).status_code == 404
    assert "Days" not in (await client.get(f"/applications/{application.receipt}/about")).text


async def test_some_of_the_days_are_given_at_the_price_of_all(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category, days = await make_market()
    await FeeRule.create(category=category, condition="Season", fee_cents=14_000, from_dates=0, together=True)
    application = await ask(category, days)
    await sign_in("organizer")
    here = f"/organize/applications/{application.receipt}/dates"
    assert "Saturday, May 22, 2027" in (await client.get(here)).text
    assert (await client.post(here, data={})).status_code == 409
    assert (await client.post(here, data={"dates": [str(day.id) for day in days[:3]]})).status_code == 303
    offered = await offer(application)
    assert await states(application) == ["granted", "granted", "granted", "refused"]
    assert [cents for _, _, cents in await list_cost(offered)][:3] == [3_500, 3_500, 3_500]
    await accept_offer(offered, as_applicant(NOBODY))
    bill = await bill_of(application)
    lines = await ObligationLine.filter(obligation_id=bill.id, kind="date").order_by("id")
    assert [line.label for line in lines] == [f"Market, May {day}, 2027" for day in (1, 8, 15)]
    assert bill.due_cents == 10_500
    assert [row.line_id for row in await list_asked(application.id)] == [*(line.id for line in lines), None]
    assert [day.taken for day in await CategoryDate.filter(category_id=category.id).order_by("held_on")] == [1, 1, 1, 0]


async def test_caps_hold_for_each_day_and_for_the_category(client: httpx2.AsyncClient) -> None:
    category, days = await make_market(cap=1)
    await offer(await ask(category, days[:2]))
    late = await ask(category, days[1:3])
    with pytest.raises(DateFull) as full:
        await offer(late)
    assert put(full.value.words) == "May 8, 2027 is full. Leave that day out, then decide again."
    assert await states(late) == ["asked", "asked"]
    assert [day.taken for day in await CategoryDate.filter(category_id=category.id).order_by("held_on")] == [1, 1, 0, 0]
    assert (await Category.get(id=category.id)).taken == 1
    await decide_dates(late, [days[2].id], NOBODY)
    await offer(late)
    assert (await Category.get(id=category.id)).taken == 2


async def test_days_come_back_with_a_hold_taken_back_and_with_a_withdrawal(client: httpx2.AsyncClient) -> None:
    category, days = await make_market(cap=1)
    first = await move_application(await ask(category, days[:2]), State.HOLD_ACCEPT, STAFF)
    await move_application(first, State.UNDER_REVIEW, STAFF)
    assert await CategoryDate.filter(category_id=category.id, taken__gt=0).count() == 0
    await leave(await offer(first), State.WITHDRAWN, as_applicant(NOBODY), "")
    assert await CategoryDate.filter(category_id=category.id, taken__gt=0).count() == 0


async def test_the_line_is_passed_where_none_of_somebodys_days_is_free(client: httpx2.AsyncClient) -> None:
    category, days = await make_market(cap=1)
    await offer(await ask(category, days[:2]))
    blocked = await move_application(await ask(category, days[:1]), State.WAITLISTED, STAFF)
    partly = await move_application(await ask(category, days[1:3]), State.WAITLISTED, STAFF)
    taken = await offer_next(category.id)
    assert taken is not None
    assert taken.id == partly.id
    assert await states(partly) == ["refused", "granted"]
    assert (await Application.get(id=blocked.id)).state == State.WAITLISTED
    assert await offer_next(category.id) is None


# ---------------------------------------------------------------- one day given back


async def paid_market(cap: int = 2) -> tuple[Application, list[CategoryDate]]:
    """Four Saturdays at $50, half off by a discount, and power: $125, paid in cash."""
    category, days = await make_market(cap)
    application = await ask(category, days)
    power = await AddOn.create(call_id=category.call_id, slug="power", name="Power", price_cents=5_000, stock=9)
    await ApplicationAddOn.create(application=application, add_on=power, quantity=1)
    await give_discount(application, "Half", 12_500, "Scholarship", NOBODY)
    await accept_offer(await offer(application), as_applicant(NOBODY))
    bill = await bill_of(application)
    assert bill.due_cents == 12_500
    await record_counter_payment(bill.id, 12_500, "cash", NOBODY)
    return await Application.get(id=application.id), days


async def test_one_day_comes_back_by_its_own_notice_and_the_rest_stays(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any
) -> None:
    with frozen_at(dt.datetime(2027, 4, 5, 18, tzinfo=dt.UTC)):
        application, days = await paid_market()
        await run_jobs()
        waiting = await move_application(
            await ask(await Category.get(id=application.category_id), days[3:]), State.WAITLISTED, STAFF
        )
        await CategoryDate.filter(id=days[3].id).update(cap=1)
        await sign_in("", (await Person.get(id=application.applicant_id)).email)
        here = f"/applications/{application.receipt}/dates/{days[3].id}/give-up"
        # 47 days ahead of May 22: all of what was really paid for that day; May 1 is 26 days ahead: nothing.
        assert "$25.00 is taken off your bill" in (await client.get(here)).text
        assert (await client.post(here)).status_code == 303
        assert await states(application) == ["granted", "granted", "granted", "given_up"]
        assert (await bill_of(application)).refunded_cents == 2_500
        refund = await Refund.get()
        line = await ObligationLine.get(id=refund.line_id or 0)
        assert (line.label, line.refunded_cents) == ("Market, May 22, 2027", 2_500)
        await run_jobs()
        assert (await Application.get(id=waiting.id)).state == State.OFFERED
        letter = await MailMessage.get(kind="vendors.date")
        assert "Saturday, May 22, 2027" in letter.text
        assert "$25.00" in letter.text
        again = await client.post(here)
        assert again.status_code == 409
        early = f"/applications/{application.receipt}/dates/{days[0].id}/give-up"
        assert "nothing of its fee comes back" in (await client.get(early)).text
        await client.post(early)
        assert (await bill_of(application)).refunded_cents == 2_500
        # The whole rest: May 8 and 15 are too near as well, and so is the festival's power.
        assert await find_promise(application, APRIL) == Promise(0, 0)


async def test_what_is_still_owed_of_a_day_is_let_go(client: httpx2.AsyncClient) -> None:
    with frozen_at(APRIL):
        category, days = await make_market()
        application = await ask(category, days)
        await accept_offer(await offer(application), as_applicant(NOBODY))
        accepted = await Application.get(id=application.id)
        assert await give_up_date(accepted, days[0].id, NOBODY) == 5_000
        bill = await bill_of(application)
        assert (bill.due_cents, bill.paid_cents, bill.refunded_cents) == (15_000, 0, 0)


async def test_the_city_gives_a_day_back_whole_and_the_last_day_is_a_withdrawal(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any
) -> None:
    with frozen_at(dt.datetime(2027, 4, 30, 18, tzinfo=dt.UTC)):
        application, days = await paid_market()
        await sign_in("organizer")
        here = f"/organize/applications/{application.receipt}/dates"
        assert (await client.post(here, data={"cancel": str(days[0].id)})).status_code == 303
        assert (await bill_of(application)).refunded_cents == 2_500
        assert (await client.post(here, data={"cancel": "999"})).status_code == 404
        await run_jobs()
        assert "The city had to cancel Saturday, May 1, 2027" in (await MailMessage.get(kind="vendors.date")).text
        for day in days[1:3]:
            await give_up_date(application, day.id, NOBODY, by_city=True)
        with pytest.raises(LastDate):
            await give_up_date(application, days[3].id, NOBODY)
        assert await states(application) == ["cancelled", "cancelled", "cancelled", "granted"]
        assert (await get_obligation(application.obligation_id or 0)).refunded_cents == 7_500
    with frozen_at(dt.datetime(2027, 5, 22, 12, tzinfo=dt.UTC)), pytest.raises(DateOver):
        await give_up_date(application, days[3].id, NOBODY)


# ---------------------------------------------------------------- set up


async def test_the_team_sets_days_up(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(fee_cents=5_000)
    festival = await Festival.get(call__id=category.call_id)
    base = f"/organize/calls/{festival.slug}/categories/{category.slug}"
    await sign_in("organizer")
    assert "This category is held once." in (await client.get(f"{base}/dates")).text
    form = {"first": "2027-05-01", "last": "2027-05-22", "places": "12"}
    assert (await client.post(f"{base}/dates", data={**form, "last": "2027-04-01"})).status_code == 422
    for _ in range(2):
        assert (await client.post(f"{base}/dates", data=form)).status_code == 303
    days = await CategoryDate.filter(category_id=category.id).order_by("held_on")
    assert [day.held_on for day in days] == MAY
    application = await ask(category, days[:1])
    await offer(application)
    assert application.name in (await client.get(f"{base}/dates")).text
    assert (await client.post(f"{base}/dates/{days[0].id}", data={"places": "0"})).status_code == 409
    assert (await client.post(f"{base}/dates/{days[1].id}", data={"places": "3"})).status_code == 303
    assert (await client.post(f"{base}/dates/{days[0].id}", data={"wish": "remove"})).status_code == 409
    assert (await client.post(f"{base}/dates/{days[3].id}", data={"wish": "remove"})).status_code == 303
    assert (await client.post(f"{base}/dates/999999", data={"places": "3"})).status_code == 404
    season = {"condition": "Season", "fee": "140", "from_dates": "0", "together": "yes"}
    assert (await client.post(f"{base}/fees", data={**season, "sent_until": "2027-03-01T12:00"})).status_code == 422
    assert (await client.post(f"{base}/fees", data={**season, "from_dates": ""})).status_code == 422
    assert (await client.post(f"{base}/fees", data=season)).status_code == 303
    rule = await FeeRule.get(category=category)
    assert (rule.fee_cents, rule.from_dates, rule.together) == (14_000, 0, True)
    page = (await client.get(f"{base}/preview")).text
    assert "3 days, with a fee for each" in page
    assert "for all days · together" in page


async def test_next_years_days_move_as_the_festival_does(client: httpx2.AsyncClient) -> None:
    category, _ = await make_market()
    old = await Festival.get(call__id=category.call_id)
    later = old.starts_at + dt.timedelta(days=364)
    festival = await Festival.create(
        slug="next", name="Global Fest", venue_id=old.venue_id, changed_at=later, starts_at=later,
        ends_at=later + dt.timedelta(hours=7),
    )  # fmt: skip
    call = await copy_call(category.call_id, festival)
    copied = await CategoryDate.filter(category__call_id=call.id).order_by("held_on")
    assert [row.held_on for row in copied] == [on + dt.timedelta(days=364) for on in MAY]
    assert {(row.cap, row.taken) for row in copied} == {(2, 0)}
    assert await ApplicationDate.all().count() == 0
