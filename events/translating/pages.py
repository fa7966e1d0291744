"""Staff pages: texts side by side, and what is still to do in a language."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.models import Program
from events.planning.queries import get_program
from events.translating.actions import save_subject_texts, save_texts
from events.translating.forms import LINES, SubjectForm, TextsForm
from events.translating.queries import count_standings, list_program_texts, list_texts_in
from events.translating.subjects import (
    Subject,
    count_subject_standings,
    get_subject,
    list_open,
    list_subject_texts,
)
from festival.kit.errors import Invalid, NotFound
from festival.kit.languages import LANGUAGES
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes

ORGANIZER = staff(Role.ORGANIZER)


def _language(request: Request, otherwise: str = "es") -> str:
    code = request.query_params.get("language", otherwise)
    if code not in LANGUAGES:
        raise NotFound
    return code


async def get_texts(request: Request) -> Response:
    """One program's texts beside their translations."""
    program = await get_program(request.path_params["slug"])
    return await _show(request, program, FormState())


async def _show(request: Request, program: Program, form: FormState, status: int = 200) -> Response:
    code = _language(request, "en" if program.language != "en" else "es")
    if code == program.language:
        raise NotFound
    return render(
        request, "events/organize/texts.html", status, program=program, form=form, into=LANGUAGES[code], lines=LINES,
        texts=await list_program_texts(program, code), standings=await count_standings(program),
    )  # fmt: skip


async def post_texts(request: Request) -> Response:
    """Keep the texts, and show them again."""
    program = await get_program(request.path_params["slug"])
    code = _language(request, "")
    try:
        await save_texts(program.slug, code, await read_form(request, TextsForm), principal_of(request))
    except Invalid as refusal:
        return await _show(request, program, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/programs/{program.slug}/texts?language={code}")


async def get_subject_texts(request: Request) -> Response:
    """The texts of a festival, an act, a place or a picture beside their translations."""
    subject = await get_subject(request.path_params["kind"], request.path_params["id"])
    return await _show_subject(request, subject, FormState())


async def _show_subject(request: Request, subject: Subject, form: FormState, status: int = 200) -> Response:
    code = _language(request, "en" if subject.language != "en" else "es")
    if code == subject.language:
        raise NotFound
    return render(
        request, "events/organize/subject_texts.html", status, subject=subject, form=form, into=LANGUAGES[code],
        texts=await list_subject_texts(subject, code), standings=await count_subject_standings(subject),
    )  # fmt: skip


async def post_subject_texts(request: Request) -> Response:
    """Keep them, and show them again."""
    subject = await get_subject(request.path_params["kind"], request.path_params["id"])
    code = _language(request, "")
    try:
        form = await read_form(request, SubjectForm)
        await save_subject_texts(subject, code, form.texts(), form.state, principal_of(request))
    except Invalid as refusal:
        return await _show_subject(request, subject, refused_form(request, refusal), 422)
    return go_to(request, f"{subject.path}?language={code}")


async def get_overview(request: Request) -> Response:
    """Every program, and what is missing, stale or a draft in one language."""
    code = _language(request)
    return render(
        request, "events/organize/languages.html", into=LANGUAGES[code], rows=await list_texts_in(code),
        others=await list_open(code),
    )  # fmt: skip


routes: Routes = [
    Door("/organize/programs/{slug}/texts", ORGANIZER, get=get_texts, post=post_texts),
    Door("/organize/texts", ORGANIZER, get=get_overview),
    Door("/organize/texts/{kind}/{id:int}", ORGANIZER, get=get_subject_texts, post=post_subject_texts),
]
