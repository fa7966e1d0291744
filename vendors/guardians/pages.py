"""A group names its people under 18; their parents or guardians answer by the link that was mailed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import SIGNED_IN, holder, principal_of
from festival.kit.web.forms import FormState, form_values, read_form, refused_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from vendors.applying.queries import get_application
from vendors.guardians.actions import answer_guardian, ask_again, ask_guardian, remove_minor
from vendors.guardians.forms import AnswerForm, MinorForm
from vendors.guardians.queries import get_by_link, list_consents, words_of
from vendors.guardians.rules import ANSWERS, TONES
from vendors.models import Application, GuardianConsent


def _private(response: Response) -> Response:
    response.headers["cache-control"] = "private, no-store"
    return response


async def get_minors(request: Request) -> Response:
    """Who is under 18, and what the parents said; the team may read it."""
    return await _show(request, await get_application(principal_of(request), request.path_params["receipt"]))


async def _show(request: Request, application: Application, refusal: Conflict | Invalid | None = None) -> Response:
    form = refused_form(request, refusal) if isinstance(refusal, Invalid) else FormState()
    own = principal_of(request).id in {application.applicant_id, application.helper_id}
    return _private(render(
        request, "vendors/guardians/minors.html", refusal.status if refusal else 200, application=application,
        consents=await list_consents(application.id), answers=ANSWERS, tones=TONES, form=form, own=own,
        refusal=refusal if isinstance(refusal, Conflict) else None,
    ))  # fmt: skip


async def post_minors(request: Request) -> Response:
    """Name somebody, write once more, or take somebody off."""
    limit(request, "guardian", 60)
    who = principal_of(request)
    application = await get_application(who, request.path_params["receipt"], to_change=True)
    values = form_values(await request.form())
    text = str(values.get("consent", ""))
    consent_id = int(text) if text.isdecimal() and len(text) < 18 else 0
    try:
        if values.get("wish") == "again":
            await ask_again(application, consent_id, who)
        elif values.get("wish") == "remove":
            await remove_minor(application, consent_id, who)
        else:
            await ask_guardian(application, await read_form(request, MinorForm), who)
    except (Conflict, Invalid) as refusal:
        return await _show(request, application, refusal)
    return go_to(request, f"/applications/{application.receipt}/minors")


async def get_answer(request: Request) -> Response:
    """What a parent or guardian is asked, and the answer if there is one."""
    consent = await get_by_link(request.path_params["consent"], request.path_params["secret"])
    return _show_answer(request, consent, FormState())


def _show_answer(request: Request, consent: GuardianConsent, form: FormState) -> Response:
    return _private(render(
        request, "vendors/guardians/answer.html", 422 if form.errors else 200, consent=consent, form=form,
        wording=words_of(consent), answers=ANSWERS, tones=TONES,
    ))  # fmt: skip


async def post_answer(request: Request) -> Response:
    """Keep the answer."""
    limit(request, "guardian-answer", 30)
    number, secret = request.path_params["consent"], request.path_params["secret"]
    consent = await get_by_link(number, secret)
    try:
        await answer_guardian(consent, await read_form(request, AnswerForm), principal_of(request))
    except Invalid as refusal:
        return _show_answer(request, consent, refused_form(request, refusal))
    return go_to(request, f"/guardian/{number}/{secret}")


_HOLDER = holder("the letter to a parent or guardian")

routes: Routes = [
    Door("/applications/{receipt}/minors", SIGNED_IN, get=get_minors, post=post_minors),
    Door("/guardian/{consent:int}/{secret}", _HOLDER, get=get_answer, post=post_answer),
]
