"""The year's programs: made, changed, published at their hour, called off, taken back, copied."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from events.models import Occurrence, PlanGoal, Program, ProgramLanguage, Series, SeriesException
from events.planning.actions import publish_due
from events.programme.actions import Loaded
from events.undoing.actions import TooLateToUndo, undo_change
from festival.jobs.models import Job
from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY
from festival.organisation.models import AuditEntry
from tests.events.conftest import CountQueries

NEW: dict[str, Any] = {
    "title": "Kora evening: music of Mali", "summary": "Songs and stories", "description": "Bring *friends*.",
    "area": "arts", "venue": "fox", "language": "en", "languages": ["en", "fr"], "register_by": "qr",
    "capacity": "120", "fee": "12.50", "resident_fee": "9", "step_free": "yes", "quiet_room": "no",
    "online_url": "https://meet.example/kora", "hearing_loop": "", "sign_language": "", "goal_attendance": "90",
    "for_children": "yes",
}  # fmt: skip
RULE: dict[str, Any] = {
    "starts_on": "2027-01-01", "starts": "19:00", "ends": "20:30", "how": "weekday", "ordinal": "1",
    "weekday": "SA", "ending": "count", "count": "6", "not_on": ["2027-03-06", ""],
}  # fmt: skip
SLUG = "kora-evening-music-of-mali"
HERE = f"/organize/programs/{SLUG}"
JANUARY = dt.datetime(2027, 1, 20, 18, tzinfo=dt.UTC)


@pytest.fixture
async def staff(year: Loaded, client: httpx2.AsyncClient, sign_in: Any) -> httpx2.AsyncClient:
    """An organizer's browser over the demo year."""
    await sign_in("organizer")
    return client


async def make(staff: httpx2.AsyncClient) -> Program:
    answer = await staff.post("/organize/new-program", data=NEW)
    assert answer.status_code == 303, answer.text
    return await Program.get(slug=SLUG).select_related("venue")


async def state(staff: httpx2.AsyncClient, to: str, **more: str) -> httpx2.Response:
    revision = (await Program.get(slug=SLUG)).revision
    return await staff.post(f"{HERE}/state", data={"to": to, "revision": str(revision), **more})


async def test_a_draft_is_made_previewed_and_published(staff: httpx2.AsyncClient) -> None:
    goal = await PlanGoal.create(slug="together", title="Bring neighbours together", year=2027)
    with_goal = {**NEW, "goal": "together"}
    answer = await staff.post("/organize/new-program", data=with_goal)
    assert answer.headers["location"] == f"{HERE}/dates"
    program = await Program.get(slug=SLUG)
    assert (program.state, program.fee_cents, program.resident_fee_cents, program.capacity) == ("draft", 1250, 900, 120)
    assert (program.step_free, program.quiet_room, program.hearing_loop) == (True, False, None)
    assert (program.goal_id, program.goal_attendance, program.for_children) == (goal.id, 90, True)
    assert await ProgramLanguage.filter(program_id=program.id).count() == 2
    assert (await staff.get(f"/events/{SLUG}")).status_code == 404
    preview = (await staff.get(f"{HERE}/preview")).text
    assert "Only the team sees this page." in preview
    assert "<em>friends</em>" in preview
    answer = await state(staff, "published")
    page = (await staff.get(answer.headers["location"])).text
    assert "Undo" in page
    public = (await staff.get(f"/events/{SLUG}")).text
    assert "Kora evening" in public
    assert 'href="https://meet.example/kora"' in public
    staff.cookies.clear()
    assert (await staff.get(f"{HERE}/preview")).status_code == 303


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"title": ""}, "title", "This is needed."),
        ({"title": "x" * 201}, "title", "Use at most 200 characters."),
        ({"area": "cooking"}, "area", "Choose one of the answers offered."),
        ({"venue": "moon"}, "venue", "There is no such venue."),
        ({"venue": ""}, "venue", "This is needed."),
        ({"festival": "moon"}, "festival", "There is no such festival."),
        ({"goal": "moon"}, "goal", "There is no such goal."),
        ({"fee": "a lot"}, "fee", "Write an amount like 12 or 12.50."),
        ({"fee": "-3"}, "fee", "Write an amount like 12 or 12.50."),
        ({"capacity": "0"}, "capacity", "This is less than 1."),
        ({"goal_attendance": "many"}, "goal_attendance", "Write a whole number."),
        ({"online_url": "javascript:alert(1)"}, "online_url", "Write a whole link, beginning with https://."),
        ({"online_url": "http://meet.example/1"}, "online_url", "Write a whole link, beginning with https://."),
        ({"step_free": "perhaps"}, "step_free", "Choose one of the answers offered."),
    ],
)
async def test_what_cannot_be_taken_is_told_at_its_field(
    staff: httpx2.AsyncClient, change: dict[str, str], field: str, told: str
) -> None:
    before = await Program.all().count()
    answer = await staff.post("/organize/new-program", data={**NEW, **change})
    assert answer.status_code == 422
    assert f'href="#f-{field}">{told}' in answer.text
    assert "Bring *friends*." in answer.text  # what was typed is kept
    assert await Program.all().count() == before


