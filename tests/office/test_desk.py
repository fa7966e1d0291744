"""The desk: what blocks opening day, the plot, the audit log, the outbox, the dead letters."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from events.models import Act, Festival, FestivalDeadline, Occurrence, Program, SchedulePlan, Series, Venue
from festival.accounts.actions import ensure_person
from festival.jobs.actions import enqueue
from festival.jobs.models import Job
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from festival.mail.actions import Letter, queue_mail
from festival.mail.models import MailMessage
from festival.office.queries import get_overview
from festival.office.rules import Readiness, lay_out_bars, list_blockers
from festival.organisation.actions import record_audit
from festival.payments.models import Obligation
from festival.settings import Settings
from ticketing.models import Claim, Offer
from vendors.models import Application, Booth, BoothAssignment, Call, Category, CategoryDocument, Document, DocumentKind

DAY = dt.date(2027, 6, 12)
READY = Readiness(0, 0, 0, 0, 0, 0, True, 0, [])


def test_a_festival_that_is_ready_is_blocked_by_nothing() -> None:
    assert list_blockers(READY, DAY, DAY - dt.timedelta(days=40)) == []


def test_each_open_thing_blocks_and_what_is_late_comes_first() -> None:
    late = ("County permit", DAY - dt.timedelta(days=60))
    soon, far = ("Food form", DAY - dt.timedelta(days=30)), ("Packets", DAY)
    state = Readiness(3, 2, 1, 5000, 4, 6, False, 0, [late, soon, far])
    found = list_blockers(state, DAY, DAY - dt.timedelta(days=50))
    words = [blocker.words.text for blocker in found]
    assert [blocker.tone for blocker in found[:2]] == ["bad", "bad"]
    assert "was due" in words[0]
    assert len(found) == 7
    assert not any("Packets" in str(blocker.words.params) for blocker in found)


def test_bars_fill_the_plot() -> None:
    days = [DAY + dt.timedelta(days=n) for n in range(3)]
    bars = lay_out_bars({days[0]: 5, days[2]: 10}, days, 300, 100)
    assert [(bar.height, bar.y) for bar in bars] == [(50, 50), (0, 100), (100, 0)]
    assert [bar.height for bar in lay_out_bars({}, days, 300, 100)] == [0, 0, 0]


async def _festival() -> tuple[Festival, Occurrence]:
    at = now()
    venue = await Venue.create(slug="lawn", name="Great Lawn", changed_at=at)
    festival = await Festival.create(
        slug="global-fest", name="Global Fest", venue=venue, state="published", changed_at=at,
        starts_at=at + dt.timedelta(days=10), ends_at=at + dt.timedelta(days=10, hours=8),
    )  # fmt: skip
    program = await Program.create(
        slug="samba", title="Samba & you", area="arts", venue=venue, state="published", changed_at=at
    )
    series = await Series.create(
        program=program, uid="s1", time_zone="America/Denver", starts_local="2027-06-12T11:00", changed_at=at
    )
    occurrence = await Occurrence.create(
        program=program, series=series, original_local="2027-06-12T11:00", starts_at=at + dt.timedelta(days=1),
        ends_at=at + dt.timedelta(days=1, hours=1), starts_on=DAY, ends_on=DAY, changed_at=at,
    )  # fmt: skip
    offer = await Offer.create(
        occurrence=occurrence, capacity=40, claimed=7, valid_from=at, valid_until=at, created_at=at
    )
    for number, party in enumerate((3, 4)):
        await Claim.create(
            offer=offer, reference=f"r{number}", manage_digest=f"d{number}", party=party, created_at=at,
            idempotency_key=f"k{number}", request_digest="x",
        )  # fmt: skip
    return festival, occurrence


async def _application(festival: Festival, category: Category, name: str, state: str, owed: int = 0) -> Application:
    at = now()
    obligation = await Obligation.create(description="Booth", due_cents=owed, created_at=at) if owed else None
    return await Application.create(
        category=category, applicant=await ensure_person(f"{name}@example.org"), receipt=name, name=name, state=state,
        created_at=at, changed_at=at, obligation_id=obligation.id if obligation else None,
    )  # fmt: skip


async def _call(festival: Festival) -> tuple[Category, DocumentKind]:
    call = await Call.create(festival=festival, opens_at=now())
    category = await Category.create(
        call=call, slug="food", name="Food truck", cap=5, booth_prefix="F", closes_at=festival.starts_at
    )
    kind = await DocumentKind.create(call=call, slug="coi", name="Insurance")
    await CategoryDocument.create(category=category, kind=kind)
    return category, kind


async def test_the_desk_counts_what_is_open(database: Settings) -> None:
    festival, _ = await _festival()
    category, kind = await _call(festival)
    ready = await _application(festival, category, "ready", "confirmed")
    paper: dict[str, Any] = {"kind": kind, "state": "accepted", "uploaded_at": now()}
    await Document.create(application=ready, expires_on=festival.ends_at.date() + dt.timedelta(days=1), **paper)
    booth = await Booth.create(
        festival=festival, code="F1", prefix="F", zone="Food", x_ft=0, y_ft=0, width_ft=10, depth_ft=10
    )
    await BoothAssignment.create(booth=booth, application=ready, assigned_at=now())
    stale = await _application(festival, category, "stale", "accepted", owed=25_000)
    await Document.create(application=stale, expires_on=festival.starts_at.date() - dt.timedelta(days=2), **paper)
    await _application(festival, category, "new", "submitted")
    await FestivalDeadline.create(festival=festival, title="Park proposal", due_on=now().date() - dt.timedelta(days=9))

    desk = await get_overview()
    said = [(blocker.words.text, blocker.words.count) for blocker in desk.blockers]
    assert ("%(count)s accepted applicant lacks papers for the day.", 1) in said
    assert ("%(count)s accepted applicant has not paid.", 1) in said
    assert ("%(count)s accepted applicant has no space.", 1) in said
    assert ("%(count)s application waits for a decision.", 1) in said
    assert ("No schedule is published yet.", 0) in said
    assert ("%(title)s: was due on %(date)s", 0) in said
    assert desk.applications == {"confirmed": 1, "accepted": 1, "submitted": 1}
    assert (desk.money.due, desk.money.paid) == (25_000, 0)
    assert sum(desk.claims_by_day.values()) == 7
    assert desk.claims_by_day[now().astimezone(database.zone).date()] == 7

    plan = await SchedulePlan.create(festival=festival, number=1, state="published", created_at=now())
    await Act.create(festival=festival, slug="band", uid="a1", title="Band")
    texts = [blocker.words.text for blocker in (await get_overview()).blockers]
    assert plan.id
    assert "%(count)s act has no place in the schedule." in texts
    assert "No schedule is published yet." not in texts


async def test_the_home_shows_it_and_a_reviewer_sees_no_money(client: httpx2.AsyncClient, sign_in: Any) -> None:
    festival, _ = await _festival()
    category, _ = await _call(festival)
    await _application(festival, category, "owing", "accepted", owed=12_300)
    await sign_in("organizer")
    page = (await client.get("/organize")).text
    for words in ("Global Fest", "Samba &amp; you", "7 / 40", "$123.00", "10 days to opening day", 'role="img"'):
        assert words in page, words
    await sign_in("reviewer", email="jury@example.org")
    jury = (await client.get("/organize")).text
    assert "Samba" in jury
    assert "$123.00" not in jury


async def test_the_number_of_statements_does_not_grow(
    client: httpx2.AsyncClient, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from festival.database import connection

    _, occurrence = await _festival()
    await sign_in("organizer")
    kinds: set[type[BaseDBAsyncClient]] = {type(connection())}
    count = 0
    for kind in kinds:
        for name in ("execute_query", "execute_query_dict"):
            original = getattr(kind, name)

            async def counted(self: Any, *args: Any, original: Any = original) -> Any:
                nonlocal count
                count += 1
                return await original(self, *args)

            monkeypatch.setattr(kind, name, counted)
    assert (await client.get("/organize")).status_code == 200
    first, count = count, 0
    for number in range(5):
        fresh = occurrence.clone(pk=None)
        fresh.original_local = f"2027-06-1{number}T12:00"
        await fresh.save()
        await record_audit(NOBODY, "x")
    count = 0
    assert (await client.get("/organize")).status_code == 200
    assert 0 < count <= first


async def test_the_audit_log_is_filtered_and_paged(client: httpx2.AsyncClient, sign_in: Any) -> None:
    for number in range(60):
        await record_audit(NOBODY, "thing.changed", ("thing", number + 1), before={"n": number}, after={"n": "<i>"})
    await record_audit(NOBODY, "other.done")
    await sign_in("organizer")
    first = await client.get("/organize/audit", params={"action": "thing"})
    assert first.text.count("thing.changed") == 50
    assert "other.done" not in first.text
    assert "&lt;i&gt;" in first.text
    assert "before=" in first.text
    older = first.text.split('href="/organize/audit?')[1].split('"')[0].replace("&amp;", "&")
    assert (await client.get(f"/organize/audit?{older}")).text.count("thing.changed") == 10
    assert (await client.get("/organize/audit?before=zero&action=other")).status_code == 200


async def _letter(kind: str = "note") -> MailMessage:
    letter = Letter("rosa@example.org", "es", "Hola", "Hola <Rosa>\n\nhttps://fest.example.org/x", "<p>Hola</p>")
    await queue_mail(kind, f"{kind}:1", letter)
    return await MailMessage.get(cause=f"{kind}:1")


async def test_kept_letters_are_readable_and_can_be_sent(
    client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any, with_settings: Any, tmp_path: Any
) -> None:
    mail = await _letter()
    await run_jobs()
    await sign_in("organizer")
    assert "Kept here" in (await client.get("/organize/outbox")).text
    page = (await client.get(f"/organize/outbox/{mail.id}")).text
    assert "Hola &lt;Rosa&gt;" in page
    assert (await client.get("/organize/outbox/999")).status_code == 404
    with_settings(smtp_url=f"file://{tmp_path}/mail")
    assert (await client.post("/organize/outbox", data={"number": str(mail.id)})).status_code == 303
    await run_jobs()
    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert (await client.post("/organize/outbox", data={"number": str(mail.id)})).status_code == 409


async def test_a_sign_in_letter_is_for_owners_only(client: httpx2.AsyncClient, sign_in: Any) -> None:
    mail = await _letter("sign_in")
    await sign_in("organizer")
    assert (await client.get(f"/organize/outbox/{mail.id}")).status_code == 403
    await sign_in("owner")
    assert (await client.get(f"/organize/outbox/{mail.id}")).status_code == 200


async def test_a_dead_job_is_seen_and_tried_again(client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any) -> None:
    await enqueue("no.such.kind", "once", {})
    await run_jobs()
    job = await Job.get(key="once")
    assert job.state == "dead"
    await sign_in("organizer")
    assert "no.such.kind" in (await client.get("/organize/jobs")).text
    assert "Given up" in (await client.get("/organize")).text
    assert (await client.post("/organize/jobs", data={"number": str(job.id)})).status_code == 303
    again = await Job.get(key="once")
    assert (again.state, again.attempts) == ("todo", 0)
    assert (await client.post("/organize/jobs", data={"number": str(job.id)})).status_code == 404
