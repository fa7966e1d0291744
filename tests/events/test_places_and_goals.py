"""Places, festivals and goals, made and changed through their pages."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from events.models import Festival, Gate, PlanGoal, Program, Stage, StageWindow, Venue, Zone
from events.programme.actions import Loaded
from festival.organisation.models import AuditEntry
from tests.events.conftest import CountQueries

HALL: dict[str, str] = {
    "name": "Dayton Street Hall", "address": "1 Dayton Street", "step_free": "yes", "hearing_loop": "no",
    "quiet_room": "", "latitude": "39.7", "longitude": "-104.8", "address_confirmed": "yes", "several_at_once": "yes",
}  # fmt: skip
FEST: dict[str, str] = {
    "name": "Winter Lights", "venue": "amc", "starts": "2027-12-04T15:00", "ends": "2027-12-04T21:00",
    "nations": "mx, ET np", "travel_buffer_minutes": "15", "expected_attendance": "",
}  # fmt: skip


@pytest.fixture
async def staff(year: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> httpx2.AsyncClient:
    """An organizer's browser over the demo year."""
    await sign_in("organizer")
    return client


async def test_a_venue_with_its_zones_and_gates(staff: httpx2.AsyncClient) -> None:
    assert (await staff.post("/organize/new-place", data=HALL)).headers["location"] == (
        "/organize/places/dayton-street-hall"
    )
    venue = await Venue.get(slug="dayton-street-hall")
    assert (venue.step_free, venue.hearing_loop, venue.quiet_room, venue.latitude) == (True, False, None, 39.7)
    assert venue.several_at_once
    here = f"/organize/places/{venue.slug}"
    await staff.post(f"{here}/zones", data={"name": "Hall", "fire_limit": "120"})
    zone = await Zone.get(venue_id=venue.id)
    await staff.post(f"{here}/gates", data={"zone": str(zone.id), "name": "Main door", "directions": "both"})
    gate = await Gate.get(zone_id=zone.id)
    await staff.post(
        f"{here}/gates", data={"id": str(gate.id), "zone": str(zone.id), "name": "Side door", "directions": "out"}
    )
    await staff.post(f"{here}/zones", data={"id": str(zone.id), "name": "Great hall", "fire_limit": "90"})
    page = (await staff.get(here)).text
    for seen in ("Great hall", "Side door", 'value="90"', "What was done, and by whom"):
        assert seen in page
    changed = {**HALL, "step_free": "no", "name": "Dayton Hall"}
    assert (await staff.post(here, data=changed)).status_code == 303
    after = await Venue.get(id=venue.id)
    assert (after.name, after.step_free, after.revision) == ("Dayton Hall", False, 2)  # feeds notice by the revision
    assert (await staff.post(here, data=changed)).status_code == 303
    assert (await Venue.get(id=venue.id)).revision == 2  # nothing became different
    foreign = await Zone.exclude(venue_id=venue.id).first()
    assert foreign is not None
    for path, data in (("zones", {"id": foreign.id, "name": "x"}), ("gates", {"zone": foreign.id, "name": "x"})):
        assert (await staff.post(f"{here}/{path}", data=data)).status_code == 404
    assert "Dayton Hall" in (await staff.get("/organize/places")).text


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        ("/organize/new-place", {**HALL, "name": ""}, 'href="#f-name">This is needed.'),
        ("/organize/new-place", {**HALL, "latitude": "99"}, "A latitude lies between"),
        ("/organize/new-place", {**HALL, "longitude": ""}, "Give both latitude and longitude"),
        ("/organize/new-festival", {**FEST, "ends": "2027-12-04T14:00"}, 'href="#f-ends">The end comes before'),
        ("/organize/new-festival", {**FEST, "starts": "2027-03-14T02:30"}, "change of the clocks"),
        ("/organize/new-festival", {**FEST, "venue": "moon"}, 'href="#f-venue">There is no such venue.'),
        ("/organize/new-festival", {**FEST, "nations": "Mexico"}, "Write country codes of two letters"),
        ("/organize/places/fox/zones", {"name": ""}, 'href="#f-zone-name">This is needed.'),
    ],
)
async def test_what_cannot_be_is_told(
    staff: httpx2.AsyncClient, path: str, change: dict[str, str], told: str
) -> None:  # fmt: skip
    answer = await staff.post(path, data=change)
    assert answer.status_code == 422
    assert told in answer.text


