"""The survey set up and read by the team, and answered by a private link."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid, NotFound
from festival.kit.languages import LANGUAGES
from festival.kit.web.access import Role, holder, principal_of, staff
from festival.kit.web.downloads import download_sheet
from festival.kit.web.forms import FormState, form_values, read_form, refused_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import Message
from festival.organisation.queries import list_texts
from festival.settings import settings
from vendors.models import VendorSurvey, VendorSurveyLink, VendorSurveyQuestion
from vendors.survey.actions import (
    answer_survey,
    make_survey,
    put_question_away,
    save_question,
    save_survey,
    send_now,
)
from vendors.survey.forms import QuestionForm, SurveyForm, read_texts
from vendors.survey.queries import (
    TEXTS,
    export_replies,
    find_survey,
    get_call,
    get_link,
    get_question,
    get_results,
    get_survey,
    list_questions,
)
from vendors.survey.rules import KINDS, STARS, read_answers, require_open

_TEAM = staff(Role.ORGANIZER)
_HERE = "/organize/festivals/{slug}/vendor-survey"
_PER_MINUTE = 20


async def get_survey_page(request: Request) -> Response:
    """The survey: its words and days, its questions, what was said."""
    return await _show(request)


async def _show(
    request: Request, wrong: str = "", form: FormState | None = None, status: int = 200, refusal: Message | None = None
) -> Response:
    call = await get_call(request.path_params["slug"])
    survey = await find_survey(call)
    rows = VendorSurveyQuestion.filter(survey_id=survey.id if survey else 0, removed_at=None)
    questions = await rows.order_by("position", "id")
    return render(
        request, "vendors/survey/setup.html", status, call=call, festival=call.festival, survey=survey,
        questions=questions, texts=await list_survey_texts(questions), other_languages=_others(), kinds=KINDS,
        results=await get_results(survey) if survey and survey.sent_at else None, over=call.festival.ends_at <= now(),
        forms={wrong: form} if form else {}, plain=FormState(), wrong=wrong, refusal=refusal,
        here=f"/organize/festivals/{call.festival.slug}/vendor-survey",
    )  # fmt: skip


def _others() -> list[Any]:
    return [language for code, language in LANGUAGES.items() if code != "en"]


async def list_survey_texts(questions: list[VendorSurveyQuestion]) -> dict[tuple[int, str, str], str]:
    """What was written of questions in other languages, by (question, field, language)."""
    found: dict[tuple[int, str, str], str] = {}
    for language in LANGUAGES:
        for (number, field), text in (await list_texts(TEXTS, [one.id for one in questions], language)).items():
            found[number, field, language] = str(text)
    return found


def _back(request: Request, anchor: str = "") -> Response:
    return go_to(request, f"/organize/festivals/{request.path_params['slug']}/vendor-survey{anchor}")


async def post_survey(request: Request) -> Response:
    """Make the survey, or change its words and days."""
    call = await get_call(request.path_params["slug"])
    survey = await find_survey(call)
    if survey is None:
        await make_survey(call, principal_of(request))
        return _back(request)
    try:
        form = await read_form(request, SurveyForm)
        await save_survey(survey, form.facts(), principal_of(request))
    except Invalid as refusal:
        return await _show(request, "survey", refused_form(request, refusal), 422)
    return _back(request)


async def _own(request: Request) -> VendorSurvey:
    return await get_survey(await get_call(request.path_params["slug"]))


async def post_question(request: Request) -> Response:
    """Add a question."""
    return await _save(request, None)


async def post_changed_question(request: Request) -> Response:
    """Change one."""
    return await _save(request, await get_question(await _own(request), request.path_params["id"]))


async def _save(request: Request, question: VendorSurveyQuestion | None) -> Response:
    survey = await _own(request)
    try:
        form = await read_form(request, QuestionForm)
        facts = form.facts()
        texts = read_texts(form_values(await request.form()), len(facts["options"]))
        await save_question(survey, question, facts, texts, principal_of(request))
    except Invalid as refusal:
        return await _show(request, str(question.id) if question else "new", refused_form(request, refusal), 422)
    except Conflict as refusal:
        return await _show(request, status=refusal.status, refusal=refusal.words)
    return _back(request, "#questions")


async def post_away(request: Request) -> Response:
    """Put a question away."""
    survey = await _own(request)
    await put_question_away(survey, await get_question(survey, request.path_params["id"]), principal_of(request))
    return _back(request, "#questions")


async def post_send(request: Request) -> Response:
    """Send the links now."""
    call = await get_call(request.path_params["slug"])
    try:
        await send_now(call, await get_survey(call), principal_of(request))
    except Conflict as refusal:
        return await _show(request, status=refusal.status, refusal=refusal.words)
    return _back(request)


async def get_export(request: Request) -> Response:
    """All replies as a table."""
    form = request.path_params["form"]
    if form not in {"csv", "xlsx"}:
        raise NotFound
    columns, rows = await export_replies(await _own(request))
    return await download_sheet(form, "vendor-survey", columns, rows)


# ---------------------------------------------------------------- by the private link


async def _link(request: Request) -> VendorSurveyLink:
    limit(request, "vendor-survey", _PER_MINUTE)
    link = await get_link(request.path_params["secret"])
    require_open(link.survey.closes_on, now().astimezone(settings().zone).date())
    return link


async def get_answers(request: Request) -> Response:
    """The questions, or thanks where they were answered."""
    return await _ask(request, await _link(request), FormState())


async def _ask(request: Request, link: VendorSurveyLink, form: FormState, status: int = 200) -> Response:
    response = render(
        request, "vendors/survey/questions.html", status, link=link, survey=link.survey,
        festival=link.survey.call.festival, questions=await list_questions(link.survey), form=form, stars=STARS,
        here=f"/vendor-survey/{request.path_params['secret']}",
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def post_answers(request: Request) -> Response:
    """Keep the answers, once."""
    link = await _link(request)
    values = form_values(await request.form())
    try:
        answers = read_answers(await list_questions(link.survey), values)
        await answer_survey(link, answers, anonymous=values.get("anonymous") == "yes")
    except Invalid as refusal:
        return await _ask(request, link, FormState(values, refusal.errors), 422)
    return go_to(request, f"/vendor-survey/{request.path_params['secret']}")


routes: Routes = [
    Door(_HERE, _TEAM, get=get_survey_page, post=post_survey),
    Door(_HERE + "/questions", _TEAM, post=post_question),
    Door(_HERE + "/questions/{id:int}", _TEAM, post=post_changed_question),
    Door(_HERE + "/questions/{id:int}/remove", _TEAM, post=post_away),
    Door(_HERE + "/send", _TEAM, post=post_send),
    Door(_HERE + "/replies.{form}", _TEAM, get=get_export),
    Door("/vendor-survey/{secret}", holder("the survey's link"), get=get_answers, post=post_answers),
]
