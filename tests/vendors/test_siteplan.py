"""The site drawn: rules of spaces, whole plans and single ones, what somebody has, changes taken back."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models import Festival, SitePoint
from festival.kit.clock import now
from festival.organisation.models import AuditEntry
from tests.vendors.making import make_application, make_category
from vendors.models import Booth, BoothAssignment
from vendors.siteplan.queries import get_plan
from vendors.siteplan.rules import Mark, Plan, Spot, find_faults, lay_row

A1 = Spot(0, "A01", "Row", 0, 0, 10, 10)


def words(plan: Plan) -> dict[str, list[str]]:
    return {code: [fault.text % fault.params for fault in found] for code, found in find_faults(plan).items()}


def test_each_fault_is_named_at_its_space() -> None:
    assert words(Plan([A1, replace(A1, code="A02", x_ft=10)], [])) == {}, "spaces may touch"
    over = words(Plan([A1, replace(A1, code="A02", x_ft=9)], []))
    assert over == {"A01": ["It lies on A02."], "A02": ["It lies on A01."]}
    assert words(Plan([A1, replace(A1, x_ft=50)], []))["A01"][0] == "This number is there twice."
    assert "four capital letters" in words(Plan([replace(A1, code="a1")], []))["a1"][0]
    assert "between 4 and 200" in words(Plan([replace(A1, width_ft=1)], []))["A01"][0]
    assert words(Plan([replace(A1, x_ft=9_999)], [Mark(0, "WC", "Toilets", 1e6, 0)])).keys() == {"A01", "WC"}
    assert list(words(Plan([replace(A1, code=f"A{n:03}", x_ft=n * 20) for n in range(501)], []))) == [""]


@given(st.integers(1, 100), st.integers(1, 20))
def test_a_row_never_lies_on_itself(count: int, per_row: int) -> None:
    row = lay_row(replace(A1, code="M01"), count, per_row, 12, 26)
    assert len({spot.code for spot in row}) == count
    assert words(Plan(row, [])) == {}
    assert row[0].code == "M01"


@pytest.fixture
async def festival(client: httpx2.AsyncClient, sign_in: Any) -> Festival:
    """A festival with three spaces, the first of which somebody has; an organizer is signed in."""
    category = await make_category(booth_prefix="A")
    found = await Festival.get(call__categories__id=category.id)
    for number in range(1, 4):
        await Booth.create(
            festival_id=found.id, code=f"A0{number}", prefix="A", zone="Row", x_ft=20 * number, y_ft=0, width_ft=10,
            depth_ft=10,
        )  # fmt: skip
    await SitePoint.create(festival_id=found.id, code="WC", name="Toilets", x_ft=0, y_ft=50)
    owner = await make_application(category, state="confirmed")
    first = await Booth.get(festival_id=found.id, code="A01")
    await BoothAssignment.create(booth_id=first.id, application_id=owner.id, assigned_at=now())
    await sign_in("organizer")
    return found


async def send(client: httpx2.AsyncClient, festival: Festival, plan: Plan, seen: int | None = None) -> httpx2.Response:
    """A whole plan, as the script sends it."""
    body = {"spots": [asdict(one) for one in plan.spots], "marks": [asdict(one) for one in plan.marks]}
    revision = (await Festival.get(id=festival.id)).revision if seen is None else seen
    data = {"plan": json.dumps(body), "seen": str(revision)}
    return await client.post(f"/organize/festivals/{festival.slug}/plan", data=data)


async def test_a_whole_plan_is_kept_and_taken_back(client: httpx2.AsyncClient, festival: Festival) -> None:
    before = await get_plan(festival.id)
    first, second, third = before.spots
    # Two change their numbers with each other, the third goes, a new one comes, the toilets move.
    after = Plan(
        [first, replace(second, code="A03", has_power=True), replace(A1, code="B01", x_ft=200, zone="New")],
        [replace(before.marks[0], x_ft=77)],
    )
    assert (await send(client, festival, after)).status_code == 303
    kept = await get_plan(festival.id)
    assert [(spot.code, spot.id) for spot in kept.spots[:2]] == [("A01", first.id), ("A03", second.id)]
    assert (await Booth.get(code="B01")).prefix == "B"
    assert not await Booth.exists(id=third.id)
    assert (await SitePoint.get(festival_id=festival.id)).x_ft == 77
    assert (await client.post(f"/organize/festivals/{festival.slug}/plan/undo")).status_code == 303
    back = await get_plan(festival.id)
    assert [replace(spot, id=0) for spot in back.spots] == [replace(spot, id=0) for spot in before.spots]
    assert await AuditEntry.filter(action="siteplan.changed").count() == 2
    await client.post(f"/organize/festivals/{festival.slug}/plan/undo")
    assert {spot.code for spot in (await get_plan(festival.id)).spots} == {"A01", "A03", "B01"}, "undone twice: redone"


async def test_numbers_are_swapped(client: httpx2.AsyncClient, festival: Festival) -> None:
    plan = await get_plan(festival.id)
    first, second, third = plan.spots
    swapped = replace(plan, spots=[first, replace(second, code="A03"), replace(third, code="A02")])
    assert (await send(client, festival, swapped)).status_code == 303
    assert (await Booth.get(id=second.id)).code == "A03"


async def test_what_cannot_be_is_named_and_nothing_is_kept(client: httpx2.AsyncClient, festival: Festival) -> None:
    plan = await get_plan(festival.id)
    first, second, third = plan.spots
    page = await send(client, festival, replace(plan, spots=[first, replace(second, x_ft=first.x_ft), third]))
    assert page.status_code == 422
    assert "It lies on A01." in page.text
    gone = await send(client, festival, replace(plan, spots=[second, third]))
    assert gone.status_code == 422
    assert "Somebody has this space, or had it. Block it instead." in gone.text
    late = await send(client, festival, replace(plan, spots=[first, second]), seen=99)
    assert late.status_code == 409
    assert "Somebody else changed the plan meanwhile." in late.text
    for broken in ("{", "[]", '{"spots": [{"code": "A01", "x_ft": 1e400}]}', '{"spots": 3}'):
        data = {"plan": broken, "seen": str(festival.revision)}
        answer = await client.post(f"/organize/festivals/{festival.slug}/plan", data=data)
        assert answer.status_code == 400, broken
    assert await get_plan(festival.id) == plan


async def test_without_a_script_a_space_a_row_and_a_point(client: httpx2.AsyncClient, festival: Festival) -> None:
    here = f"/organize/festivals/{festival.slug}/plan"
    third = await Booth.get(festival_id=festival.id, code="A03")
    assert f'value="{third.id}"' in (await client.get(f"{here}?space={third.id}")).text
    form = {"id": str(third.id), "code": "a03", "x_ft": "300", "y_ft": "20", "width_ft": "20", "depth_ft": "10"}
    form |= {"has_power": "yes", "corner": "yes", "blocked_reason": "A tree", "zone": "Row"}
    assert (await client.post(f"{here}/spaces", data=form)).status_code == 303
    third = await Booth.get(id=third.id)
    assert (third.x_ft, third.width_ft, third.has_power, third.blocked_reason) == (300, 20, True, "A tree")
    wrong = await client.post(f"{here}/spaces", data={**form, "id": "0"})
    assert wrong.status_code == 422
    assert (await client.post(f"{here}/spaces", data={**form, "id": "999999"})).status_code == 404
    row = {"code": "M01", "count": "12", "per_row": "6", "x_ft": "0", "y_ft": "100", "width_ft": "10", "depth_ft": "10"}
    await client.post(f"{here}/rows", data={**row, "step_x": "12", "step_y": "26", "zone": "Market"})
    assert await Booth.filter(festival_id=festival.id, prefix="M").count() == 12
    point = {"code": "aid", "name": "First aid", "x_ft": "5", "y_ft": "90"}
    await client.post(f"{here}/points", data=point)
    made = await SitePoint.get(festival_id=festival.id, code="AID")
    await client.post(f"{here}/points/{made.id}/remove")
    assert not await SitePoint.exists(id=made.id)
    last = await Booth.get(festival_id=festival.id, code="M12")
    await client.post(f"{here}/spaces/{last.id}/remove")
    assert not await Booth.exists(id=last.id)
    first = await Booth.get(festival_id=festival.id, code="A01")
    assert (await client.post(f"{here}/spaces/{first.id}/remove")).status_code == 422
    assert "Take this change back" in (await client.get(here)).text


async def test_only_organizers_draw(client: httpx2.AsyncClient, festival: Festival, sign_in: Any) -> None:
    assert (await client.get("/organize/festivals/no-such/plan")).status_code == 404
    await sign_in("reviewer")
    for answer in (
        await client.get(f"/organize/festivals/{festival.slug}/plan"),
        await send(client, festival, await get_plan(festival.id)),
    ):
        assert answer.status_code in {303, 403, 404}
    assert await AuditEntry.filter(action="siteplan.changed").count() == 0