async def test_an_empty_form_field_is_no_answer(staff: httpx2.AsyncClient) -> None:
    blank = {"capacity": "", "goal_attendance": "", "fee": "", "resident_fee": "", "languages": []}
    assert (await staff.post("/organize/new-program", data={**NEW, **blank})).status_code == 303
    program = await Program.get(slug=SLUG)
    assert (program.capacity, program.goal_attendance, program.fee_cents) == (None, None, 0)
    rule = {**RULE, "how": "weekly", "ending": "until", "until": "2027-02-28", "count": "", "not_on": ""}
    assert (await staff.post(f"{HERE}/dates", data={**rule, "last_on": ""})).status_code == 303


async def test_texts_are_made_safe(staff: httpx2.AsyncClient) -> None:
    title, body = (
        "Kora evening: \u202emusic\u202c of Mali",
        "<script>alert(1)</script> [x](javascript:alert(1)) **bold**",
    )
    await staff.post("/organize/new-program", data={**NEW, "title": title, "description": body})
    program = await Program.get(slug=SLUG)
    assert program.title == NEW["title"]
    preview = (await staff.get(f"{HERE}/preview")).text
    assert "<script>alert" not in preview
    assert 'href="javascript' not in preview
    assert "<strong>bold</strong>" in preview


async def test_changing_keeps_the_address_and_refuses_whoever_was_slower(staff: httpx2.AsyncClient) -> None:
    await make(staff)
    form = {**NEW, "title": "Kora night", "venue": "museum", "revision": "1"}
    assert (await staff.post(f"{HERE}/edit", data=form)).headers["location"] == HERE
    program = await Program.get(slug=SLUG).select_related("venue")
    assert (program.title, program.venue.slug, program.revision) == ("Kora night", "museum", 2)
    slower = await staff.post(f"{HERE}/edit", data={**form, "title": "Too late"})
    assert slower.status_code == 409
    assert "Something changed in the meantime." in slower.text
    assert 'value="2"' not in slower.text  # the page does not overwrite by being sent again
    assert 'value="Kora night"' in (await staff.get(f"{HERE}/edit")).text


async def test_publication_waits_for_its_hour(staff: httpx2.AsyncClient, run_jobs: Any) -> None:
    program = await make(staff)
    zone = ZoneInfo("America/Denver")
    at = (now() + dt.timedelta(days=2)).replace(second=0, microsecond=0)
    wall, passed = (f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}" for moment in (at, at - dt.timedelta(days=3)))
    assert "change of the clocks" in (await state(staff, "published", publish_at="2027-03-14T02:30")).text
    assert "has passed" in (await state(staff, "published", publish_at=passed)).text
    answer = await state(staff, "published", publish_at=wall)
    assert "Public from" in (await staff.get(answer.headers["location"])).text
    assert (await Program.get(id=program.id)).state == "draft"
    job = await Job.get(kind="program.publish")
    assert job.payload == {"program": program.id, "at": at.isoformat()}
    assert await publish_due(program.id, at - dt.timedelta(hours=1)) is False  # an hour that was given up
    await Job.filter(id=job.id).update(run_at_ms=0)
    await run_jobs()
    assert (await Program.get(id=program.id)).state == "published"
    assert (await staff.get(f"/events/{SLUG}")).status_code == 200
    assert await publish_due(program.id, at) is False  # twice is the same as once
    assert await AuditEntry.filter(action="program.published", actor_kind="nobody").count() == 1


