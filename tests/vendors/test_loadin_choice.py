"""Vendors choose when they drive in: never more than a gate takes, changed at will, given back with the space."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tortoise.exceptions import IntegrityError

from calendar_feed.models import PersonalFeed
from calendar_feed.personal.queries import list_carried
from events.models import Festival
from festival.arrivals.queries import get_arrival
from festival.database import connected, transaction
from festival.kit.clock import frozen_at, now
from festival.kit.errors import NotFound
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from festival.settings import Settings
from tests.conftest import Templates, fresh_database
from tests.vendors.making import FESTIVAL_DAY, make_application, make_category
from vendors.lifecycle.actions import as_applicant, move_application
from vendors.lifecycle.rules import State, WrongStep
from vendors.loadin.actions import WindowChosen, WindowFull, choose_window, remove_window, save_window
from vendors.loadin.jobs import HANDLERS, TELL
from vendors.loadin.queries import find_way, list_fillings
from vendors.models import Application, Booth, BoothAssignment, Category, LoadInChoice, LoadInWindow
from vendors.placing.actions import give_places, take_places_back
from vendors.review.actions import assign_booth

HOUR = dt.timedelta(hours=1)
RIVALS = 6


async def open_windows(category: Category, *limits: int | None) -> list[LoadInWindow]:
    """Windows of an hour each on the morning, by gates A, B and so on, from which those on T01-T10 choose."""
    festival = await Festival.get(call__categories__id=category.id)
    at = FESTIVAL_DAY - 8 * HOUR
    return [
        await LoadInWindow.create(
            festival_id=festival.id, group="T01-T10", arrives_at=at + number * HOUR, vehicle_limit=limit,
            clears_at=at + (number + 1) * HOUR, entrance=f"gate {'ABC'[number]}", by_choice=True,
        )
        for number, limit in enumerate(limits)
    ]  # fmt: skip


async def make_stand(category: Category, code: str, email: str = "") -> Application:
    """A confirmed stand on the space `code`."""
    found = await make_application(category, email, state="confirmed")
    await Category.filter(id=category.id).update(taken=category.taken + 1)
    festival = await Festival.get(call__categories__id=category.id)
    booth = await Booth.create(
        festival_id=festival.id, code=code, prefix="T", zone="Row", x_ft=0, y_ft=0, width_ft=30, depth_ft=10
    )
    await BoothAssignment.create(booth_id=booth.id, application_id=found.id, assigned_at=now())
    return found


async def counts() -> list[int]:
    return [window.chosen for window in await LoadInWindow.all().order_by("id")]


async def test_a_choice_is_changed_and_a_full_window_changes_nothing(database: str) -> None:
    category = await make_category(cap=9)
    first, second = await open_windows(category, 1, 1)
    one, two = await make_stand(category, "T01"), await make_stand(category, "T02")
    way = await find_way(one)
    assert way is not None
    assert way.to_choose
    assert len(way.windows) == 2
    await choose_window(one, first.id, NOBODY)
    await choose_window(one, first.id, NOBODY)
    assert await counts() == [1, 0]
    await choose_window(two, second.id, NOBODY)
    with pytest.raises(WindowFull):
        await choose_window(two, first.id, NOBODY)
    assert await counts() == [1, 1]
    assert (await LoadInChoice.get(application_id=two.id)).window_id == second.id
    await LoadInWindow.filter(id=second.id).update(vehicle_limit=2)
    await choose_window(one, second.id, NOBODY)
    assert await counts() == [0, 2]
    with pytest.raises(IntegrityError):
        await LoadInWindow.filter(id=second.id).update(chosen=3)


async def test_only_windows_that_cover_the_space_are_open(database: str) -> None:
    category = await make_category(cap=9)
    (window,) = await open_windows(category, None)
    foreign = (await open_windows(await make_category(), None))[0]
    stand, far = await make_stand(category, "T01"), await make_stand(category, "T11")
    for who, number in ((far, window.id), (stand, foreign.id)):
        with pytest.raises(NotFound):
            await choose_window(who, number, NOBODY)
    await Application.filter(id=stand.id).update(state="checked_in")
    with pytest.raises(WrongStep):
        await choose_window(stand, window.id, NOBODY)
    assert await counts() == [0, 0]


async def test_the_window_goes_back_with_the_space(database: str) -> None:
    category = await make_category(cap=9)
    (window,) = await open_windows(category, 5)
    stays, leaves = await make_stand(category, "T01"), await make_stand(category, "T02")
    for stand in (stays, leaves):
        await choose_window(stand, window.id, NOBODY)
    await Booth.create(
        festival_id=window.festival_id, code="T20", prefix="T", zone="Row", x_ft=0, y_ft=0, width_ft=30, depth_ft=10
    )
    await Category.filter(id=category.id).update(taken=2)
    await move_application(leaves, State.WITHDRAWN, as_applicant(NOBODY))
    assert await counts() == [1]
    await assign_booth(stays, "T20", NOBODY)
    assert await counts() == [0]
    assert await LoadInChoice.all().count() == 0


async def test_what_was_chosen_is_not_taken_away(database: str) -> None:
    category = await make_category(cap=9)
    (window,) = await open_windows(category, 5)
    festival = await Festival.get(id=window.festival_id)
    for code in ("T01", "T02"):
        await choose_window(await make_stand(category, code), window.id, NOBODY)
    kept: dict[str, Any] = {
        "group": window.group, "arrives_at": window.arrives_at, "clears_at": window.clears_at,
        "entrance": "gate Z", "vehicle_limit": 2, "note": "", "by_choice": True,
    }  # fmt: skip
    for change in ({"group": "T05-T09"}, {"vehicle_limit": 1}, {"by_choice": False}):
        with pytest.raises(WindowChosen):
            await save_window(festival, window.id, kept | change, NOBODY)
    with pytest.raises(WindowChosen):
        await remove_window(festival, window.id, NOBODY)
    await save_window(festival, window.id, kept, NOBODY)
    fillings, undecided = await list_fillings(festival)
    assert [(one.window.entrance, one.window.vehicle_limit, one.coming) for one in fillings] == [("gate Z", 2, 2)]
    assert undecided == 0
    other = await Festival.get(call__categories__id=(await make_category()).id)
    with pytest.raises(NotFound):
        await remove_window(other, window.id, NOBODY)


async def test_letter_gate_and_calendar_follow_the_choice(client: httpx2.AsyncClient) -> None:
    category = await make_category(cap=9)
    windows = await open_windows(category, 3, 3)
    stand = await make_stand(category, "T01", "vendor@example.org")
    feed = await PersonalFeed.create(person_id=stand.applicant_id, digest="x" * 64, created_at=now())
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=3)):
        await HANDLERS[TELL]({})
        assert (await list_carried(feed)).appointments == []
        await choose_window(stand, windows[1].id, NOBODY)
        await HANDLERS[TELL]({})
    undecided, decided = await MailMessage.filter(kind="vendors.load_in").order_by("id")
    assert "Choose when you drive in" in undecided.text
    assert "gate A" in undecided.text
    assert "Choose when you drive in" not in decided.text
    assert "gate A" not in decided.text
    assert "gate B" in decided.text
    assert [window.entrance for window in (await get_arrival(str(stand.receipt))).windows] == ["gate B"]
    (appointment,) = (await list_carried(feed)).appointments
    assert (appointment.starts_at, "gate B" in appointment.detail) == (windows[1].arrives_at, True)
    before = appointment.key
    await choose_window(stand, windows[0].id, NOBODY)
    (appointment,) = (await list_carried(feed)).appointments
    assert (appointment.starts_at, appointment.key) == (windows[0].arrives_at, before)


async def test_the_vendor_chooses_on_the_page(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(cap=9)
    first, second = await open_windows(category, 1, 1)
    await choose_window(await make_stand(category, "T02"), second.id, NOBODY)
    await sign_in("", email="vendor@example.org")
    stand = await make_stand(category, "T01", "vendor@example.org")
    page = (await client.get(f"/en/applications/{stand.receipt}")).text
    assert "Choose when you drive in:" in page
    here = f"/en/applications/{stand.receipt}/load-in"
    full = await client.post(here, data={"window": str(second.id)})
    assert full.status_code == 409
    assert "This time is full by now" in full.text
    assert (await client.post(here, data={"window": str(first.id)})).status_code == 303
    page = (await client.get(f"/en/applications/{stand.receipt}")).text
    assert "Choose another time" in page
    assert "by gate A</strong>" in page
    strange = await Application.exclude(id=stand.id).first()
    assert strange
    answer = await client.post(f"/en/applications/{strange.receipt}/load-in", data={"window": str(first.id)})
    assert answer.status_code == 404


async def test_the_team_makes_windows(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(cap=9)
    festival = await Festival.get(call__categories__id=category.id)
    await sign_in("organizer")
    here = f"/en/organize/festivals/{festival.slug}/load-in"
    form = {
        "id": "0", "group": "T01-T10", "arrives": "2027-06-12T07:00", "clears": "2027-06-12T08:00",
        "entrance": "south lot", "vehicle_limit": "12", "note": "", "by_choice": "yes",
    }  # fmt: skip
    for wrong in ({"clears": "2027-06-12T06:00"}, {"group": "inspection"}, {"vehicle_limit": "0"}, {"clears": ""}):
        assert (await client.post(here, data=form | wrong)).status_code == 422
    assert (await client.post(here, data=form)).status_code == 303
    window = await LoadInWindow.get(festival_id=festival.id)
    assert window.arrives_at == dt.datetime(2027, 6, 12, 13, tzinfo=dt.UTC)
    await choose_window(await make_stand(category, "T01"), window.id, NOBODY)
    await make_stand(category, "T02")
    page = (await client.get(f"{here}?window={window.id}")).text
    assert "1 / 12" in page
    assert "not chosen their time yet: 1." in page
    assert 'value="2027-06-12T07:00"' in page
    assert (await client.post(f"{here}/{window.id}/remove", data={})).status_code == 409
    await LoadInChoice.all().delete()
    await LoadInWindow.filter(id=window.id).update(chosen=0)
    assert (await client.post(f"{here}/{window.id}/remove", data={})).status_code == 303
    assert await LoadInWindow.all().count() == 0
    await sign_in("reviewer", email="r@example.org")
    assert (await client.get(here)).status_code in {403, 404}


@pytest.fixture
async def rivals(migrated: Templates, tmp_path: Path) -> Any:
    """Stands that all want the last vehicle's place of one window, on PostgreSQL with connections to collide."""
    async with (
        fresh_database("postgres", migrated, tmp_path) as url,
        connected(Settings(database_url=f"{url}?pool={RIVALS}")),
    ):
        category = await make_category(cap=9)
        (window,) = await open_windows(category, 1)
        yield window.id, [await make_stand(category, f"T0{number}") for number in range(1, RIVALS + 1)]


