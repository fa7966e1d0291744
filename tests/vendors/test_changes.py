"""Changes field by field: asked with notes, made on a page of just those, compared, accepted or asked again."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from festival.accounts.models import Person
from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from festival.organisation.models import AuditEntry
from vendors.applying.actions import save_about, save_answers
from vendors.applying.rules import Asked
from vendors.changes.actions import ask_for_changes, end_request, return_changes
from vendors.changes.jobs import remind
from vendors.changes.rules import end_of, first_due_day, is_done, open_followers, reminder_now
from vendors.lifecycle.rules import WrongStep
from vendors.models import (
    Answer,
    Application,
    CategoryDocument,
    ChangeItem,
    ChangeRequest,
    Document,
    DocumentKind,
    Question,
)

from .making import make_application, make_category
from .test_applying import photo

DAY = dt.timedelta(days=1)
T0 = dt.datetime(2027, 3, 1, 15, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Sent:
    """A sent application with two answers, a question that hangs on one of them, and a paper."""

    application: Application
    kind: DocumentKind
    paper: Document


async def make_sent(email: str = "", **facts: Any) -> Sent:
    category = await make_category()
    menu = await Question.create(category=category, slug="menu", label="What do you cook?", position=1)
    grease = await Question.create(category=category, slug="grease", label="Do you fry?", kind="yes_no", position=2)
    await Question.create(
        category=category, slug="hood", label="Which hood do you use?", position=3,
        shown_if={"question": "grease", "is": "yes"},
    )  # fmt: skip
    kind = await DocumentKind.create(call_id=category.call_id, slug="licence", name="Food license")
    await CategoryDocument.create(category=category, kind=kind, required=True)
    application = await make_application(category, email, state="submitted", **facts)
    await Answer.create(application=application, question=menu, value="Food")
    await Answer.create(application=application, question=grease, value="no")
    paper = await Document.create(application=application, kind=kind, link="https://a.example/1", uploaded_at=now())
    return Sent(application, kind, paper)


def asking(**notes: str) -> dict[str, str]:
    """The posted form of the team."""
    due = {"due_on": (now() + 5 * DAY).date().isoformat()}
    return due | {f"note.{part.replace('__', '.')}": note for part, note in notes.items()}


async def ask_three(client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any, sent: Sent) -> None:
    """The reviewer asks about two answers and a paper; one letter names them."""
    office = f"/organize/applications/{sent.application.receipt}/changes"
    await sign_in("reviewer")
    assert "Food license" in (await client.get(office)).text
    wanted = asking(answer__menu="Say what is in it & for whom", answer__grease="Really?", paper__licence="Too dark")
    wanted |= {"listed.answer.menu": "answers"}
    assert (await client.post(office, data=wanted)).status_code == 303
    await run_jobs()
    (letter,) = await MailMessage.filter(kind="vendors.changes")
    for words in ("What do you cook?", "Say what is in it & for whom", "Faltan algunas respuestas", "Too dark"):
        assert words in letter.text
    assert letter.recipient == "applicant@example.org"
    assert f"/es/applications/{sent.application.receipt}/changes" in letter.text
    assert (await Document.get(id=sent.paper.id)).state == "sent_back"


async def look_around(client: httpx2.AsyncClient, application: Application) -> None:
    """The page shows exactly what was asked for; nothing else opens, and nothing undone goes back."""
    own = f"/applications/{application.receipt}/changes"
    page = (await client.get(own)).text
    assert "0 of 3 done" in page
    assert "Say what is in it &amp; for whom" in page
    assert application.name in page  # locked, and visible
    assert 'name="about.name"' not in page
    for step in ("about", "questions", "add-ons", "review"):
        gone = await client.get(f"/applications/{application.receipt}/{step}")
        assert gone.headers["location"] == own
        assert (await client.post(f"/applications/{application.receipt}/{step}", data={"name": "X"})).status_code == 303
    assert (await Application.get(id=application.id)).name == application.name
    assert (await client.post(own, data={"part": "about.name", "about.name": "Another"})).status_code == 409
    assert (await client.post(f"{own}/send")).status_code == 409


async def change_three(client: httpx2.AsyncClient, own: str) -> None:
    """Each part is saved by itself; a changed answer opens the question that hangs on it."""
    empty = await client.post(own, data={"part": "answer.menu", "answer.menu": " "})
    assert empty.status_code == 422
    assert (await client.post(own, data={"part": "answer.menu", "answer.menu": "Injera & lentils"})).status_code == 303
    assert "1 of 3 done" in (await client.get(own)).text
    await client.post(own, data={"part": "answer.grease", "answer.grease": "yes"})
    assert "Which hood do you use?" in (await client.get(own)).text
    bad = await client.post(own, data={"part": "paper.licence"}, files={"paper.licence": ("a.jpg", b"<html>", "x/y")})
    assert bad.status_code == 422
    assert "This is not a picture or a PDF" in bad.text
    files = {"paper.licence": ("licence.jpg", photo(), "image/jpeg")}
    assert (await client.post(own, data={"part": "paper.licence"}, files=files)).status_code == 303
    assert "3 of 3 done" in (await client.get(own)).text
    assert (await client.post(f"{own}/send")).status_code == 409
    await client.post(own, data={"part": "answer.hood", "answer.hood": "Type I"})
    assert (await client.post(f"{own}/send")).status_code == 303


async def test_the_whole_round_trip(client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any) -> None:
    sent = await make_sent("applicant@example.org", language="es")
    receipt = sent.application.receipt
    office, own = f"/organize/applications/{receipt}/changes", f"/applications/{receipt}/changes"
    await ask_three(client, sign_in, run_jobs, sent)
    await sign_in("", "applicant@example.org")
    await look_around(client, sent.application)
    await change_three(client, own)
    assert (await Application.get(id=sent.application.id)).state == "under_review"
    await run_jobs()
    assert await MailMessage.filter(kind="vendors.changes_back", recipient="reviewer@example.org").count() == 1

    await sign_in("reviewer")
    assert "Injera &amp; lentils" in (await client.get(office)).text
    menu, grease, licence = await ChangeItem.all().order_by("id")
    assert (menu.before, menu.after, menu.state) == ("Food", "Injera & lentils", "returned")
    assert licence.document_after_id != licence.document_before_id == sent.paper.id
    due = asking()
    assert (await client.post(f"{office}/judge", data=due | {f"verdict.{grease.id}": "again"})).status_code == 422
    said = {f"verdict.{menu.id}": "accept", f"verdict.{licence.id}": "accept", f"verdict.{grease.id}": "again"}
    assert (await client.post(f"{office}/judge", data=due | said | {f"note.{grease.id}": "Sure?"})).status_code == 303
    assert (await Document.get(id=licence.document_after_id)).state == "accepted"
    assert (await Application.get(id=sent.application.id)).state == "changes_requested"
    await run_jobs()
    letters = await MailMessage.filter(kind="vendors.changes").order_by("id")
    assert len(letters) == 2
    assert "What do you cook?" not in letters[1].text

    await sign_in("", "applicant@example.org")
    await client.post(own, data={"part": "answer.grease", "answer.grease": "yes", "reply.answer.grease": "Yes, sure"})
    assert (await client.post(f"{own}/send")).status_code == 303
    await sign_in("reviewer")
    again = await ChangeItem.get(part="answer.grease", state="returned")
    assert "Yes, sure" in (await client.get(office)).text
    assert (await client.post(f"{office}/judge", data=due | {f"verdict.{again.id}": "accept"})).status_code == 303
    assert (await Application.get(id=sent.application.id)).state == "under_review"
    done = {row.action for row in await AuditEntry.filter(action__startswith="changes.")}
    assert done == {"changes.asked", "changes.returned", "changes.judged"}


async def test_nothing_is_asked_without_a_note_or_too_late(client: httpx2.AsyncClient, sign_in: Any) -> None:
    sent = await make_sent()
    office = f"/organize/applications/{sent.application.receipt}/changes"
    await sign_in("reviewer")
    assert (await client.post(office, data=asking())).status_code == 409
    late = await client.post(office, data=asking(about__name="Whose?") | {"due_on": (now() - DAY).date().isoformat()})
    assert late.status_code == 422
    assert "Whose?</textarea>" in late.text  # what was typed is kept
    assert (await client.post(office, data=asking(answer__menu="x" * 201))).status_code == 422
    assert await ChangeRequest.all().count() == 0
    await Application.filter(id=sent.application.id).update(state="declined")
    assert (await client.post(office, data=asking(about__name="Whose?"))).status_code == 409


async def test_strangers_find_nothing(client: httpx2.AsyncClient, sign_in: Any) -> None:
    sent = await make_sent("somebody@example.org")
    await ask_for_changes(sent.application, {"about.name": "Whose?"}, "", now() + DAY, NOBODY)
    await sign_in("", "stranger@example.org")
    own = f"/applications/{sent.application.receipt}"
    for path in ("/changes", "/about"):
        assert (await client.get(f"{own}{path}")).status_code == 404
    assert (await client.post(f"{own}/changes", data={"part": "about.name", "about.name": "X"})).status_code == 404
    assert (await client.post(f"{own}/changes/send")).status_code == 404
    assert (await client.get(f"/organize{own}/changes")).status_code == 403


async def test_taken_back_and_given_longer(client: httpx2.AsyncClient, sign_in: Any, run_jobs: Any) -> None:
    sent = await make_sent("applicant@example.org")
    office = f"/organize/applications/{sent.application.receipt}/changes"
    await sign_in("organizer")
    await client.post(office, data=asking(about__name="Whose?"))
    longer = (now() + 20 * DAY).date()
    assert (await client.post(f"{office}/due", data={"due_on": longer.isoformat()})).status_code == 303
    request = await ChangeRequest.get()
    assert request.due_at.date() in {longer, longer + DAY}
    assert (await client.post(f"{office}/end")).status_code == 303
    assert (await Application.get(id=sent.application.id)).state == "under_review"
    assert [row.state for row in await ChangeItem.all()] == ["dropped"]
    await run_jobs()
    assert await MailMessage.filter(kind="vendors.changes").count() == 0  # over before the letter left


async def test_saving_whole_steps_is_refused_behind_the_page(database: Any) -> None:
    sent = await make_sent()
    await ask_for_changes(sent.application, {"answer.menu": "What?"}, "", now() + DAY, NOBODY)
    application = await Application.get(id=sent.application.id)
    with pytest.raises(WrongStep):
        await save_about(application, "X", "", "")
    with pytest.raises(WrongStep):
        await save_answers(application, {})


async def test_sent_back_and_taken_back_at_once(database: Any) -> None:
    sent = await make_sent()
    await ask_for_changes(sent.application, {"about.name": "Whose?"}, "", now() + DAY, NOBODY)
    application = await Application.get(id=sent.application.id)
    await Application.filter(id=application.id).update(name="Ours")
    outcomes = await asyncio.gather(
        return_changes(application, NOBODY), end_request(application, NOBODY), return_changes(application, NOBODY),
        return_exceptions=True,
    )  # fmt: skip
    assert sum(isinstance(one, WrongStep) for one in outcomes) == 2
    request = await ChangeRequest.get()
    assert (request.returned_at is None) != (request.ended_at is None)


async def test_reminded_once_each_in_their_language(database: Any, run_jobs: Any) -> None:
    with frozen_at(T0):
        sent = await make_sent("applicant@example.org", language="es")
        await Person.filter(email="applicant@example.org").update(language="es")
        await ask_for_changes(sent.application, {"about.name": "Whose?"}, "", T0 + 7 * DAY, NOBODY)
        await run_jobs()
    for moment, letters in (
        (T0 + 3 * DAY, 1),
        (T0 + 4 * DAY, 2),
        (T0 + 5 * DAY, 2),
        (T0 + 6 * DAY, 3),
        (T0 + 8 * DAY, 4),
    ):
        with frozen_at(moment):
            await remind({})
            await remind({})
        assert await MailMessage.filter(kind="vendors.changes").count() == letters
    await Application.filter(id=sent.application.id).update(state="withdrawn")
    await ChangeRequest.all().update(reminded=None)
    with frozen_at(T0 + 8 * DAY):
        await remind({})
    assert await MailMessage.filter(kind="vendors.changes").count() == 4


def test_when_a_reminder_is_due() -> None:
    due = T0 + 7 * DAY
    assert reminder_now(T0, due, None, T0 + 3 * DAY) is None
    assert reminder_now(T0, due, None, T0 + 4 * DAY) == 3
    assert reminder_now(T0, due, 3, T0 + 5 * DAY) is None
    assert reminder_now(T0, due, None, T0 + 6 * DAY) == 1  # the one of three days before was missed
    assert reminder_now(T0, due, 1, due) == 0
    assert reminder_now(T0, due, 0, due + DAY) is None
    assert reminder_now(T0, due, None, due + 8 * DAY) is None
    assert reminder_now(T0, T0 + 2 * DAY, None, T0 + dt.timedelta(hours=1)) is None  # asked a moment ago


def test_what_counts_as_done_and_what_opens() -> None:
    assert not is_done("a", "a", replied=False, replaced=False)
    assert is_done("a", "b", replied=False, replaced=False)
    assert is_done("a", "a", replied=True, replaced=False)
    questions = [
        Asked(1, "a", "", "", "yes_no", True, [], None, {}),
        Asked(2, "b", "", "", "yes_no", True, [], None, {"question": "a", "is": "yes"}),
        Asked(3, "c", "", "", "text", True, [], None, {"question": "b", "is": "yes"}),
    ]
    answers = {"a": "yes", "b": "yes"}
    assert [one.slug for one in open_followers(questions, answers, ["answer.a"])] == ["b", "c"]
    assert open_followers(questions, {"a": "no", "b": "yes"}, ["answer.a"]) == []
    assert open_followers(questions, answers, ["about.name"]) == []


def test_the_last_day_ends_with_the_citys_day() -> None:
    import zoneinfo

    denver = zoneinfo.ZoneInfo("America/Denver")
    # The night of 14 March 2027 the clocks go forward: 23:59 is 05:59 UTC afterwards, 06:59 before.
    assert end_of(dt.date(2027, 3, 13), denver) == dt.datetime(2027, 3, 14, 6, 59, tzinfo=dt.UTC)
    assert end_of(dt.date(2027, 3, 14), denver) == dt.datetime(2027, 3, 15, 5, 59, tzinfo=dt.UTC)
    today = dt.date(2027, 4, 1)
    assert first_due_day(today, None) == today + 7 * DAY
    assert first_due_day(today, today + 3 * DAY) == today + 3 * DAY
    assert first_due_day(today, today - DAY) == today + 7 * DAY
