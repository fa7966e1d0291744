"""The two questions, and the page of results for staff."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.web.access import Role, holder, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from ticketing.claim.rules import PER_MINUTE
from ticketing.holder.queries import HeldTicket, get_held_ticket
from ticketing.survey.actions import answer_survey
from ticketing.survey.forms import AnswerForm
from ticketing.survey.queries import find_answer, get_results
from ticketing.survey.rules import STAR_WORDS, STARS, require_begun


async def _read_guest(request: Request) -> HeldTicket:
    limit(request, "survey", PER_MINUTE)
    held = await get_held_ticket(request.path_params["secret"])
    require_begun(held.occasion.starts_at, now())
    return held


async def get_survey(request: Request) -> Response:
    """The questions, with what was answered before."""
    held = await _read_guest(request)
    known = await find_answer(held.claim.id)
    form = FormState({"stars": str(known.stars), "words": known.words} if known else {})
    return _show(request, held, form, thanked=known is not None and "done" in request.query_params)


async def post_survey(request: Request) -> Response:
    """Keep the answer."""
    held = await _read_guest(request)
    try:
        form = await read_form(request, AnswerForm)
    except Invalid as refusal:
        return _show(request, held, refused_form(request, refusal), status=422)
    await answer_survey(held.claim, held.offer, form)
    return go_to(request, f"/tickets/{request.path_params['secret']}/survey?done=1")


def _show(request: Request, held: HeldTicket, form: FormState, *, thanked: bool = False, status: int = 200) -> Response:
    response = render(
        request, "ticketing/survey/questions.html", status, held=held, form=form, thanked=thanked, stars=STARS,
        star_words=STAR_WORDS, here=f"/tickets/{request.path_params['secret']}/survey",
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def get_results_page(request: Request) -> Response:
    """What guests said of one date."""
    results = await get_results(request.path_params["occurrence_id"])
    return render(request, "ticketing/survey/results.html", results=results, star_words=STAR_WORDS)


routes: Routes = [
    Door("/tickets/{secret}/survey", holder("the ticket's link"), get=get_survey, post=post_survey),
    Door("/organize/surveys/{occurrence_id:int}", staff(Role.ORGANIZER), get=get_results_page),
]
