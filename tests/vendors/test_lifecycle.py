"""The state machine, and that places, stock and the waiting list follow it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from festival.jobs.models import Job
from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY
from festival.organisation.models import AuditEntry
from vendors.lifecycle.actions import (
    OFFER_NEXT,
    THE_CLOCK,
    AddOnGone,
    NoPlaceLeft,
    as_applicant,
    as_staff,
    expire_offer,
    lapse_unpaid,
    move_application,
    offer_next,
)
from vendors.lifecycle.rules import (
    HOLDS_PLACE,
    TRANSITIONS,
    Actor,
    NotYourStep,
    State,
    WrongStep,
    can_move,
    name_for_staff,
    place_change,
    require_transition,
    shown_to_applicant,
)
from vendors.models import AddOn, Application, ApplicationAddOn, Category, Transition

from .making import make_application, make_category

STAFF, APPLICANT = as_staff(NOBODY), as_applicant(NOBODY)


def test_every_state_is_reached_from_a_draft() -> None:
    reached = {State.DRAFT}
    while more := {after for before, after in TRANSITIONS if before in reached} - reached:
        reached |= more
    assert reached == set(State)


def test_only_the_right_ones_take_a_step() -> None:
    require_transition("under_review", "hold_accept", Actor.STAFF)
    with pytest.raises(NotYourStep):
        require_transition("under_review", "hold_accept", Actor.APPLICANT)
    with pytest.raises(NotYourStep):
        require_transition("accepted", "confirmed", Actor.APPLICANT)
    with pytest.raises(WrongStep):
        require_transition("declined", "confirmed", Actor.STAFF)
    assert not any(can_move(state, State.WITHDRAWN, Actor.APPLICANT) for state in ("checked_in", "completed"))


def test_a_hold_looks_like_a_review_to_its_applicant() -> None:
    review = shown_to_applicant("under_review")
    for hold in ("hold_accept", "hold_waitlist", "hold_decline"):
        assert shown_to_applicant(hold) == review
        assert name_for_staff(hold) != name_for_staff("under_review")
    assert all(shown_to_applicant(state).next for state in State)


def test_a_released_acceptance_keeps_the_place_it_held() -> None:
    assert place_change("under_review", "hold_accept") == 1
    assert place_change("hold_accept", "offered") == 0
    assert place_change("accepted", "lapsed") == -1
    assert State.WAITLISTED not in HOLDS_PLACE


async def test_a_step_leaves_its_trace_and_tells_the_applicant_once(database: Any) -> None:
    application = await make_application(await make_category())
    moved = await move_application(application, State.SUBMITTED, APPLICANT)
    assert (moved.state, moved.revision, moved.submitted_at is not None) == ("submitted", 2, True)
    step = await Transition.get(application_id=application.id)
    assert (step.before, step.after, step.by_kind) == ("draft", "submitted", "applicant")
    assert await AuditEntry.filter(action="application.moved", object_id=application.id).count() == 1
    assert await Job.filter(kind="vendors.letter").count() == 1
    with pytest.raises(WrongStep):
        await move_application(application, State.SUBMITTED, APPLICANT)  # a second tab, read before
    assert await Transition.filter(application_id=application.id).count() == 1


async def test_the_cap_is_never_passed_and_a_place_comes_back(database: Any) -> None:
    category = await make_category(cap=1)
    first, second = [await make_application(category, state="under_review") for _ in range(2)]
    held = await move_application(first, State.HOLD_ACCEPT, STAFF)
    with pytest.raises(NoPlaceLeft):
        await move_application(second, State.OFFERED, STAFF)
    assert (await Application.get(id=second.id)).state == "under_review"
    await move_application(held, State.UNDER_REVIEW, STAFF)
    assert (await Category.get(id=category.id)).taken == 0
    assert await Job.filter(kind=OFFER_NEXT).count() == 1
    await move_application(second, State.OFFERED, STAFF)


async def test_stock_is_taken_with_the_place_and_never_passed(database: Any) -> None:
    category = await make_category(cap=5)
    power = await AddOn.create(call_id=category.call_id, slug="power", name="Power", price_cents=5000, stock=3)
    applications = [await make_application(category, state="under_review") for _ in range(2)]
    for application in applications:
        await ApplicationAddOn.create(application=application, add_on=power, quantity=2)
    offered = await move_application(applications[0], State.OFFERED, STAFF)
    with pytest.raises(AddOnGone):
        await move_application(applications[1], State.OFFERED, STAFF)
    assert ((await AddOn.get(id=power.id)).taken, (await Category.get(id=category.id)).taken) == (2, 1)
    await move_application(offered, State.WITHDRAWN, APPLICANT)
    assert ((await AddOn.get(id=power.id)).taken, (await Category.get(id=category.id)).taken) == (0, 0)


async def test_the_waiting_list_goes_by_its_numbers(database: Any) -> None:
    category = await make_category(cap=1)
    queue = [await make_application(category, state="under_review") for _ in range(3)]
    first, second, third = [await move_application(item, State.WAITLISTED, STAFF) for item in queue]
    assert (first.waitlist_position, second.waitlist_position, third.waitlist_position) == (1, 2, 3)
    gone = await move_application(first, State.WITHDRAWN, APPLICANT)
    assert gone.waitlist_position is None
    offered = await offer_next(category.id)
    assert offered is not None
    assert (offered.id, offered.state) == (second.id, "offered")
    assert await offer_next(category.id) is None  # the cap
    assert (await Application.get(id=third.id)).state == "waitlisted"


async def test_the_clock_ends_an_offer_only_when_its_time_is_over(database: Any) -> None:
    category = await make_category()
    application = await make_application(category, state="under_review")
    offered = await move_application(application, State.OFFERED, STAFF)
    await expire_offer(offered.id)
    assert (await Application.get(id=offered.id)).state == "offered"
    with frozen_at(now() + dt.timedelta(hours=121)):
        await expire_offer(offered.id)
        await expire_offer(offered.id)
    assert (await Application.get(id=offered.id)).state == "expired"
    assert (await Category.get(id=category.id)).taken == 0


async def test_only_what_is_owed_lapses(database: Any) -> None:
    category = await make_category()
    free, owing = [await make_application(category, state="offered") for _ in range(2)]
    await Category.filter(id=category.id).update(taken=2)
    free = await move_application(free, State.ACCEPTED, APPLICANT)
    owing = await move_application(owing, State.ACCEPTED, APPLICANT, obligation_id=7)
    with frozen_at(now() + dt.timedelta(days=8)):
        await lapse_unpaid(free.id)
        await lapse_unpaid(owing.id)
    states = [row.state for row in await Application.filter(id__in=[free.id, owing.id]).order_by("id")]
    assert states == ["accepted", "lapsed"]


async def test_a_quiet_step_writes_to_nobody(database: Any) -> None:
    application = await make_application(await make_category(), state="under_review")
    offered = await move_application(application, State.OFFERED, STAFF, quietly=True)
    await move_application(offered, State.EXPIRED, THE_CLOCK, quietly=True)
    assert await Job.all().count() == 0