async def test_cancelling_needs_a_reason_tells_calendars_and_is_taken_back(staff: httpx2.AsyncClient) -> None:
    path = "/organize/programs/salsa-for-beginners"
    program = await Program.get(slug="salsa-for-beginners")
    series = await Series.get(program_id=program.id)
    assert "All its dates are shown as cancelled" in (await staff.get(f"{path}/state?to=cancelled")).text
    bare = await staff.post(f"{path}/state", data={"to": "cancelled", "revision": "1"})
    assert bare.status_code == 422
    assert "Say why, in a sentence" in bare.text
    form = {"to": "cancelled", "revision": "1", "reason": "The teacher moved away"}
    answer = await staff.post(f"{path}/state", data=form)
    page = (await staff.get(answer.headers["location"])).text
    entry = await AuditEntry.get(action="program.cancelled")
    assert f"/organize/undo/{entry.id}" in page
    assert (await Series.get(id=series.id)).sequence == series.sequence + 1
    with frozen_at(JANUARY):
        assert "Cancelled." in (await staff.get("/events/salsa-for-beginners")).text
    assert (await staff.post(f"{path}/state", data=form)).status_code == 409
    assert (await staff.post(f"/organize/undo/{entry.id}")).headers["location"] == path
    again = await Program.get(id=program.id)
    assert (again.state, again.reason, again.revision) == ("published", "", 3)
    late = await staff.post(f"/organize/undo/{entry.id}")
    assert late.status_code == 409
    assert "cannot be taken back any more" in late.text
    assert (await staff.post("/organize/undo/999999")).status_code == 404


async def test_undo_is_for_a_day(staff: httpx2.AsyncClient) -> None:
    await staff.post("/organize/programs/salsa-for-beginners/state", data={"to": "archived", "revision": "1"})
    entry = await AuditEntry.get(action="program.archived")
    with frozen_at(now() + dt.timedelta(hours=25)), pytest.raises(TooLateToUndo):
        await undo_change(entry.id, NOBODY)
    assert (await undo_change(entry.id, NOBODY)) == "/organize/programs/salsa-for-beginners"
    assert (await Program.get(slug="salsa-for-beginners")).state == "published"


async def test_no_way_leads_from_a_draft_to_cancelled(staff: httpx2.AsyncClient) -> None:
    await make(staff)
    assert (await state(staff, "cancelled", reason="Why")).status_code == 409
    assert (await staff.get(f"{HERE}/state?to=cancelled")).status_code == 404
    assert (await staff.get(f"{HERE}/state?to=gone")).status_code == 404


# ---------------------------------------------------------------- dates


async def test_a_rule_is_shown_before_it_is_saved(staff: httpx2.AsyncClient) -> None:
    program = await make(staff)
    shown = (await staff.post(f"{HERE}/dates", data={**RULE, "show": "yes"})).text
    assert "On the first Saturday of the month. 6 times. Not on March 6, 2027." in shown
    assert "Sat, Jan 2, 2027" in shown
    assert "Sat, Mar 6, 2027" not in shown
    assert await Occurrence.filter(program_id=program.id).count() == 0
    assert (await staff.post(f"{HERE}/dates", data=RULE)).status_code == 303
    dates = await Occurrence.filter(program_id=program.id).order_by("starts_at")
    assert [str(date.starts_on) for date in dates] == [
        "2027-01-02", "2027-02-06", "2027-04-03", "2027-05-01", "2027-06-05"
    ]  # fmt: skip
    assert {date.starts_at.hour for date in dates} == {2, 1}  # seven in the evening, before and after March 14
    assert await SeriesException.filter(series__program_id=program.id).count() == 1
    page = (await staff.get(HERE)).text
    assert "On the first Saturday of the month." in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"not_on": ["2027-03-07"]}, "is not a date that the rule gives"),
        ({"how": "daily", "every": "1", "count": "1098", "starts_on": "2027-01-01", "not_on": [""]}, ""),
        ({"how": "daily", "count": "1000000", "not_on": [""]}, "This is more than 1098."),
        ({"how": "weekly", "ending": "until", "until": "9999-12-31"}, "more than three years"),
        ({"ends": "18:00"}, "The end comes before the beginning."),
        ({"how": "once", "starts_on": "2027-03-14", "starts": "02:30"}, "change of the clocks"),
        ({"how": "daily", "starts": "02:30", "ends": "03:30", "count": "100", "not_on": [""]}, "change of the clocks"),
        ({"starts": "7 pm"}, "Write a time of day"),
    ],
)
async def test_rules_that_cannot_be(staff: httpx2.AsyncClient, change: dict[str, Any], told: str) -> None:
    program = await make(staff)
    answer = await staff.post(f"{HERE}/dates", data={**RULE, **change})
    assert answer.status_code == (422 if told else 303)
    assert told in answer.text
    assert await Occurrence.filter(program_id=program.id).count() == (0 if told else 1098)


