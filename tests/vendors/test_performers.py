"""Accepted performers become acts without a place, once each."""

from __future__ import annotations

from typing import Any

import httpx2

from events.models import Act, ActAvailability, ActMember, Festival
from events.scheduling.people import person_key
from tests.vendors.making import make_application, make_category
from vendors.models import Answer, Application, Category, Question


async def test_accepted_performers_become_acts_once(database: object, client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(cap=5)
    await Category.filter(id=category.id).update(slug="performer")
    accepted = await make_application(category, state="confirmed")
    await Application.filter(id=accepted.id).update(name="Duo Aurora")
    await make_application(category, state="under_review")
    answers = {
        "people": "2", "set_minutes": "25", "members": "Alma Reyes\nJosé Núñez", "nations": "Mexico, Peru",
        "languages": "Spanish", "availability": "2027-06-12 12:00-15:00", "inputs": "Two microphones",
        "floor": "Smooth", "group_name": "Aurora Dúo",
    }  # fmt: skip
    for slug, value in answers.items():
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
    assert (act.group_name, act.nations, act.spoken) == ("Aurora Dúo", ["Mexico", "Peru"], ["Spanish"])
    assert act.needs == ["inputs: Two microphones", "floor: Smooth"]
    keys = [member.person_key for member in await ActMember.filter(act_id=act.id).order_by("id")]
    assert keys == [person_key("alma reyes"), person_key("Jose Nunez")]
    window = await ActAvailability.get(act_id=act.id)
    assert (window.ends_at - window.starts_at).total_seconds() == 3 * 3600
    assert "no act yet" not in (await client.get(path)).text
