"""Reads: the rows of the sheet, in pieces, so that a long queue is never in memory as objects at once."""

from __future__ import annotations

from collections.abc import Sequence

from festival.kit.i18n import put
from festival.kit.web.access import Principal
from festival.settings import settings
from vendors.judging.queries import summarize
from vendors.lifecycle.rules import name_for_staff
from vendors.models import Answer, Application, ApplicationAddOn, Document, Question
from vendors.review.queries import asked_for
from vendors.review.rules import Filters

_PIECE = 500
_PEOPLE = ("Applicant", "E-mail")
_FIXED = ("Receipt", "Name", "Category", "State", "Received", "Language", "Description", "Score", "Scores")
_LAST = ("Extras", "Papers accepted", "Papers handed in")


async def export_queue(filters: Filters, who: Principal, *, with_people: bool) -> tuple[list[str], list[list[object]]]:
    """The columns and rows of the applications of `filters`; the applicants' addresses only `with_people`.

    Scores are those that count and that `who` may see, as in the queue.
    Questions of several categories that have one name share one column.
    """
    asked = await asked_for(filters, who)
    ids = [int(str(id_)) for id_ in await asked.order_by("submitted_at", "id").values_list("id", flat=True)]
    categories = set(await asked.distinct().values_list("category_id", flat=True))
    questions = await Question.filter(category_id__in=[0, *categories]).order_by("category_id", "position", "id")
    labels = list(dict.fromkeys(row.label for row in questions))
    columns = [*_FIXED, *(_PEOPLE if with_people else ()), *labels, *_LAST]
    rows: list[list[object]] = []
    for start in range(0, len(ids), _PIECE):
        rows += await _rows(ids[start : start + _PIECE], labels, who, with_people=with_people)
    return columns, rows


async def _rows(ids: Sequence[int], labels: Sequence[str], who: Principal, *, with_people: bool) -> list[list[object]]:
    found = Application.filter(id__in=ids).select_related("category", "applicant")
    answers = {
        (int(one), str(label)): str(value)
        for one, label, value in await Answer.filter(application_id__in=ids).values_list(
            "application_id", "question__label", "value"
        )
    }
    extras: dict[int, list[str]] = {}
    for row in await ApplicationAddOn.filter(application_id__in=ids).select_related("add_on").order_by("id"):
        extras.setdefault(row.application_id, []).append(f"{row.quantity} × {row.add_on.name}")
    papers: dict[tuple[int, bool], int] = {}
    for row in await Document.filter(application_id__in=ids, superseded_at=None):
        key = (row.application_id, row.state == "accepted")
        papers[key] = papers.get(key, 0) + 1
    scored = await summarize(ids, who)
    zone = settings().zone
    rows: dict[int, list[object]] = {}
    for one in await found:
        scores = scored.get(one.id)
        people: list[object] = [one.applicant.name, one.applicant.email] if with_people else []
        rows[one.id] = [
            one.receipt, one.name, one.category.name, put(name_for_staff(one.state)),
            one.submitted_at.astimezone(zone) if one.submitted_at else None, one.language, one.description,
            scores.mean if scores else None, scores.count if scores else 0, *people,
            *(answers.get((one.id, label), "") for label in labels), ", ".join(extras.get(one.id, [])),
            papers.get((one.id, True), 0), papers.get((one.id, False), 0),
        ]  # fmt: skip
    return [rows[id_] for id_ in ids if id_ in rows]
