"""What a returning applicant need not write or photograph again: the profile, answers, papers that are still good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from festival.kit.errors import NotFound
from festival.settings import settings
from vendors.applying.queries import File, get_file
from vendors.applying.rules import Asked, keep_asked, read_answer
from vendors.lifecycle.rules import State
from vendors.models import Answer, Application, Category, Document

_GOOD = ("uploaded", "accepted")
_TOOK_PART = (State.CONFIRMED, State.DOCS_READY, State.CHECKED_IN, State.COMPLETED)


def is_still_good(expires_on: dt.date | None, expires: str, last_day: dt.date, *, same_call: bool) -> bool:
    """Whether a paper handed in before is good until the festival's last day.

    One without a date of its own is good within the same call, and later only where its kind never ends.
    """
    if expires_on is not None:
        return expires_on >= last_day
    return same_call or expires == "none"


async def list_reusable(file: File) -> Mapping[int, Document]:
    """By kind, the newest paper of the same applicant that could be handed in here as well."""
    open_kinds = {paper.needed.kind.slug: paper for paper in file.papers if paper.is_missing or not paper.handed_in}
    if not open_kinds:
        return {}
    last_day = file.call.festival.ends_at.astimezone(settings().zone).date()
    earlier = Document.filter(
        application__applicant_id=file.application.applicant_id, superseded_at=None, state__in=_GOOD,
        kind__slug__in=list(open_kinds),
    ).exclude(application_id=file.application.id)  # fmt: skip
    found: dict[int, Document] = {}
    for document in await earlier.order_by("id").select_related("kind", "file"):
        there = bool(document.link) or (document.file is not None and document.file.removed_at is None)
        same = document.kind.call_id == file.call.id
        if there and is_still_good(document.expires_on, document.kind.expires, last_day, same_call=same):
            found[open_kinds[document.kind.slug].needed.kind_id] = document
    return found


async def get_reusable(file: File, kind_slug: str) -> Sequence[tuple[int, Document]]:
    """(kind, paper) of the one that is named, or of "all"; raises NotFound where there is none."""
    slugs = {paper.needed.kind_id: paper.needed.kind.slug for paper in file.papers}
    found = [(kind, paper) for kind, paper in (await list_reusable(file)).items() if kind_slug in {"all", slugs[kind]}]
    if not found:
        raise NotFound
    return found


async def find_profile(applicant_id: int) -> Application | None:
    """The newest application in which the applicant said who they are."""
    return await Application.filter(applicant_id=applicant_id).exclude(name="").order_by("-changed_at", "-id").first()


async def took_part_before(applicant_id: int, category: Category) -> bool:
    """Whether the applicant had a place at an earlier festival."""
    had = Application.filter(applicant_id=applicant_id, state__in=[str(state) for state in _TOOK_PART])
    return await had.exclude(category__call_id=category.call_id).exists()


async def copy_answers(application: Application) -> None:
    """Answer what was asked before in the same words of the call, as far as the answer still fits."""
    file = await get_file(application)
    others = Answer.filter(application__applicant_id=application.applicant_id).exclude(application_id=application.id)
    rows = await others.order_by("id").values_list("question__slug", "value")
    before = {str(slug): str(value) for slug, value in rows}
    fitting = {asked.slug: _fitting(asked, before.get(asked.slug, "")) for asked in file.questions}
    kept = keep_asked(file.questions, fitting)
    await Answer.bulk_create(
        Answer(application_id=application.id, question_id=asked.id, value=kept[asked.slug])
        for asked in file.questions
        if kept.get(asked.slug)
    )


def _fitting(asked: Asked, value: str) -> str:
    read = read_answer(asked, value)
    return read if isinstance(read, str) else ""
