"""The team's page of changes: asking, comparing old and new, accepting or asking again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, form_values, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Handler, Routes
from festival.settings import settings
from vendors.applying.queries import File, get_file
from vendors.changes.actions import ask_for_changes, end_request, judge_changes, move_due
from vendors.changes.forms import DueForm, RoundForm, read_notes, read_verdicts, require_due
from vendors.changes.queries import find_round, list_names, list_parts, list_returned, list_settled
from vendors.changes.rules import end_of, first_due_day
from vendors.judging.queries import require_names
from vendors.lifecycle.reasons import reason_lines
from vendors.lifecycle.rules import State
from vendors.reasons.queries import list_reasons
from vendors.reasons.rules import Use
from vendors.review.queries import get_sent_application

REVIEWERS = staff(Role.REVIEWER, Role.ORGANIZER)
ASKABLE = {State.SUBMITTED, State.UNDER_REVIEW}


def _today() -> dt.date:
    return now().astimezone(settings().zone).date()


async def _listed(file: File) -> Mapping[str, str]:
    return await list_reasons(file.call.id, Use.CHANGES)


async def get_changes(request: Request) -> Response:
    """What is asked for, what came back, what was settled, and the form to ask."""
    return await _show(request, await _file(request))


async def _file(request: Request) -> File:
    """The application's file; raises NamesHidden for a juror who is not to know whose it is."""
    application = await get_sent_application(request.path_params["receipt"], principal_of(request))
    await require_names(application, principal_of(request))
    return await get_file(application)


async def _show(request: Request, file: File, refusal: Conflict | Invalid | None = None) -> Response:
    form = refused_form(request, refusal) if isinstance(refusal, Invalid) else FormState()
    round_ = await find_round(file)
    until = file.call.changes_until
    due_on = first_due_day(_today(), until.astimezone(settings().zone).date() if until else None)
    asked = round_.request if round_ else None
    return render(
        request, "vendors/changes/office.html", refusal.status if refusal else 200, file=file, round=round_, form=form,
        application=file.application, refusal=refusal, returned=await list_returned(file),
        settled=await list_settled(file), parts=list_parts(file), listed=await _listed(file), reason_lines=reason_lines,
        askable=file.application.state in ASKABLE, names=await list_names([asked.asked_by] if asked else []),
        due_on=(asked.due_at.astimezone(settings().zone).date() if asked else due_on).isoformat(),
        overdue=bool(asked and asked.due_at <= now()),
    )  # fmt: skip


def _step(take: Callable[[Request, File], Awaitable[None]]) -> Handler:
    """A handler of one of the page's forms; what is wrong is said on the page, and what was typed is kept."""

    async def post_step(request: Request) -> Response:
        file = await _file(request)
        request.state.form_values = form_values(await request.form())
        try:
            await take(request, file)
        except (Conflict, Invalid) as refusal:
            return await _show(request, file, refusal)
        return go_to(request, f"/organize/applications/{file.application.receipt}/changes")

    return post_step


async def _ask(request: Request, file: File) -> None:
    """Ask for changes."""
    wanted = read_notes(request.state.form_values, [part.key for part in list_parts(file)], await _listed(file))
    given = await read_form(request, RoundForm)
    due_at = end_of(require_due(given.due_on, _today()), settings().zone)
    await ask_for_changes(file.application, wanted, given.words, due_at, principal_of(request))


async def _judge(request: Request, file: File) -> None:
    """Accept what came back, or ask again."""
    said = read_verdicts(
        request.state.form_values, [item.row.id for item in await list_returned(file)], await _listed(file)
    )
    due_on = (await read_form(request, DueForm)).due_on
    if not all(one.accepted for one in said.values()):
        require_due(due_on, _today())
    await judge_changes(file.application, said, end_of(due_on, settings().zone), principal_of(request))


async def _end(request: Request, file: File) -> None:
    """Take the application back into review."""
    await end_request(file.application, principal_of(request))


async def _move_due(request: Request, file: File) -> None:
    """Give until another day."""
    due_on = require_due((await read_form(request, DueForm)).due_on, _today())
    await move_due(file.application, end_of(due_on, settings().zone), principal_of(request))


routes: Routes = [
    Door("/organize/applications/{receipt}/changes", REVIEWERS, get=get_changes, post=_step(_ask)),
    Door("/organize/applications/{receipt}/changes/judge", REVIEWERS, post=_step(_judge)),
    Door("/organize/applications/{receipt}/changes/end", REVIEWERS, post=_step(_end)),
    Door("/organize/applications/{receipt}/changes/due", REVIEWERS, post=_step(_move_due)),
]