async def test_a_festival_is_made_given_stages_published_cancelled_and_copied(staff: httpx2.AsyncClient) -> None:
    answer = await staff.post("/organize/new-festival", data=FEST)
    festival = await Festival.get(slug="winter-lights-2027")
    here = f"/organize/festivals/{festival.slug}"
    assert answer.headers["location"] == f"{here}/details"
    assert (festival.state, festival.nations, festival.starts_at.hour) == ("draft", ["MX", "ET", "NP"], 22)
    stage = {"name": "Ice stage", "opens": "15:00", "closes": "20:00", "changeover_minutes": "10"}
    await staff.post(f"{here}/stages", data=stage)
    row = await Stage.get(festival_id=festival.id)
    await staff.post(f"{here}/stages", data={**stage, "id": str(row.id), "closes": "20:30", "seats": "80"})
    assert "The end comes before" in (await staff.post(f"{here}/stages", data={**stage, "closes": "14:00"})).text
    window = await StageWindow.get(stage_id=row.id)
    assert window.ends_at.isoformat() == "2027-12-05T03:30:00+00:00"
    assert (await staff.get(f"/festival/{festival.slug}")).status_code == 404

    async def go(to: str, reason: str = "") -> int:
        revision = (await Festival.get(id=festival.id)).revision
        form = {"to": to, "reason": reason, "revision": str(revision)}
        return (await staff.post(f"{here}/state", data=form)).status_code

    assert await go("published") == 303
    assert (await staff.get(f"/festival/{festival.slug}")).status_code == 200
    assert await go("cancelled") == 422
    assert await go("cancelled", "A storm is coming") == 303
    assert await go("draft") == 409
    assert "A storm is coming" in (await staff.get(f"{here}/details")).text
    copied = await staff.post(f"{here}/copy")
    copy = await Festival.get(slug="winter-lights-2028")
    assert copied.headers["location"] == "/organize/festivals/winter-lights-2028/details"
    assert (copy.state, copy.starts_at.isoformat()) == ("draft", "2028-12-02T22:00:00+00:00")
    moved = await StageWindow.get(stage__festival_id=copy.id)
    assert moved.starts_at.isoformat() == "2028-12-02T22:00:00+00:00"
    assert await AuditEntry.filter(object_kind="festival", object_id=festival.id).count() == 5


async def test_goals_show_what_is_planned_against_what_was_promised(staff: httpx2.AsyncClient) -> None:
    form = {"title": "Neighbours who dance", "year": "2027", "target_attendance": "400", "target_programs": "2"}
    assert (await staff.post("/organize/goals", data=form)).status_code == 303
    goal = await PlanGoal.get(title="Neighbours who dance")
    await Program.filter(slug="salsa-for-beginners").update(goal_id=goal.id, goal_attendance=25)
    page = (await staff.get("/organize/goals")).text
    assert "200 of 400 people" in page  # eight evenings of twenty-five
    assert "1 of 2 programs" in page
    assert 'width="200"' in page
    again = {**form, "id": str(goal.id), "title": "Dancing neighbours", "target_attendance": ""}
    assert (await staff.post("/organize/goals", data=again)).status_code == 303
    assert "200 people expected" in (await staff.get("/organize/goals")).text
    assert "Neighbours who dance" not in (await staff.get("/organize/programs/salsa-for-beginners")).text
    wrong = await staff.post("/organize/goals", data={**form, "year": "soon"})
    assert wrong.status_code == 422
    assert (await staff.post("/organize/goals", data={**form, "id": "999"})).status_code == 404


async def test_lists_take_the_same_queries_for_few_and_many(
    staff: httpx2.AsyncClient, count_queries: CountQueries
) -> None:
    for path in ("/organize/places", "/organize/goals"):
        counts: list[int] = []
        for many in (1, 40):
            goal = await PlanGoal.filter(year=2027).first()
            for number in range(many):
                venue = await Venue.create(
                    slug=f"v-{path[-5:]}-{many}-{number}", name="A hall", changed_at="2027-01-01T00:00Z"
                )
                await Program.create(
                    slug=f"p-{path[-5:]}-{many}-{number}", title="Walk", area="sports", venue_id=venue.id,
                    goal_id=goal.id if goal else None, changed_at="2027-01-01T00:00Z",
                )  # fmt: skip
            with count_queries() as queries:
                await staff.get(path)
            counts.append(len(queries))
        assert counts[0] == counts[1], path