async def test_the_last_place_of_a_window_is_given_once(rivals: Any) -> None:
    window_id, stands = rivals
    outcomes = await asyncio.gather(
        *(choose_window(stand, window_id, NOBODY) for stand in stands), return_exceptions=True
    )
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, WindowFull) for outcome in outcomes) == RIVALS - 1
    assert await counts() == [1]
    assert await LoadInChoice.all().count() == 1


async def _naive(window_id: int, stand: Application, together: asyncio.Barrier) -> None:
    async with transaction():
        window = await LoadInWindow.get(id=window_id)
        await together.wait()
        if window.vehicle_limit is None or window.chosen < window.vehicle_limit:
            await LoadInWindow.filter(id=window_id).update(chosen=window.chosen + 1)
            await LoadInChoice.create(application_id=stand.id, window_id=window_id, chosen_at=now())


async def test_the_naive_twin_overfills_it(rivals: Any) -> None:
    window_id, stands = rivals
    together = asyncio.Barrier(RIVALS)
    await asyncio.gather(*(_naive(window_id, stand, together) for stand in stands))
    assert await LoadInChoice.all().count() > 1


async def test_places_taken_back_give_back_the_windows_chosen_for_them(database: Settings) -> None:
    category = await make_category(cap=9)
    festival = await Festival.get(call__categories__id=category.id)
    early, late = await open_windows(category, 1, 1)
    given, stays = await make_application(category, state="confirmed"), await make_stand(category, "T09")
    await Booth.create(
        festival_id=festival.id, code="T01", prefix="T", zone="Row", x_ft=0, y_ft=0, width_ft=30, depth_ft=10
    )
    await give_places(festival, [(given.id, "T01")], NOBODY)
    await choose_window(given, early.id, NOBODY)
    await choose_window(stays, late.id, NOBODY)
    assert await take_places_back(festival, NOBODY) == 1
    assert [row.application_id for row in await LoadInChoice.all()] == [stays.id]
    counts = {row.id: row.chosen for row in await LoadInWindow.all()}
    assert counts == {early.id: 0, late.id: 1}
    rival = await make_stand(category, "T02")
    await choose_window(rival, early.id, NOBODY)  # the gate's place is free for somebody else
