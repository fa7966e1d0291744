"""Accepted performers become acts without a place, once each."""

from __future__ import annotations

from typing import Any

import httpx2

from events.models import Act, Festival
from tests.vendors.making import make_application, make_category
from vendors.models import Answer, Application, Category, Question


async def test_accepted_performers_become_acts_once(database: object, client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(cap=5)
    await Category.filter(id=category.id).update(slug="performer")
    accepted = await make_application(category, state="confirmed")
    await Application.filter(id=accepted.id).update(name="Duo Aurora")
    await make_application(category, state="under_review")
    for slug, value in (("people", "2"), ("set_minutes", "25")):
        question = await Question.create(category_id=category.id, slug=slug, label=slug, kind="number")
        await Answer.create(application_id=accepted.id, question_id=question.id, value=value)
    festival = await Festival.get(call__id=category.call_id)
    await sign_in("organizer")
    path = f"/organize/festivals/{festival.slug}/acts"
    assert "1 accepted performer has no act yet" in (await client.get(path)).text
    for _ in range(2):
        assert (await client.post(f"{path}/of-performers")).status_code == 303
    act = await Act.get(festival_id=festival.id)
    assert (act.slug, act.title, act.people, act.set_minutes) == ("duo-aurora", "Duo Aurora", 2, 25)
    assert act.application_id == accepted.id
    assert "no act yet" not in (await client.get(path)).text
