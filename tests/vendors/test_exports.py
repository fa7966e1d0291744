"""The queue as a sheet: what is filtered is what comes, no cell is a formula, who took it is on record."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx2
from python_calamine import CalamineWorkbook

from festival.accounts.actions import ensure_person
from festival.accounts.models import Session
from festival.kit.clock import now
from festival.organisation.models import AuditEntry
from vendors.models import Answer, Question, Review
from vendors.review.forms import PaperForm

from .making import make_application, make_category


async def test_the_filtered_queue_with_answers_as_columns(client: httpx2.AsyncClient, sign_in: Any) -> None:
    category = await make_category(name="Food truck")
    menu = await Question.create(category=category, slug="menu", label="What do you cook?", position=1)
    one = await make_application(category, "selam@example.org", state="submitted", submitted_at=now())
    await Answer.create(application=one, question=menu, value="=HYPERLINK(1)")
    other = await make_application(category, state="declined", submitted_at=now())
    draft = await make_application(category, state="draft")
    await sign_in("reviewer")
    assert (await client.get("/organize/applications.csv")).status_code == 403
    await sign_in("organizer")
    await Session.all().update(confirmed_at=now())
    answer = await client.get("/organize/applications.csv?state=submitted")
    assert answer.headers["cache-control"] == "private, no-store"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Receipt"] for row in rows] == [one.receipt]
    assert rows[0]["What do you cook?"] == "'=HYPERLINK(1)"
    assert rows[0]["E-mail"] == "selam@example.org"
    book = CalamineWorkbook.from_filelike(
        io.BytesIO((await client.get("/organize/applications.xlsx")).content)
    ).get_sheet_by_index(0).to_python()  # fmt: skip
    assert {row[0] for row in book[1:]} == {one.receipt, other.receipt}
    assert draft.receipt not in str(book)
    kept = await AuditEntry.filter(action="applications.exported").order_by("id")
    assert [(entry.after or {})["rows"] for entry in kept] == [1, 2]


async def test_scores_are_those_that_count(client: httpx2.AsyncClient, sign_in: Any) -> None:
    """By criterion as well as old ones, never those of a juror with a conflict or with scores half given."""
    one = await make_application(await make_category(), state="under_review", submitted_at=now())
    for number, facts in enumerate((
        {"total": 450, "in_at": now()}, {"score": 3, "total": 300, "in_at": now()}, {"total": 100},
        {"score": 1, "total": 100, "in_at": now(), "conflict_of_interest": True},
    )):  # fmt: skip
        juror = await ensure_person(f"juror{number}@example.org", name="Juror")
        await Review.create(application=one, reviewer=juror, at=now(), **facts)
    await sign_in("organizer")
    await Session.all().update(confirmed_at=now())
    rows = list(csv.DictReader(io.StringIO((await client.get("/organize/applications.csv")).text.lstrip("\ufeff"))))
    assert [(row["Score"], row["Scores"]) for row in rows] == [("3.75", "2")]


async def test_it_asks_who_it_is_first(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("organizer")
    await Session.all().update(confirmed_at=None)
    assert (await client.get("/organize/applications.csv")).status_code in {303, 401, 403}
    assert await AuditEntry.filter(action="applications.exported").count() == 0


def test_a_paper_needs_no_number() -> None:
    assert PaperForm.model_validate({"document": 1, "verdict": "accept", "number": ""}).number == ""
