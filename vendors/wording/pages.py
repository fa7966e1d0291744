"""Staff page: what a call says, beside its translation into one language."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Invalid, NotFound
from festival.kit.languages import DEFAULT, LANGUAGES
from festival.kit.text import clean_paragraphs
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, form_values, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, Message, say
from vendors.calls.queries import get_call_of
from vendors.wording.actions import save_call_texts
from vendors.wording.queries import list_call_texts

_LONGEST = 2000


def _language(request: Request) -> str:
    code = request.query_params.get("language", "es")
    if code not in LANGUAGES or code == DEFAULT:
        raise NotFound
    return code


async def get_words(request: Request) -> Response:
    """Every text beside its translation into one language, and how much is open in the others."""
    return await _show(request, FormState())


async def _show(request: Request, form: FormState, status: int = 200) -> Response:
    call, code = await get_call_of(request.path_params["slug"]), _language(request)
    texts = await list_call_texts(call, [other for other in LANGUAGES if other != DEFAULT])
    return render(
        request, "vendors/wording/words.html", status, festival=call.festival, into=LANGUAGES[code],
        parts=texts[code], standing={other: sum(part.open for part in parts) for other, parts in texts.items()},
        longest=_LONGEST, form=form, saved=request.query_params.get("done") == "saved",
    )  # fmt: skip


async def post_words(request: Request) -> Response:
    """Keep them; what cannot be kept is said at its field, and then nothing is kept."""
    call, code = await get_call_of(request.path_params["slug"]), _language(request)
    request.state.form_values = form_values(await request.form())
    try:
        given = _read(request.state.form_values)
    except Invalid as refusal:
        return await _show(request, refused_form(request, refusal), 422)
    await save_call_texts(call, code, given, principal_of(request))
    return go_to(request, f"/organize/calls/{call.festival.slug}/words?language={code}&done=saved")


def _read(values: dict[str, object]) -> dict[str, str]:
    given: dict[str, str] = {}
    wrong: dict[str, Message] = {}
    for name, value in values.items():
        try:
            given[name] = clean_paragraphs(value) if isinstance(value, str) else ""
        except ValueError:
            wrong[name] = say(N_("This has a character that cannot be kept."))
            continue
        if len(given[name]) > _LONGEST:
            wrong[name] = say(N_("This is too long."))
    if wrong:
        raise Invalid(wrong)
    return given


routes: Routes = [
    Door("/organize/calls/{slug}/words", staff(Role.ORGANIZER), get=get_words, post=post_words),
]
