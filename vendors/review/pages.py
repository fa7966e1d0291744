"""The staff pages of review: the queue, one application, the release of decisions."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.models import Festival
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import read_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from vendors.applying.queries import get_file
from vendors.documents.actions import judge_document
from vendors.fees.rules import total_of
from vendors.lifecycle.rules import HAS_SPACE, State, name_for_staff, shown_to_applicant
from vendors.models import Document
from vendors.review.actions import assign_booth, decide, release_decisions, request_changes, score_application
from vendors.review.forms import BoothForm, DecisionForm, PaperForm, ScoreForm
from vendors.review.queries import (
    get_sent_application,
    list_free_booths,
    list_held,
    list_history,
    list_queue,
    list_reviews,
)

REVIEWERS = staff(Role.REVIEWER, Role.ORGANIZER)
ORGANIZERS = staff(Role.ORGANIZER)
DECIDABLE = {State.SUBMITTED, State.UNDER_REVIEW}


async def get_queue(request: Request) -> Response:
    """Applications by category and state."""
    chosen = request.query_params
    state = chosen.get("state", "") if chosen.get("state", "") in set(State) else ""
    page = int(chosen.get("page", "0")) if chosen.get("page", "0").isdecimal() else 0
    queue = await list_queue(chosen.get("category", "")[:40], state, min(page, 10_000))
    return render(
        request, "vendors/review/queue.html", queue=queue, category=chosen.get("category", "")[:40], state=state,
        page=page, states=list(State), name_of=name_for_staff,
    )  # fmt: skip


async def get_one(request: Request) -> Response:
    """One application: answers, papers, scores, history."""
    return await _show(request)


async def _show(request: Request, refusal: Conflict | None = None) -> Response:
    application = await get_sent_application(request.path_params["receipt"])
    file = await get_file(application)
    booths = await list_free_booths(file.call.festival_id, file.category.booth_prefix)
    return render(
        request, "vendors/review/application.html", refusal.status if refusal else 200, file=file,
        application=application, refusal=refusal, reviews=await list_reviews(application),
        history=await list_history(application), name_of=name_for_staff, shown=shown_to_applicant(application.state),
        decidable=application.state in DECIDABLE, has_space=application.state in HAS_SPACE | {State.OFFERED},
        booths=booths, total=total_of(file.cost),
    )  # fmt: skip


def _back(request: Request) -> Response:
    return go_to(request, f"/organize/applications/{request.path_params['receipt']}")


async def post_score(request: Request) -> Response:
    """Keep the asker's score."""
    application = await get_sent_application(request.path_params["receipt"])
    given = await read_form(request, ScoreForm)
    await score_application(application, principal_of(request), given.score, given.note)
    return _back(request)


async def post_decision(request: Request) -> Response:
    """Decide, or ask for changes."""
    application = await get_sent_application(request.path_params["receipt"])
    given = await read_form(request, DecisionForm)
    who = principal_of(request)
    try:
        if given.verdict == "changes":
            await request_changes(application, given.reason, who)
        else:
            await decide(application, given.verdict, given.reason, who, at_once=given.at_once)
    except Conflict as refusal:
        return await _show(request, refusal)
    return _back(request)


async def post_booth(request: Request) -> Response:
    """Give a space."""
    application = await get_sent_application(request.path_params["receipt"])
    try:
        await assign_booth(application, (await read_form(request, BoothForm)).code, principal_of(request))
    except Conflict as refusal:
        return await _show(request, refusal)
    return _back(request)


async def post_paper(request: Request) -> Response:
    """Accept a paper or send it back."""
    application = await get_sent_application(request.path_params["receipt"])
    given = await read_form(request, PaperForm)
    document = await Document.get_or_none(id=given.document, application_id=application.id, superseded_at=None)
    if document is None:
        raise NotFound
    accepted = given.verdict == "accept"
    await judge_document(document, accepted=accepted, reason=given.reason, by=principal_of(request))
    return _back(request)


async def _festival(request: Request) -> Festival:
    festival = await Festival.get_or_none(slug=request.path_params["slug"])
    if festival is None:
        raise NotFound
    return festival


async def get_release(request: Request) -> Response:
    """What the release will tell to whom, and how full each category is then."""
    festival = await _festival(request)
    held = await list_held(festival)
    return render(request, "vendors/review/release.html", festival=festival, held=held, name_of=name_for_staff)


async def post_release(request: Request) -> Response:
    """Tell everybody."""
    await release_decisions(await _festival(request), principal_of(request))
    return go_to(request, "/organize/applications")


routes: Routes = [
    Door("/organize/applications", REVIEWERS, get=get_queue),
    Door("/organize/applications/{receipt}", REVIEWERS, get=get_one),
    Door("/organize/applications/{receipt}/score", REVIEWERS, post=post_score),
    Door("/organize/applications/{receipt}/papers", REVIEWERS, post=post_paper),
    Door("/organize/applications/{receipt}/decision", ORGANIZERS, post=post_decision),
    Door("/organize/applications/{receipt}/booth", ORGANIZERS, post=post_booth),
    Door("/organize/festivals/{slug}/decisions", ORGANIZERS, get=get_release, post=post_release),
]
