"""Places for those who were accepted: each rule of the proposal, given all or none, taken back."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models import Festival
from festival.kit.words import Message
from tests.vendors.making import make_application, make_category
from vendors.models import AddOn, Application, ApplicationAddOn, Booth, BoothAssignment
from vendors.placing.rules import Ground, Seeker, Standing, pairs_of, propose


def seeker(number: int, **facts: Any) -> Seeker:
    return Seeker(number, f"Stand {number}", "M", f"2027-01-{number:02}", **facts)


def row(count: int, **facts: Any) -> list[Ground]:
    return [Ground(f"M{n:02}", "M", 12.0 * n, 0.0, **facts) for n in range(1, count + 1)]


def said(words: Message) -> str:
    return words.text % words.params


def test_letters_must_fit_and_whoever_finds_none_is_named() -> None:
    found = propose([seeker(1), seeker(2), seeker(3)], [*row(2), Ground("T01", "T", 0, 0)], [])
    assert [(one.seeker.id, one.ground.code) for one in found.placed] == [(1, "M01"), (2, "M02")]
    assert [(one.id, said(why)) for one, why in found.left] == [(3, "No space of this kind is free.")]
    assert [said(why) for why in found.placed[1].reasons] == ["It is the last free space of this kind."]


def test_power_and_corners_go_to_whoever_rents_them() -> None:
    grounds = [*row(2), Ground("M03", "M", 36, 0, has_power=True), Ground("M04", "M", 48, 0, corner=True)]
    found = propose([seeker(1), seeker(2, wants_corner=True), seeker(3, wants_power=True)], grounds, [])
    placed = {one.seeker.id: one.ground.code for one in found.placed}
    assert placed == {3: "M03", 2: "M04", 1: "M01"}
    none = propose([seeker(1, wants_power=True, wants_corner=True)], row(1), [])
    assert [said(one) for one in none.placed[0].lacks] == [
        "No free space of this kind has power.", "No free corner is left.",
    ]  # fmt: skip


def test_those_who_offer_the_same_stand_apart() -> None:
    coffee = frozenset({"coffee"})
    found = propose([seeker(1, likes=coffee), seeker(2, likes=frozenset({"vegan"}))], row(8), [Standing(12, 0, coffee)])
    by = {one.seeker.id: one for one in found.placed}
    assert by[1].ground.x_ft - 12 >= 60
    assert "Nobody near offers the same." in [said(why) for why in by[1].reasons]
    assert by[2].ground.code == "M01", "who offers something else is not kept away"
    near = propose([seeker(1, likes=coffee)], row(2), [Standing(12, 0, coffee)])
    assert [said(one) for one in near.placed[0].lacks] == ["The next who offers the same is 12 feet away."]


@given(st.integers(0, 100), st.integers(0, 94), st.randoms())
def test_nobody_stands_twice_and_order_does_not_matter(people: int, spaces: int, dice: Any) -> None:
    seekers = [seeker(n, wants_power=n % 3 == 0, likes=frozenset({"vegan"} if n % 2 else ())) for n in range(1, people)]
    grounds = [Ground(f"M{n}", "M", float(n), 0, has_power=n % 4 == 0) for n in range(spaces)]
    first = propose(seekers, grounds, [])
    codes = [one.ground.code for one in first.placed]
    assert len(set(codes)) == len(codes) == min(len(seekers), spaces)
    dice.shuffle(seekers)
    dice.shuffle(grounds)
    again = propose(seekers, grounds, [])
    assert [(one.seeker.id, one.ground.code) for one in again.placed] == [
        (one.seeker.id, one.ground.code) for one in first.placed
    ]


def test_only_what_names_a_place_is_taken() -> None:
    given_fields = {"place-3": "M01", "place-x": "M02", "csrf": "y", "place-4": "", "place-" + "9" * 30: "M03"}
    assert pairs_of(given_fields) == [(3, "M01")]


@pytest.fixture
async def festival(client: httpx2.AsyncClient, sign_in: Any) -> Festival:
    """Three accepted stands, one of which rents power, and three spaces, one of which has it."""
    category = await make_category(booth_prefix="A", cap=5, taken=3)
    found = await Festival.get(call__categories__id=category.id)
    for n in range(1, 4):
        await Booth.create(
            festival_id=found.id, code=f"A0{n}", prefix="A", zone="Row", x_ft=20 * n, y_ft=0, width_ft=10, depth_ft=10,
            has_power=n == 2,
        )  # fmt: skip
    stands = [await make_application(category, state="confirmed") for _ in range(3)]
    power = await AddOn.create(call_id=category.call_id, slug="power_20a", name="Power", price_cents=5000, stock=3)
    await ApplicationAddOn.create(application_id=stands[2].id, add_on_id=power.id, quantity=1)
    await sign_in("organizer")
    return found


async def test_a_proposal_is_looked_at_given_and_taken_back(client: httpx2.AsyncClient, festival: Festival) -> None:
    here = f"/organize/festivals/{festival.slug}/placing"
    first, second, third = await Application.filter(category__call__festival_id=festival.id).order_by("id")
    assert "3 wait for a place." in (await client.get(here)).text
    proposal = (await client.get(f"{here}?propose=yes")).text
    assert f'name="place-{third.id}" value="A02" checked' in proposal
    assert "It has power." in proposal
    assert await BoothAssignment.all().count() == 0, "a proposal gives nothing"
    data = {f"place-{third.id}": "A02", f"place-{first.id}": "A01"}
    assert (await client.post(here, data=data)).status_code == 303
    owners = {
        row.booth.code: row.application_id
        for row in await BoothAssignment.filter(ended_at=None).select_related("booth")
    }
    assert owners == {"A02": third.id, "A01": first.id}
    assert "1 waits for a place." in (await client.get(here)).text
    taken = await client.post(here, data={f"place-{second.id}": "A02"})
    assert taken.status_code == 409
    both = await client.post(here, data={f"place-{second.id}": "A03", f"place-{first.id}": "A02"})
    assert both.status_code == 409
    assert await BoothAssignment.filter(application_id=second.id).count() == 0, "all or none"
    await Application.filter(id=first.id).update(state="checked_in")
    assert (await client.post(f"{here}/undo")).status_code == 303
    left = await BoothAssignment.filter(ended_at=None)
    assert [row.application_id for row in left] == [first.id], "whoever is on the site stays there"
    await client.post(f"{here}/undo")
    assert (await client.post(here, data={"place-999999": "A03"})).status_code == 404


async def test_a_reviewer_gives_no_places(client: httpx2.AsyncClient, festival: Festival, sign_in: Any) -> None:
    await sign_in("reviewer")
    stand = await Application.filter(category__call__festival_id=festival.id).first()
    assert stand
    answer = await client.post(f"/organize/festivals/{festival.slug}/placing", data={f"place-{stand.id}": "A01"})
    assert answer.status_code in {303, 403, 404}
    assert await BoothAssignment.all().count() == 0
