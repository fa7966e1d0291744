"""The staff pages of review: the queue, one application, the release of decisions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from events.models import Festival
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, form_values, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Handler, Routes
from vendors.applying.queries import get_file
from vendors.changes.queries import find_standing
from vendors.documents.actions import judge_document
from vendors.earlier.queries import list_earlier
from vendors.fees.actions import leave
from vendors.fees.queries import find_promise
from vendors.fees.rules import total_of
from vendors.judging.actions import declare_conflict, end_conflict, save_scores
from vendors.judging.forms import ConflictForm, EndConflictForm, read_scores
from vendors.judging.queries import get_judging, list_conflicts, list_criteria, require_names
from vendors.judging.veiling import veil_file
from vendors.lifecycle.actions import as_staff
from vendors.lifecycle.reasons import compose_reason, reason_lines
from vendors.lifecycle.rules import HAS_SPACE, HELD, Actor, State, can_move, name_for_staff, shown_to_applicant
from vendors.messages.queries import count_unread_by_office
from vendors.models import Application, Document
from vendors.reasons.queries import list_reasons
from vendors.reasons.rules import Use
from vendors.review.actions import assign_booth, decide, release_decisions, score_application
from vendors.review.bulk import NothingTicked, Outcome, hold_many, undo_decision, undo_many
from vendors.review.forms import BoothForm, CancelForm, DecisionForm, ManyForm, PaperForm, ScoreForm
from vendors.review.queries import (
    get_sent_application,
    list_free_booths,
    list_held,
    list_history,
    list_queue,
)
from vendors.review.rules import read_filters

REVIEWERS = staff(Role.REVIEWER, Role.ORGANIZER)
ORGANIZERS = staff(Role.ORGANIZER)
_VERDICTS = (Use.DECLINE, Use.WAITLIST)
DECIDABLE = {State.SUBMITTED, State.UNDER_REVIEW}


async def get_queue(request: Request) -> Response:
    """Applications by category, state and words."""
    return await _show_queue(request)


async def _show_queue(
    request: Request, outcome: Outcome | None = None, undone: bool = False, refusal: Conflict | None = None
) -> Response:
    chosen = request.query_params
    page = int(chosen.get("page", "0")) if chosen.get("page", "0").isdecimal() else 0
    filters = read_filters(chosen)
    queue = await list_queue(filters, min(page, 10_000), principal_of(request))
    return render(
        request, "vendors/review/queue.html", refusal.status if refusal else 200, queue=queue, filters=filters,
        page=page, states=list(State), name_of=name_for_staff, unread=await count_unread_by_office(),
        listed=await list_reasons(None, *_VERDICTS),
        outcome=outcome, undone=undone, refusal=refusal,
    )  # fmt: skip


async def post_many(request: Request) -> Response:
    """Hold a decision for those ticked, or take it back; the queue again, with what could not be done and why."""
    given = await read_form(request, ManyForm)
    who = principal_of(request)
    try:
        if given.do == "undo":
            outcome = await undo_many(given.ticked, who)
        else:
            outcome = await hold_many(
                given.ticked, given.do, compose_reason(given.listed, "", await list_reasons(None, *_VERDICTS)), who
            )
    except NothingTicked as refusal:
        return await _show_queue(request, refusal=refusal)
    return await _show_queue(request, outcome, given.do == "undo")


async def _undo(request: Request, application: Application) -> None:
    """Take back a held decision."""
    await undo_decision(application, principal_of(request))


async def get_one(request: Request) -> Response:
    """One application: answers, papers, scores, history."""
    return await _show(request)


async def _show(request: Request, refusal: Conflict | Invalid | None = None) -> Response:
    application = await get_sent_application(request.path_params["receipt"], principal_of(request))
    file, hidden = await veil_file(await get_file(application), principal_of(request))
    booths = await list_free_booths(file.call.festival_id, file.category.booth_prefix)
    form = refused_form(request, refusal) if isinstance(refusal, Invalid) else FormState()
    return render(
        request, "vendors/review/application.html", refusal.status if refusal else 200, file=file, form=form,
        application=application, refusal=refusal, hidden=hidden,
        earlier=await list_earlier(application, principal_of(request)),
        judging=await get_judging(application, file.category, principal_of(request)),
        history=await list_history(application), name_of=name_for_staff, shown=shown_to_applicant(application.state),
        decidable=application.state in DECIDABLE, has_space=application.state in HAS_SPACE | {State.OFFERED},
        booths=booths, total=total_of(file.cost),
        cancellable=can_move(application.state, State.CANCELLED_BY_CITY, Actor.STAFF),
        promise=await find_promise(application, now(), by_city=True),
        listed=await list_reasons(file.call.id, *_VERDICTS), reason_lines=reason_lines,
        held=application.state in HELD, changes=await find_standing(file),
    )  # fmt: skip


def _step(take: Callable[[Request, Application], Awaitable[None]]) -> Handler:
    """A handler that takes one form of the page; what is wrong with it is said on the page, the rest kept."""

    async def post_step(request: Request) -> Response:
        application = await get_sent_application(request.path_params["receipt"], principal_of(request))
        try:
            await take(request, application)
        except (Conflict, Invalid) as refusal:
            return await _show(request, refusal)
        return go_to(request, f"/organize/applications/{application.receipt}")

    return post_step


async def _score(request: Request, application: Application) -> None:
    """Keep the asker's score."""
    criteria = await list_criteria((await application.category).call_id, application.category_id)
    if criteria:
        request.state.form_values = form_values(await request.form())
        await save_scores(application, read_scores(request.state.form_values, criteria), principal_of(request))
        return
    given = await read_form(request, ScoreForm)
    await score_application(application, principal_of(request), given.score, given.note)