async def test_from_a_date_on_the_series_splits(staff: httpx2.AsyncClient) -> None:
    program = await Program.get(slug="salsa-for-beginners")
    old = await Series.get(program_id=program.id)
    dates = await Occurrence.filter(series_id=old.id).order_by("starts_at")
    await staff.post(
        f"/organize/occurrences/{dates[5].id}",
        data={"starts": "2027-03-10T18:00", "ends": "2027-03-10T19:00", "state": "scheduled", "revision": "1"},
    )
    since = dates[3].original_local
    editor = (await staff.get(f"/organize/series/{old.id}?since={since}")).text
    assert 'value="2027-02-23"' in editor
    assert 'name="count" type="number" value="5"' in editor
    form = {
        "starts_on": "2027-02-23", "starts": "18:00", "ends": "19:30", "how": "weekly", "days": ["TU", "FR"],
        "ending": "until", "until": "2027-03-16", "since": since, "revision": str(old.revision),
        "reason": "The hall is taken",
    }  # fmt: skip
    shown = (await staff.post(f"/organize/series/{old.id}", data={**form, "show": "yes"})).text
    assert "7 dates · 4 stay · 1 falls away" in shown
    assert (await staff.post(f"/organize/series/{old.id}", data=form)).status_code == 303
    first = await Series.get(id=old.id)
    assert (first.uid, first.sequence) == (old.uid, old.sequence + 1)
    assert first.rrule.startswith("FREQ=WEEKLY;BYDAY=TU;UNTIL=20270217T")
    assert await Occurrence.filter(series_id=old.id).count() == 3
    second = await Series.get(program_id=program.id, rrule__contains="TU,FR")
    assert second.uid != old.uid
    now_there = {row.id: row for row in await Occurrence.filter(series_id=second.id)}
    assert {dates[n].id for n in (3, 4, 5, 6)} <= now_there.keys()  # the same rows, so the same tickets and links
    assert now_there[dates[3].id].original_local == "2027-02-23T18:00"
    assert now_there[dates[3].id].starts_at.isoformat() == "2027-02-24T01:00:00+00:00"
    moved = now_there[dates[5].id]  # moved alone: stays where it was put
    assert (moved.moved, moved.original_local, moved.starts_on) == (True, "2027-03-09T18:00", dt.date(2027, 3, 10))
    gone = await Occurrence.get(id=dates[7].id).select_related("series")
    assert (gone.state, gone.reason, gone.series.rrule) == ("cancelled", "The hall is taken", "")
    stale = await staff.post(f"/organize/series/{old.id}", data=form)
    assert stale.status_code == 409


async def test_a_drafts_rule_changes_in_place(staff: httpx2.AsyncClient) -> None:
    program = await make(staff)
    await staff.post(f"{HERE}/dates", data=RULE)
    series = await Series.get(program_id=program.id)
    form = {**RULE, "count": "4", "not_on": "", "starts": "18:00", "revision": "1"}
    assert (await staff.post(f"/organize/series/{series.id}", data=form)).status_code == 303
    after = await Series.get(program_id=program.id)
    assert (after.uid, after.starts_local, after.sequence) == (series.uid, "2027-01-02T18:00", 1)
    dates = await Occurrence.filter(program_id=program.id).order_by("starts_at")
    assert [date.original_local for date in dates] == [
        "2027-01-02T18:00", "2027-02-06T18:00", "2027-03-06T18:00", "2027-04-03T18:00"
    ]  # fmt: skip
    assert {date.sequence for date in dates} == {0}  # the series says it for all of them


