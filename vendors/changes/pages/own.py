"""The applicant's page of changes: exactly the parts that were asked about, the rest visible and locked."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid, Refusal
from festival.kit.web.access import SIGNED_IN, Principal, principal_of
from festival.kit.web.forms import FormState, form_values, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from vendors.applying.queries import File, get_application, get_file
from vendors.applying.rules import wrong_link
from vendors.changes.actions import change_part, require_open, return_changes
from vendors.changes.forms import read_part, read_reply
from vendors.changes.queries import Part, Round, find_round, list_fee_words, list_parts
from vendors.changes.rules import NotAsked
from vendors.documents.actions import hand_in_file, hand_in_link
from vendors.documents.inspection import MOST_BYTES
from vendors.helping.actions import note_help
from vendors.lifecycle.reasons import reason_lines
from vendors.models import DocumentKind

_ROOM_FOR_FORM = 64 * 1024


async def _file(request: Request) -> File:
    principal = principal_of(request)
    return await get_file(await get_application(principal, request.path_params["receipt"], to_change=True))


async def get_changes(request: Request) -> Response:
    """What to change; the application's own page where nothing is asked for."""
    file = await _file(request)
    round_ = await find_round(file)
    if round_ is None:
        return go_to(request, f"/applications/{file.application.receipt}")
    return await _show(request, file, round_)


async def _show(request: Request, file: File, round_: Round, refusal: Refusal | None = None) -> Response:
    form = refused_form(request, refusal) if isinstance(refusal, Invalid) else FormState()
    response = render(
        request, "vendors/changes/own.html", refusal.status if refusal else 200, file=file, round=round_, form=form,
        application=file.application, refusal=None if isinstance(refusal, Invalid) else refusal,
        locked=[part for part in list_parts(file) if part.value and round_.find(part.key) is None],
        fees=await list_fee_words(file), reason_lines=reason_lines, overdue=round_.request.due_at <= now(),
    )  # fmt: skip
    response.headers["cache-control"] = "private, no-store"
    return response


async def post_part(request: Request) -> Response:
    """Keep one part; what is wrong with it is said beside it."""
    file = await _file(request)
    round_ = await find_round(file)
    if round_ is None:
        return go_to(request, f"/applications/{file.application.receipt}")
    async with request.form() as posted:
        values = form_values(posted)
        request.state.form_values = values
        key = str(values.get("part", ""))
        try:
            await _keep(file, round_, key, posted, principal_of(request))
        except Refusal as refusal:
            wrong = refusal if isinstance(refusal, Conflict | Invalid) else Invalid({key: refusal.words})
            return await _show(request, file, round_, wrong)
    await note_help(file.application, principal_of(request), f"changes: {key}")
    return go_to(request, f"/applications/{file.application.receipt}/changes#progress")


async def _keep(file: File, round_: Round, key: str, posted: FormData, by: Principal) -> None:
    values = form_values(posted)
    part = round_.find(key)
    if part is None:
        raise NotAsked
    if not part.is_paper:
        value, reply = read_part(part, values, [*await list_fee_words(file)])
        await change_part(file.application, part, value, reply)
        return
    reply = read_reply(part, values)
    await require_open(file.application, part)
    await _hand_in(file, part, posted, by)
    await change_part(file.application, part, "", reply)


async def _hand_in(file: File, part: Part, posted: FormData, by: Principal) -> None:
    """Take the new paper, if one came; words to the team alone are fine."""
    kind = await DocumentKind.get(id=part.kind_id)
    given = posted.get(part.key)
    if part.kind == "paper_link":
        link = given.strip() if isinstance(given, str) else ""
        if link and link != part.value:
            if wrong := wrong_link(link):
                raise Invalid({part.key: wrong})
            await hand_in_link(file.application, kind, link)
    elif isinstance(given, UploadFile) and (content := await given.read()):
        await hand_in_file(file.application, kind, given.filename or "", content, by)


async def post_send(request: Request) -> Response:
    """Send everything back to the team."""
    file = await _file(request)
    try:
        await return_changes(file.application, principal_of(request))
    except Conflict as refusal:
        round_ = await find_round(file)
        if round_ is None:
            return go_to(request, f"/applications/{file.application.receipt}")
        return await _show(request, file, round_, refusal)
    await note_help(file.application, principal_of(request), "changes: sent back")
    return go_to(request, f"/applications/{file.application.receipt}")


routes: Routes = [
    Door(
        "/applications/{receipt}/changes", SIGNED_IN, get=get_changes, post=post_part,
        max_body=MOST_BYTES + _ROOM_FOR_FORM,
    ),
    Door("/applications/{receipt}/changes/send", SIGNED_IN, post=post_send),
]  # fmt: skip