async def _declare_conflict(request: Request, application: Application) -> None:
    """Declare a conflict of interest."""
    await declare_conflict(application, (await read_form(request, ConflictForm)).reason, principal_of(request))


async def _end_conflict(request: Request, application: Application) -> None:
    """Take somebody else's conflict of interest back."""
    await end_conflict(application, (await read_form(request, EndConflictForm)).review, principal_of(request))


async def _decide(request: Request, application: Application) -> None:
    """Hold a decision, or tell it at once."""
    given = await read_form(request, DecisionForm)
    listed = await list_reasons((await application.category).call_id, *_VERDICTS)
    reason = compose_reason(given.listed, given.reason, listed)
    await decide(application, given.verdict, reason, principal_of(request), at_once=given.at_once)


async def _give_space(request: Request, application: Application) -> None:
    """Give a space."""
    await assign_booth(application, (await read_form(request, BoothForm)).code, principal_of(request))


async def _judge_paper(request: Request, application: Application) -> None:
    """Accept a paper or send it back."""
    await require_names(application, principal_of(request))
    given = await read_form(request, PaperForm)
    document = await Document.get_or_none(id=given.document, application_id=application.id, superseded_at=None)
    if document is None:
        raise NotFound
    accepted = given.verdict == "accept"
    await judge_document(
        document,
        accepted=accepted,
        reason=given.reason,
        by=principal_of(request),
        expires_on=given.expires_on,
        number=given.number,
    )


async def _cancel(request: Request, application: Application) -> None:
    """Cancel for the city; the fee goes back."""
    given = await read_form(request, CancelForm)
    await leave(application, State.CANCELLED_BY_CITY, as_staff(principal_of(request)), given.reason)


async def _festival(request: Request) -> Festival:
    festival = await Festival.get_or_none(slug=request.path_params["slug"])
    if festival is None:
        raise NotFound
    return festival


async def get_release(request: Request) -> Response:
    """What the release will tell to whom, and how full each category is then."""
    festival = await _festival(request)
    held = await list_held(festival)
    own = await list_conflicts([one.id for one in held], principal_of(request).id)
    return render(
        request, "vendors/review/release.html", festival=festival, held=[one for one in held if one.id not in own],
        kept_back=[one for one in held if one.id in own], name_of=name_for_staff, reason_lines=reason_lines,
    )  # fmt: skip


async def post_release(request: Request) -> Response:
    """Tell everybody."""
    await release_decisions(await _festival(request), principal_of(request))
    return go_to(request, "/organize/applications")


routes: Routes = [
    Door("/organize/applications", REVIEWERS, get=get_queue),
    Door("/organize/applications/ticked", ORGANIZERS, get=get_queue, post=post_many),
    Door("/organize/applications/{receipt}", REVIEWERS, get=get_one),
    Door("/organize/applications/{receipt}/score", REVIEWERS, post=_step(_score)),
    Door("/organize/applications/{receipt}/conflict", REVIEWERS, post=_step(_declare_conflict)),
    Door("/organize/applications/{receipt}/conflict/end", ORGANIZERS, post=_step(_end_conflict)),
    Door("/organize/applications/{receipt}/papers", REVIEWERS, post=_step(_judge_paper)),
    Door("/organize/applications/{receipt}/decision", ORGANIZERS, post=_step(_decide)),
    Door("/organize/applications/{receipt}/undo", ORGANIZERS, post=_step(_undo)),
    Door("/organize/applications/{receipt}/booth", ORGANIZERS, post=_step(_give_space)),
    Door("/organize/applications/{receipt}/cancel", ORGANIZERS, post=_step(_cancel)),
    Door("/organize/festivals/{slug}/decisions", ORGANIZERS, get=get_release, post=post_release),
]
