"""Vendors and performers at the gate: papers green or the reason, space and load-in, a supervisor's word on record."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2

from events.models import Act, Performance, SchedulePlan, Stage
from festival.arrivals.rules import pass_text, read_pass
from festival.kit.clock import now
from festival.organisation.models import AuditEntry
from festival.settings import Settings
from tests.ticketing.gatehouse import build_site, enrol, post, scan, scan_of
from tests.vendors.making import make_application, make_category
from ticketing.models import Scan
from ticketing.scan.sql import count_inside_today
from vendors.loadin.rules import in_group
from vendors.models import (
    Application,
    Booth,
    BoothAssignment,
    CategoryDocument,
    Document,
    DocumentKind,
    LoadInWindow,
)


async def _expected(state: str, *, accepted: bool = False) -> Application:
    """A food truck with space T07, its load-in, and one paper that it must bring."""
    category = await make_category()
    application = await make_application(category, state=state)
    call = await category.call
    festival_id = call.festival_id
    kind = await DocumentKind.create(call=call, slug="coi", name="Certificate of insurance")
    await CategoryDocument.create(category=category, kind=kind)
    if accepted:
        await Document.create(application=application, kind=kind, state="accepted", uploaded_at=now())
    booth = await Booth.create(
        festival_id=festival_id, code="T07", prefix="T", zone="trucks", x_ft=0, y_ft=0, width_ft=10, depth_ft=10
    )
    await BoothAssignment.create(booth=booth, application=application, assigned_at=now())
    for group, entrance in (("T01-T10", "south lot"), ("T11-T20", "east lot")):
        await LoadInWindow.create(
            festival_id=festival_id, group=group, entrance=entrance, arrives_at=now(), clears_at=now()
        )
    return application


def _pass(database: Settings, application: Application) -> str:
    return pass_text(database.secret_key, str(application.receipt))


async def test_whoever_is_ready_is_let_in_shown_the_way_and_checked_in(
    client: httpx2.AsyncClient, database: Settings
) -> None:
    application = await _expected("docs_ready", accepted=True)
    site = await build_site(fire_limit=10)
    phone, text = await enrol(site.north), _pass(database, application)
    sent = scan_of(text)
    answer = (await post(client, phone, "/api/v1/scans", sent)).json()
    assert (answer["outcome"], answer["name"]) == ("admitted", application.name)
    assert answer["lines"][0] == "Space: T07."
    assert "south lot" in answer["lines"][1]
    assert len(answer["lines"]) == 2
    assert (await Application.get(id=application.id)).state == "checked_in"
    assert (await count_inside_today([site.zone.id]))[site.zone.id] == 1
    assert (await post(client, phone, "/api/v1/scans", sent)).json() == answer
    assert await Scan.all().count() == 1
    assert (await scan(client, phone, text, direction="out"))["outcome"] == "admitted"
    assert (await scan(client, phone, text))["outcome"] == "admitted"


async def test_missing_papers_are_named_until_a_supervisor_lets_them_in(
    client: httpx2.AsyncClient, database: Settings, sign_in: Any
) -> None:
    application = await _expected("confirmed")
    phone, text = await enrol((await build_site()).north), _pass(database, application)
    refused = await scan(client, phone, text)
    assert (refused["outcome"], refused["code"]) == ("refused", "not_ready")
    assert "Not accepted: Certificate of insurance." in refused["lines"]
    assert (await Application.get(id=application.id)).state == "confirmed"
    path = f"/organize/arrivals/{application.receipt}/override"
    await sign_in("gate")
    assert (await client.post(path, data={"reason": "Seen on paper"})).status_code == 403
    person = await sign_in("organizer")
    assert (await client.post(path, data={"reason": ""})).status_code == 422
    assert "Certificate of insurance" in (await client.get("/organize/arrivals")).text
    assert (await client.post(path, data={"reason": "Seen on paper"})).status_code == 303
    entry = await AuditEntry.get(action="arrival.overridden")
    assert entry.after == {"reason": "Seen on paper"}
    assert entry.before == {"missing": ["Certificate of insurance"]}
    assert entry.actor_id == person.id
    assert (await scan(client, phone, text))["outcome"] == "admitted"


async def test_a_forged_pass_is_unknown(client: httpx2.AsyncClient, database: Settings) -> None:
    application = await _expected("docs_ready")
    phone, good = await enrol((await build_site()).north), _pass(database, application)
    flipped = good[:-1] + ("a" if good[-1] != "a" else "b")
    for forged in (flipped, "GFA:X:Y", pass_text("another key", str(application.receipt))):
        assert (await scan(client, phone, forged))["code"] == "unknown"
    assert (await Application.get(id=application.id)).state == "docs_ready"


async def test_a_performer_is_told_the_stage_and_the_time(client: httpx2.AsyncClient, database: Settings) -> None:
    application = await _expected("docs_ready")
    festival_id = (await (await application.category).call).festival_id
    stage = await Stage.create(festival_id=festival_id, slug="main", name="Main Stage")
    act = await Act.create(
        festival_id=festival_id, title="Drums", slug="drums", uid="drums@test", application_id=application.id
    )
    plan = await SchedulePlan.create(festival_id=festival_id, number=1, state="published", created_at=now())
    at = dt.datetime(2027, 6, 12, 18, tzinfo=dt.UTC)
    await Performance.create(
        plan=plan, act=act, stage=stage, starts_at=at, ends_at=at + dt.timedelta(minutes=20), changed_at=now()
    )
    phone = await enrol((await build_site()).north)
    lines = (await scan(client, phone, _pass(database, application)))["lines"]
    assert any("Main Stage" in line and "12:00" in line for line in lines)


async def test_only_the_applicant_and_the_team_see_the_pass(client: httpx2.AsyncClient, sign_in: Any) -> None:
    application = await _expected("confirmed")
    path = f"/arrivals/{application.receipt}"
    await sign_in("", "somebody@example.org")
    assert (await client.get(path)).status_code == 404
    await sign_in("", (await application.applicant).email)
    page = await client.get(path)
    assert page.status_code == 200
    assert "<svg" in page.text


def test_a_space_belongs_to_its_group() -> None:
    assert in_group("T07", "T01-T10")
    assert in_group("S06", "C01-C20,S01-S06")
    assert not in_group("T11", "T01-T10")
    assert not in_group("M07", "T01-T10")
    assert not in_group("T07", "vehicles off lawn")


def test_a_pass_is_read_back_and_only_ours() -> None:
    assert read_pass("key", pass_text("key", "GF-1")) == "GF-1"
    assert read_pass("other key", pass_text("key", "GF-1")) is None
    assert read_pass("key", "GF-1") is None
