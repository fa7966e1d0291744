"""Parade delegations and fashion-show groups: from acceptance to the confirmed time, in the calendar, in one place."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import httpx2
import pytest

from calendar_feed.personal.queries import _list_calls  # pyright: ignore[reportPrivateUsage]
from events.models import Act, ActMember, Festival, Performance, SchedulePlan, Stage
from events.scheduling.people import person_key
from events.scheduling.queries import _list_wishes  # pyright: ignore[reportPrivateUsage]
from festival.accounts.models import Person
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from vendors.lifecycle.actions import as_applicant, move_application
from vendors.lifecycle.rules import State
from vendors.models import Answer, Application, Category, Question, WalkPlace
from vendors.programme.words import FOLLOW_UPS
from vendors.walking.actions import place_all, place_group
from vendors.walking.rules import gathers_at, put_at, walks_at

from .making import FESTIVAL_DAY, make_application, make_category


def test_places_are_taken_and_the_others_close_up() -> None:
    assert put_at([1, 2, 3], 3, 1) == [3, 1, 2]
    assert put_at([1, 2, 3], 1, 99) == [2, 3, 1]
    assert put_at([1, 2], 7, 2) == [1, 7, 2]
    assert put_at([], 7, 5) == [7]


def test_everybody_gathers_at_once_and_walks_one_after_the_other() -> None:
    assert gathers_at(FESTIVAL_DAY, 45) == FESTIVAL_DAY - dt.timedelta(minutes=45)
    assert walks_at(FESTIVAL_DAY, 1, 60) == FESTIVAL_DAY
    assert walks_at(FESTIVAL_DAY, 4, 90) == FESTIVAL_DAY + dt.timedelta(seconds=270)


def test_parade_and_show_ask_who_walks_and_to_what() -> None:
    assert FOLLOW_UPS["own_flag"] == ("walkers", "arrival_vehicles")
    assert FOLLOW_UPS["garment_story"] == ("walkers", "music_link")


async def make_parade(slug: str) -> tuple[Category, Festival, Performance]:
    """A category and the act of the published schedule in which its groups walk."""
    category = await make_category(cap=9, slug=slug, name=slug.title(), part="walk", fee_cents=0, charge="none")
    festival = await Festival.get(call__id=category.call_id)
    act = await Act.create(festival=festival, slug="walk", uid=f"walk-{festival.id}", title="The Walk")
    stage = await Stage.create(festival=festival, slug="main", name="Main Stage", position=1)
    plan = await SchedulePlan.create(festival=festival, number=1, state="published", created_at=now())
    performance = await Performance.create(
        plan=plan, act=act, stage=stage, starts_at=FESTIVAL_DAY, ends_at=FESTIVAL_DAY + dt.timedelta(minutes=45),
        changed_at=now(),
    )  # fmt: skip
    return category, festival, performance


async def begin_at(performance: Performance, at: dt.datetime) -> None:
    """The schedule moves the act."""
    ends_at = at + dt.timedelta(minutes=45)
    await Performance.filter(id=performance.id).update(starts_at=at, ends_at=ends_at)


async def answer(application: Application, slug: str, value: str) -> None:
    question, _ = await Question.get_or_create(
        category_id=application.category_id, slug=slug, defaults={"label": slug, "kind": "long"}
    )
    await Answer.create(application=application, question=question, value=value)


@pytest.mark.parametrize("slug", ["parade", "fashion_show"])
async def test_from_accepted_to_a_confirmed_time(  # noqa: PLR0915 - one story
    client: httpx2.AsyncClient, sign_in: Any, slug: str
) -> None:
    category, festival, performance = await make_parade(slug)
    person = await sign_in("", "bhutan@example.org")
    mine = await make_application(category, person.email, "confirmed")
    other = await make_application(category, state="confirmed")
    await make_application(category, state="under_review")
    await answer(mine, "nation", "Bhutan")
    status = f"/applications/{mine.receipt}"
    assert "Your place in the order and your time come with the schedule." in (await client.get(status)).text

    await sign_in("organizer")
    here = f"/organize/calls/{festival.slug}/categories/{slug}/walk"
    page = (await client.get(here)).text
    assert page.count("No place yet") == 2
    assert "Bhutan" in page
    settings = {"act": str(performance.act_id), "minutes": "30", "seconds": "120"}
    assert (await client.post(here, data={**settings, "act": "999999"})).status_code == 409
    assert (await client.post(here, data={**settings, "minutes": "-1"})).status_code == 422
    assert (await client.post(here, data=settings)).status_code == 303
    assert (await client.post(here, data={"wish": "all"})).status_code == 303
    place = {"wish": "place", "application": str(mine.id), "position": "2"}
    assert (await client.post(here, data=place)).status_code == 303
    assert (await client.post(here, data={**place, "application": "999999"})).status_code == 404
    assert (await WalkPlace.get(application_id=other.id)).position == 1

    await sign_in("", "bhutan@example.org")
    page = (await client.get(status)).text
    assert "10:30" in page  # half an hour before eleven in the city
    assert "11:02" in page
    shown = re.search(r'name="time" value="([^"]+)"', page)
    assert shown
    await begin_at(performance, FESTIVAL_DAY + dt.timedelta(hours=1))
    late = await client.post(f"{status}/walk/confirm", data={"time": shown[1]})
    assert late.status_code == 409
    assert "has changed meanwhile" in late.text
    shown = re.search(r'name="time" value="([^"]+)"', late.text)
    assert shown
    assert (await client.post(f"{status}/walk/confirm", data={"time": shown[1]})).status_code == 303
    assert "You confirmed this time" in (await client.get(status)).text
    await place_group(await Category.get(id=category.id), mine.id, 1, NOBODY)
    assert "You confirmed this time" in (await client.get(status)).text  # a step in the order is no other time
    calls = await _list_calls(await Person.get(id=person.id))
    assert [(call.name, call.detail) for call in calls] == [(mine.name, "Main Stage")]
    assert calls[0].starts_at == FESTIVAL_DAY + dt.timedelta(minutes=30)

    await sign_in("organizer")
    assert "Confirmed by the group" in (await client.get(here)).text
    await begin_at(performance, FESTIVAL_DAY)
    assert "Confirmed by the group" not in (await client.get(here)).text  # another time is another question
    await sign_in("", "other@example.org")
    assert (await client.post(f"{status}/walk/confirm", data={"time": shown[1]})).status_code == 404


async def test_who_walks_is_on_no_stage_meanwhile(client: httpx2.AsyncClient) -> None:
    category, festival, performance = await make_parade("parade")
    await Category.filter(id=category.id).update(act_id=performance.act_id)
    delegation = await make_application(category, state="confirmed")
    await answer(delegation, "walkers", "Tenzin Dorji\nPema Lhamo")
    waiting = await make_application(category, state="waitlisted")
    await answer(waiting, "walkers", "Nobody Yet")
    duo = await Act.create(festival=festival, slug="duo", uid=f"duo-{festival.id}", title="Duo")
    await ActMember.create(act=duo, name="TENZIN DORJI", person_key=person_key("TENZIN DORJI"))
    wishes = await _list_wishes(festival.id)
    assert wishes["walk"].people & wishes["duo"].people == {person_key("Tenzin Dorji")}
    assert person_key("Nobody Yet") not in wishes["walk"].people


async def test_who_withdraws_leaves_the_order_and_the_others_close_up(client: httpx2.AsyncClient) -> None:
    category, _, _ = await make_parade("parade")
    groups = [await make_application(category, state="confirmed") for _ in range(3)]
    await Category.filter(id=category.id).update(taken=3)
    assert await place_all(category, NOBODY) == 3
    await move_application(groups[0], State.WITHDRAWN, as_applicant(NOBODY))
    late = await make_application(category, state="confirmed")
    assert await place_all(category, NOBODY) == 1
    places = await WalkPlace.filter(category_id=category.id).order_by("position")
    assert [(row.application_id, row.position) for row in places] == [
        (groups[1].id, 1), (groups[2].id, 2), (late.id, 3)
    ]  # fmt: skip
