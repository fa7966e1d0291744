"""No-shows: proposed when the time for coming is over, marked by people on the day, taken back."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Festival
from festival.arrivals.actions import check_in
from festival.arrivals.rules import pass_text
from festival.kit.clock import frozen_at, now
from festival.kit.errors import NotFound
from festival.kit.web.access import NOBODY
from festival.organisation.models import AuditEntry
from festival.payments.models import Obligation, ObligationLine
from festival.settings import Settings
from tests.vendors.making import FESTIVAL_DAY, make_application, make_category
from vendors.lifecycle.actions import THE_CLOCK, move_application
from vendors.lifecycle.reasons import DEPOSIT_STAYS, reason_lines
from vendors.lifecycle.rules import NotYourStep, State, WrongStep
from vendors.models import Application, Booth, BoothAssignment, Call, Category, LoadInWindow, Transition
from vendors.noshows.actions import mark_no_shows, undo_no_show
from vendors.noshows.queries import list_awaited
from vendors.noshows.rules import NobodyTicked, NotTheDayYet, missed_from

HOUR = dt.timedelta(hours=1)
EVENING = FESTIVAL_DAY + 8 * HOUR


def test_one_is_missed_when_the_last_way_of_coming_is_over() -> None:
    nine, ten, end = FESTIVAL_DAY, FESTIVAL_DAY + HOUR, EVENING
    assert missed_from([nine, ten], [end], end) == ten
    assert missed_from([], [nine, ten], end) == ten
    assert missed_from([], [], end) == end


async def make_stand(category: Category, code: str, state: str = "docs_ready", deposit: int = 0) -> Application:
    """Somebody with a space, whose load-in is from eight to nine in the morning, and a deposit that was paid."""
    festival = await Festival.get(call__id=category.call_id)
    stand = await make_application(category, state=state)
    booth = await Booth.create(
        festival_id=festival.id, code=code, prefix="T", zone="", x_ft=0, y_ft=0, width_ft=1, depth_ft=1
    )
    await BoothAssignment.create(booth=booth, application=stand, assigned_at=now())
    if not await LoadInWindow.exists(festival_id=festival.id):
        await LoadInWindow.create(
            festival_id=festival.id,
            group="T01-T20",
            arrives_at=FESTIVAL_DAY - 3 * HOUR,
            clears_at=FESTIVAL_DAY - 2 * HOUR,
        )
    if deposit:
        bill = await Obligation.create(
            subject_kind="application", subject_id=stand.id, description="x", due_cents=deposit, paid_cents=deposit,
            state="paid", created_at=now(),
        )  # fmt: skip
        await ObligationLine.create(obligation=bill, label="Deposit", unit_cents=deposit, kind="deposit")
        await Application.filter(id=stand.id).update(obligation_id=bill.id)
    return await Application.get(id=stand.id)


async def test_nobody_is_proposed_before_load_in_is_over_and_nobody_ever_marked_by_itself(database: Settings) -> None:
    category = await make_category(cap=9)
    festival = await Festival.get(call__id=category.call_id)
    stand = await make_stand(category, "T01")
    await make_stand(category, "T02", "checked_in")
    with frozen_at(FESTIVAL_DAY - 3 * HOUR):
        assert [one.is_proposed for one in await list_awaited(festival)] == [False]
    with frozen_at(FESTIVAL_DAY):
        assert [(one.application.id, one.is_proposed) for one in await list_awaited(festival)] == [(stand.id, True)]
    with pytest.raises(NotYourStep):
        await move_application(stand, State.NO_SHOW, THE_CLOCK)


async def test_a_mark_keeps_the_deposit_in_words_and_comes_back_whole(database: Settings) -> None:
    category = await make_category(cap=9)
    await Category.filter(id=category.id).update(taken=2)
    festival = await Festival.get(call__id=category.call_id)
    ready, waiting = await make_stand(category, "T01", deposit=5_000), await make_stand(category, "T02", "confirmed")
    with pytest.raises(NotTheDayYet):
        await mark_no_shows(festival, [ready.receipt], NOBODY)
    with frozen_at(EVENING):
        with pytest.raises(NobodyTicked):
            await mark_no_shows(festival, [], NOBODY)
        assert not await mark_no_shows(festival, [ready.receipt, waiting.receipt], NOBODY)
        steps = {row.application_id: row.reason for row in await Transition.filter(after="no_show")}
        assert steps == {ready.id: DEPOSIT_STAYS, waiting.id: ""}
        assert [line.text for line in reason_lines(DEPOSIT_STAYS)] == [DEPOSIT_STAYS]
        for one, before in ((ready, "docs_ready"), (waiting, "confirmed")):
            assert (await undo_no_show(await Application.get(id=one.id), NOBODY)).state == before
        with pytest.raises(WrongStep):
            await undo_no_show(await Application.get(id=ready.id), NOBODY)
    assert (await Category.get(id=category.id)).taken == 2
    assert await BoothAssignment.filter(ended_at=None).count() == 2
    assert await AuditEntry.filter(action="application.moved", object_id=ready.id).count() == 2


async def test_a_call_that_keeps_no_deposit_says_nothing_of_it(database: Settings) -> None:
    category = await make_category(cap=9)
    await Call.filter(id=category.call_id).update(keep_no_show_deposit=False)
    stand = await make_stand(category, "T01", deposit=5_000)
    with frozen_at(EVENING):
        await mark_no_shows(await Festival.get(call__id=category.call_id), [stand.receipt], NOBODY)
    assert not (await Transition.get(after="no_show")).reason


async def test_of_another_festival_nobody_is_marked(database: Settings) -> None:
    category, other = await make_category(cap=9), await make_category(cap=9)
    mine, foreign = await make_stand(category, "T01"), await make_stand(other, "T01")
    with frozen_at(EVENING), pytest.raises(NotFound):
        await mark_no_shows(await Festival.get(call__id=category.call_id), [mine.receipt, foreign.receipt], NOBODY)
    assert not await Application.filter(state="no_show").count()


async def test_a_scan_and_a_mark_in_one_moment_end_in_one_of_both(database: Settings) -> None:
    category = await make_category(cap=30)
    festival = await Festival.get(call__id=category.call_id)
    for number in range(6):
        stand = await make_stand(category, f"T{number:02}")
        text = pass_text(database.secret_key, str(stand.receipt))
        with frozen_at(EVENING):
            await asyncio.gather(
                check_in(text, NOBODY), mark_no_shows(festival, [stand.receipt], NOBODY), return_exceptions=True
            )
        assert await Transition.filter(application_id=stand.id).count() == 1
        assert (await Application.get(id=stand.id)).state in {"checked_in", "no_show"}


async def test_the_gate_office_marks_and_takes_back(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(cap=9)
    festival = await Festival.get(call__id=category.call_id)
    await Festival.filter(id=festival.id).update(starts_at=now() - 4 * HOUR, ends_at=now() + 4 * HOUR)
    stand = await make_stand(category, "T01", deposit=5_000)
    await LoadInWindow.all().update(arrives_at=now() - 6 * HOUR, clears_at=now() - 5 * HOUR)
    here = f"/organize/festivals/{festival.slug}/no-shows"
    await sign_in("gate")
    assert stand.receipt in (await client.get(here)).text
    assert (await client.post(here)).status_code == 409
    assert (await client.post(here, data={"ticked": stand.receipt})).status_code == 303
    assert "The deposit stays with the city." in (await client.get(here)).text
    assert (await client.post(here, data={"ticked": stand.receipt})).status_code == 409
    assert (await client.post(f"{here}/{stand.receipt}/undo")).status_code == 303
    assert (await client.post(f"{here}/{stand.receipt}/undo")).status_code == 409
    assert (await Application.get(id=stand.id)).state == "docs_ready"
    await sign_in("reviewer", "reviewer@example.org")
    assert (await client.get(here)).status_code == 403