async def test_a_date_and_all_that_follow_are_cancelled_and_taken_back(staff: httpx2.AsyncClient) -> None:
    program = await Program.get(slug="salsa-for-beginners")
    dates = await Occurrence.filter(program_id=program.id).order_by("starts_at")
    page = (await staff.get(f"/organize/occurrences/{dates[4].id}")).text
    assert "This date and the 3 that follow" in page
    path = f"/organize/occurrences/{dates[4].id}/following"
    assert (await staff.post(path, data={"state": "cancelled", "revision": "1"})).status_code == 422
    form = {"state": "cancelled", "reason": "Too few people", "revision": "1"}
    answer = await staff.post(path, data=form)
    assert answer.status_code == 303
    rows = await Occurrence.filter(program_id=program.id).order_by("starts_at")
    assert [row.state for row in rows] == ["scheduled"] * 4 + ["cancelled"] * 4
    assert [row.sequence for row in rows] == [0] * 4 + [1] * 4
    entry = await AuditEntry.get(action="dates.changed")
    assert (await staff.post(path, data=form)).status_code == 409
    assert (await staff.post(f"/organize/undo/{entry.id}")).status_code == 303
    assert await Occurrence.filter(program_id=program.id, state="cancelled").count() == 0


async def test_one_date_is_taken_back(staff: httpx2.AsyncClient) -> None:
    date = (await Occurrence.filter(program__slug="salsa-for-beginners").order_by("starts_at"))[0]
    form = {
        "starts": "2027-02-03T18:30", "ends": "2027-02-03T19:30", "state": "scheduled", "venue": "museum",
        "title": "First steps", "reason": "Painting", "revision": "1",
    }  # fmt: skip
    answer = await staff.post(f"/organize/occurrences/{date.id}", data=form)
    moved = await Occurrence.get(id=date.id).select_related("venue")
    assert moved.venue is not None
    assert (moved.venue.slug, moved.title, moved.moved) == ("museum", "First steps", True)
    number = answer.headers["location"].rpartition("=")[2]
    assert (await staff.post(f"/organize/undo/{number}")).status_code == 303
    back = await Occurrence.get(id=date.id)
    assert (back.starts_at, back.venue_id, back.title, back.moved) == (date.starts_at, None, "", False)
    assert back.sequence == 2  # calendars that had the change must take it back


async def test_a_copy_is_next_years_draft(staff: httpx2.AsyncClient) -> None:
    source = await Program.get(slug="salsa-for-beginners")
    await staff.post("/organize/programs/salsa-for-beginners/edit", data={})
    assert "Tue, Feb 1, 2028" in (await staff.get("/organize/programs/salsa-for-beginners/copy")).text
    answer = await staff.post("/organize/programs/salsa-for-beginners/copy", data={"title": source.title})
    assert answer.headers["location"] == "/organize/programs/salsa-for-beginners-2028"
    copy = await Program.get(slug="salsa-for-beginners-2028")
    assert (copy.state, copy.fee_cents, copy.revision) == ("draft", source.fee_cents, 1)
    dates = await Occurrence.filter(program_id=copy.id).order_by("starts_at")
    assert len(dates) == 8
    assert {date.starts_on.weekday() for date in dates} == {1}
    elsewhen = {"title": "Salsa in autumn", "begins_on": "2027-09-07"}
    await staff.post("/organize/programs/salsa-for-beginners/copy", data=elsewhen)
    first = await Occurrence.filter(program__slug="salsa-in-autumn").order_by("starts_at").first()
    assert first is not None
    assert first.starts_on == dt.date(2027, 9, 7)


async def test_a_program_of_many_dates_takes_as_many_queries_as_one_of_one(
    staff: httpx2.AsyncClient, count_queries: CountQueries
) -> None:
    await make(staff)
    counts: list[int] = []
    once = {**RULE, "how": "once", "not_on": ""}
    for form in (once, {**RULE, "how": "weekly", "count": "100", "not_on": ""}):
        await staff.post(f"{HERE}/dates", data=form)
        with count_queries() as queries:
            await staff.get(HERE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
