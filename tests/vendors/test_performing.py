"""A group sees its stage, time and call time, and says yes to exactly that."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import httpx2

from events.models import Act, Festival, Performance, SchedulePlan, Stage
from festival.kit.clock import now
from tests.vendors.making import FESTIVAL_DAY, make_application, make_category
from vendors.models import Application


async def make_set(application: Application, festival: Festival) -> Performance:
    """The application's act on a stage of the published plan."""
    act = await Act.create(
        festival=festival, slug="duo", uid=f"duo-{festival.id}", title="Duo Aurora", application_id=application.id
    )
    stage = await Stage.create(festival=festival, slug="north", name="North Stage", position=1)
    plan = await SchedulePlan.create(
        festival=festival, number=1, state="published", created_at=now(), published_at=now()
    )
    return await Performance.create(
        plan=plan, act=act, stage=stage, starts_at=FESTIVAL_DAY + dt.timedelta(hours=2),
        ends_at=FESTIVAL_DAY + dt.timedelta(hours=2, minutes=25), changed_at=now(),
    )  # fmt: skip


async def test_a_group_confirms_the_time_that_it_saw(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(slug="performer", name="Stage")
    person = await sign_in("", "duo@example.org")
    application = await make_application(category, person.email, "confirmed")
    festival = await Festival.get(call__id=category.call_id)
    performance = await make_set(application, festival)
    base = f"/applications/{application.receipt}"
    page = (await client.get(base)).text
    assert "North Stage" in page
    assert "12:15" in page  # three quarters of an hour before 1 pm in the city
    found = re.search(r'name="time" value="([^"]+)"', page)
    assert found
    shown = found[1]
    confirm = f"{base}/acts/{performance.act_id}/confirm"
    await Performance.filter(id=performance.id).update(starts_at=FESTIVAL_DAY + dt.timedelta(hours=1))
    late = await client.post(confirm, data={"time": shown})
    assert late.status_code == 409
    assert "has changed meanwhile" in late.text
    found = re.search(r'name="time" value="([^"]+)"', late.text)
    assert found
    assert (await client.post(confirm, data={"time": found[1]})).status_code == 303
    assert "You confirmed this time" in (await client.get(base)).text

    acts = f"/organize/festivals/{festival.slug}/acts"
    await sign_in("organizer")
    assert "Confirmed by the group" in (await client.get(acts)).text
    await Performance.filter(id=performance.id).update(starts_at=FESTIVAL_DAY + dt.timedelta(hours=2))
    assert "Not confirmed yet" in (await client.get(acts)).text  # another time is another question
    await sign_in("", "other@example.org")
    assert (await client.post(confirm, data={"time": found[1]})).status_code == 404


async def test_an_act_of_somebody_else_is_not_confirmed(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(slug="performer", name="Stage")
    theirs = await make_application(category, state="confirmed")
    performance = await make_set(theirs, await Festival.get(call__id=category.call_id))
    person = await sign_in("", "duo@example.org")
    mine = await make_application(category, person.email, "confirmed")
    answer = await client.post(f"/applications/{mine.receipt}/acts/{performance.act_id}/confirm", data={"time": "x"})
    assert answer.status_code == 404
    assert (await Act.get(id=performance.act_id)).confirmed_at is None
