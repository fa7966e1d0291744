"""Reads: the papers that applications have to bring, those that hang on an answer only where it was given."""

from __future__ import annotations

from collections.abc import Collection

from vendors.documents.rules import is_for
from vendors.models import Answer, Application, CategoryDocument


async def list_needed(
    applications: Collection[Application], *, required: bool = False, kinds: Collection[int] | None = None
) -> dict[int, list[CategoryDocument]]:
    """What is asked for of each application, with its kind, in order; of `kinds` alone where these are given.

    Two queries, however many applications there are.
    """
    wanted = CategoryDocument.filter(category_id__in={one.category_id for one in applications})
    if required:
        wanted = wanted.filter(required=True)
    if kinds is not None:
        wanted = wanted.filter(kind_id__in=list(kinds))
    rows = await wanted.select_related("kind").order_by("position", "id")
    answers = await _list_answers(applications, {row.shown_if["question"] for row in rows if row.shown_if})
    return {
        one.id: [
            row for row in rows
            if row.category_id == one.category_id and is_for(row.shown_if, answers.get(one.id, {}))
        ]
        for one in applications
    }  # fmt: skip


async def _list_answers(applications: Collection[Application], slugs: Collection[str]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    if slugs:
        rows = Answer.filter(application_id__in=[one.id for one in applications], question__slug__in=list(slugs))
        for owner, slug, value in await rows.values_list("application_id", "question__slug", "value"):
            found.setdefault(int(owner), {})[str(slug)] = str(value)
    return found
