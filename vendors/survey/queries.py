"""Reads: a survey as it is asked in a language, a link, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from festival.kit.errors import NotFound
from festival.kit.i18n import current_language, gettext, put
from festival.kit.secrets import derive, digest
from festival.organisation.queries import list_texts
from festival.settings import settings
from vendors.lifecycle.rules import State
from vendors.models import (
    Application,
    Call,
    VendorSurvey,
    VendorSurveyAnswer,
    VendorSurveyLink,
    VendorSurveyQuestion,
    VendorSurveyReply,
)
from vendors.survey.rules import Asked, Bar, average, tally, words_of

TEXTS = "vendor_survey_question"
TOOK_PART = [State.CHECKED_IN, State.COMPLETED]


async def get_call(slug: str) -> Call:
    """A festival's call with the festival; raises NotFound."""
    call = await Call.get_or_none(festival__slug=slug).select_related("festival")
    if call is None:
        raise NotFound
    return call


async def find_survey(call: Call) -> VendorSurvey | None:
    """The call's survey, once it was made."""
    return await VendorSurvey.get_or_none(call_id=call.id)


async def get_survey(call: Call) -> VendorSurvey:
    """The same; raises NotFound."""
    survey = await find_survey(call)
    if survey is None:
        raise NotFound
    return survey


async def get_question(survey: VendorSurvey, number: int) -> VendorSurveyQuestion:
    """A question of a survey that is still asked; raises NotFound."""
    question = await VendorSurveyQuestion.get_or_none(id=number, survey_id=survey.id, removed_at=None)
    if question is None:
        raise NotFound
    return question


async def list_questions(survey: VendorSurvey, *, language: str = "", also_removed: bool = False) -> list[Asked]:
    """The questions in order, in `language` or the reader's; a sentence of ours is in every language."""
    rows = VendorSurveyQuestion.filter(survey_id=survey.id)
    if not also_removed:
        rows = rows.filter(removed_at=None)
    questions = await rows.order_by("position", "id")
    texts = await list_texts(TEXTS, [row.id for row in questions], language or current_language())
    found: list[Asked] = []
    for row in questions:
        options = str(texts.get((row.id, "options"), "")).splitlines()
        found.append(
            Asked(
                row.id, row.kind, texts.get((row.id, "label")) or gettext(row.label),
                options if len(options) == len(row.options) else row.options, row.required,
            )
        )  # fmt: skip
    return found


def survey_secret(application_id: int) -> str:
    """The secret of an application's link; it can be made again, so that nothing secret is kept."""
    return derive(settings().secret_key, "vendor-survey", application_id)


async def get_link(secret: str) -> VendorSurveyLink:
    """A link with its survey and application; raises NotFound."""
    link = await VendorSurveyLink.get_or_none(secret_digest=digest(secret)).select_related(
        "survey__call__festival", "application"
    )
    if link is None:
        raise NotFound
    return link


async def list_unasked(survey: VendorSurvey) -> list[Application]:
    """Those who took part and have no link yet."""
    asked = await VendorSurveyLink.filter(survey_id=survey.id).values_list("application_id", flat=True)
    there = Application.filter(category__call_id=survey.call_id, state__in=TOOK_PART)
    return await there.exclude(id__in=[0, *(int(str(number)) for number in asked)]).order_by("id")


@dataclass(frozen=True)
class Result:
    """What was said to one question: bars, the mean of stars, and texts with the name of those who gave theirs."""

    question: Asked
    answers: int
    bars: Sequence[Bar]
    mean: float | None
    words: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Results:
    """What was said to all of a survey; `asked` had a link, `answered` used it."""

    asked: int
    answered: int
    anonymous: int
    questions: Sequence[Result]


async def get_results(survey: VendorSurvey) -> Results:
    """Counts and texts, in the order of the questions and no order of the answers."""
    replies = await VendorSurveyReply.filter(survey_id=survey.id)
    names = await _names(replies)
    given: dict[int, list[VendorSurveyAnswer]] = {}
    for answer in await VendorSurveyAnswer.filter(reply__survey_id=survey.id).order_by("id"):
        given.setdefault(answer.question_id, []).append(answer)
    results: list[Result] = []
    for one in await list_questions(survey, also_removed=True):
        values = [row.value for row in given.get(one.id, [])]
        words = [(row.value, names.get(str(row.reply_id), "")) for row in given.get(one.id, [])]
        results.append(
            Result(
                one, len(values), tally(one, values), average(values) if one.kind == "stars" else None,
                words if one.kind == "text" else [],
            )
        )  # fmt: skip
    asked = await VendorSurveyLink.filter(survey_id=survey.id).count()
    return Results(asked, len(replies), sum(row.application_id is None for row in replies), results)


async def _names(replies: Sequence[VendorSurveyReply]) -> Mapping[str, str]:
    applications = {
        row.id: row.name or row.receipt
        for row in await Application.filter(id__in=[reply.application_id or 0 for reply in replies])
    }
    return {str(reply.id): applications.get(reply.application_id or 0, "") for reply in replies}


async def export_replies(survey: VendorSurvey) -> tuple[list[str], list[list[object]]]:
    """A table of all replies: columns and rows, without a name where none was given."""
    questions = await list_questions(survey, also_removed=True)
    replies = await VendorSurveyReply.filter(survey_id=survey.id).order_by("id")
    names = await _names(replies)
    given: dict[tuple[str, int], str] = {}
    for answer in await VendorSurveyAnswer.filter(reply__survey_id=survey.id):
        given[str(answer.reply_id), answer.question_id] = answer.value
    rows: list[list[object]] = []
    for reply in replies:
        row: list[object] = [names.get(str(reply.id), ""), reply.language]
        for one in questions:
            value = given.get((str(reply.id), one.id), "")
            row.append(int(value) if one.kind == "stars" and value else put(words_of(one, value)) if value else "")
        rows.append(row)
    return [gettext("Name"), gettext("Language"), *(one.label for one in questions)], rows
