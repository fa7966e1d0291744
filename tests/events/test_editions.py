"""A festival's state: previewed, public at its hour, postponed, cancelled with a reason, taken back; parts removed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from events.editions.actions import PUBLISH_EDITION, publish_edition_due
from events.models import Festival, Gate, Performance, Stage, StageWindow, Venue, Zone
from events.programme.actions import Loaded
from festival.jobs.models import Job
from festival.kit.clock import frozen_at, now
from tests.ticketing.gatehouse import build_site, enrol

SLUG = "global-fest-2027"
HERE = f"/organize/festivals/{SLUG}"


@pytest.fixture
async def staff(year: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> httpx2.AsyncClient:
    """An organizer of the demo year."""
    await sign_in("organizer")
    return client


async def move(staff: httpx2.AsyncClient, to: str, **more: str) -> httpx2.Response:
    """Send the state form with the present revision."""
    festival = await Festival.get(slug=SLUG)
    return await staff.post(f"{HERE}/state", data={"to": to, "revision": str(festival.revision), **more})


async def undo(staff: httpx2.AsyncClient, answer: httpx2.Response) -> httpx2.Response:
    """Press the button that the page shows after `answer`."""
    page = await staff.get(answer.headers["location"])
    number = answer.headers["location"].rpartition("undo=")[2]
    assert f"/organize/undo/{number}" in page.text
    return await staff.post(f"/organize/undo/{number}")


async def test_a_postponed_festival_says_so_first_and_calendars_hear_of_it(staff: httpx2.AsyncClient) -> None:
    assert "new ones are not set" not in (await staff.get(f"/festival/{SLUG}")).text
    asked = (await staff.get(f"{HERE}/state?to=postponed")).text
    assert "25 acts stand in its schedule." in asked
    bare = await move(staff, "postponed")
    assert bare.status_code == 422
    assert (await Festival.get(slug=SLUG)).state == "published"
    one = await Performance.filter(plan__state="published").first()
    assert one
    answer = await move(staff, "postponed", reason="The lawn is under water")
    assert answer.status_code == 303
    page = (await staff.get(f"/festival/{SLUG}")).text
    assert page.index("The lawn is under water") < page.index("<h1>")
    feed = (await staff.get(f"/calendar.ics?festival={SLUG}")).text
    assert "STATUS:TENTATIVE" in feed
    assert (await Performance.get(id=one.id)).sequence == one.sequence + 1
    assert (await undo(staff, answer)).status_code == 303
    back = await Festival.get(slug=SLUG)
    assert (back.state, back.reason) == ("published", "")
    assert "The lawn is under water" not in (await staff.get(f"/festival/{SLUG}")).text


async def test_a_cancelled_festival_tells_why(staff: httpx2.AsyncClient) -> None:
    await move(staff, "cancelled", reason="Smoke from the fires")
    page = (await staff.get(f"/festival/{SLUG}")).text
    assert "This festival does not take place." in page
    assert "Smoke from the fires" in page
    assert "STATUS:CANCELLED" in (await staff.get(f"/calendar.ics?festival={SLUG}")).text
    stale = await staff.post(f"{HERE}/state", data={"to": "published", "revision": "1"})
    assert stale.status_code == 409
    assert (await move(staff, "postponed", reason="x")).status_code == 409


async def test_a_draft_is_previewed_by_the_team_and_published_at_its_hour(
    staff: httpx2.AsyncClient, run_jobs: Any
) -> None:
    await move(staff, "draft")
    assert (await staff.get(f"/festival/{SLUG}")).status_code == 404
    preview = await staff.get(f"{HERE}/preview")
    assert "Only the team sees this page." in preview.text
    assert "Hanul Drum Circle" in preview.text
    assert 'name="robots" content="noindex"' in preview.text
    passed = await move(staff, "published", publish_at="2020-01-01T09:00")
    assert passed.status_code == 422
    at = (now() + dt.timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    wall = at.astimezone(dt.timezone(dt.timedelta(hours=-7))).strftime("%Y-%m-%dT%H:%M")
    waits = await move(staff, "published", publish_at=wall)
    assert waits.status_code == 303
    festival = await Festival.get(slug=SLUG)
    assert (festival.state, bool(festival.publish_at)) == ("draft", True)
    assert "Public from" in (await staff.get(f"{HERE}/details")).text
    job = await Job.get(kind=PUBLISH_EDITION)
    assert festival.publish_at
    assert not await publish_edition_due(festival.id, festival.publish_at + dt.timedelta(hours=1))
    with frozen_at(festival.publish_at):
        await Job.filter(id=job.id).update(run_at_ms=0)
        await run_jobs()
    assert (await Festival.get(slug=SLUG)).state == "published"
    assert (await staff.get(f"/festival/{SLUG}")).status_code == 200


async def test_a_preview_is_not_for_strangers(staff: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("")
    assert (await staff.get(f"{HERE}/preview")).status_code in {303, 403, 404}
    assert (await staff.get("/organize/festivals/no-such/preview")).status_code in {303, 403, 404}


async def test_quiet_times_of_a_stage(staff: httpx2.AsyncClient) -> None:
    stage = await Stage.filter(festival__slug=SLUG).order_by("position").first()
    assert stage
    before = await StageWindow.filter(stage_id=stage.id, kind="quiet").count()
    wrong = await staff.post(f"{HERE}/quiet", data={"stage": str(stage.id), "begins": "15:00", "ends": "14:00"})
    assert wrong.status_code == 422
    await staff.post(f"{HERE}/quiet", data={"stage": str(stage.id), "begins": "14:00", "ends": "14:45"})
    windows = await StageWindow.filter(stage_id=stage.id, kind="quiet").order_by("-id")
    assert len(windows) == before + 1
    assert (await staff.post(f"{HERE}/quiet/{windows[0].id}/remove")).status_code == 303
    assert await StageWindow.filter(stage_id=stage.id, kind="quiet").count() == before
    assert (await staff.post(f"{HERE}/quiet/999999/remove")).status_code == 404


async def test_parts_that_nothing_uses_are_removed_and_brought_back(staff: httpx2.AsyncClient) -> None:
    facts = {"name": "Tea tent", "changeover_minutes": "5", "opens": "11:00", "closes": "15:00"}
    await staff.post(f"{HERE}/stages", data=facts)
    stage = await Stage.get(name="Tea tent")
    answer = await staff.post(f"{HERE}/stages/{stage.id}/remove")
    assert not await Stage.exists(id=stage.id)
    await undo(staff, answer)
    again = await Stage.get(id=stage.id).prefetch_related("windows")
    assert (again.name, len(again.windows)) == ("Tea tent", 1)
    used = await Performance.filter(plan__state="published").first()
    assert used
    refused = await staff.post(f"{HERE}/stages/{used.stage_id}/remove")
    assert refused.status_code == 409
    assert await Stage.exists(id=used.stage_id)


async def test_a_place_goes_only_with_nothing_in_it(staff: httpx2.AsyncClient) -> None:
    site = await build_site()
    venue = await Venue.get(id=site.zone.venue_id)
    place = f"/organize/places/{venue.slug}"
    await enrol(site.north)
    assert (await staff.post(f"{place}/gates/{site.north.id}/remove")).status_code == 409, "a phone is there"
    answer = await staff.post(f"{place}/gates/{site.south.id}/remove")
    assert answer.status_code == 303
    await undo(staff, answer)
    assert (await Gate.get(id=site.south.id)).slug == site.south.slug
    assert (await staff.post(f"{place}/zones/{site.zone.id}/remove")).status_code == 409
    assert (await staff.post(f"{place}/remove")).status_code == 409
    other = await Venue.create(slug="barn", name="Barn", changed_at=now())
    zone = await Zone.create(venue_id=other.id, slug="hay", name="Hay")
    assert (await staff.post(f"{place}/zones/{zone.id}/remove")).status_code == 404, "another place's zone"
    await staff.post(f"/organize/places/barn/zones/{zone.id}/remove")
    gone = await staff.post("/organize/places/barn/remove")
    assert not await Venue.exists(slug="barn")
    await undo(staff, gone)
    assert await Venue.exists(id=other.id, slug="barn")
