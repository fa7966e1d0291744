"""The applicant's pages: a festival's categories, the steps of an application, its status."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid, Refusal
from festival.kit.i18n import put
from festival.kit.web.access import ANYONE, SIGNED_IN, principal_of
from festival.kit.web.forms import FormState, form_values, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Handler, Routes
from festival.kit.words import N_, Message, say
from vendors.applying.actions import (
    save_about,
    save_add_ons,
    save_answers,
    send_application,
    start_application,
    start_parts,
)
from vendors.applying.forms import AboutForm, PartsForm
from vendors.applying.queries import (
    File,
    get_application,
    get_call,
    get_category,
    get_file,
    is_open,
    list_categories,
    list_open_calls,
    list_own_applications,
)
from vendors.applying.reusing import find_profile
from vendors.applying.rules import keep_asked, read_answer
from vendors.changes.queries import find_open_request, find_round
from vendors.dates.queries import list_dates
from vendors.fees.actions import accept_offer, leave
from vendors.fees.queries import find_promise
from vendors.fees.rules import total_of
from vendors.helping.actions import note_help
from vendors.helping.queries import find_live_consent
from vendors.lifecycle.actions import as_applicant
from vendors.lifecycle.reasons import reason_lines
from vendors.lifecycle.rules import EDITABLE, HAS_SPACE, TAKES_DOCUMENTS, Actor, State, can_move, shown_to_applicant
from vendors.loadin.queries import find_way
from vendors.models import Call, FeeRule
from vendors.performing.queries import list_set_times
from vendors.walking.queries import find_walk

STEPS = {
    "about": N_("About you"),
    "dates": N_("Days"),
    "questions": N_("Questions"),
    "documents": N_("Papers"),
    "add-ons": N_("Extras"),
    "review": N_("Check and send"),
}


async def get_calls(request: Request) -> Response:
    """Festivals that take applications."""
    calls = await list_open_calls()
    if len(calls) == 1:
        return go_to(request, f"/apply/{calls[0].festival.slug}")
    return render(request, "vendors/calls.html", calls=calls)


async def get_festival_call(request: Request) -> Response:
    """The categories of one festival: fee, deadline, places left, papers."""
    call = await get_call(request.path_params["festival"])
    return render(request, "vendors/call.html", call=call, categories=await list_categories(call), at=now())


async def get_start(request: Request) -> Response:
    """What one category asks for, before anything is begun."""
    call = await get_call(request.path_params["festival"])
    invite = request.query_params.get("invite", "")
    category, name = await get_category(call, request.path_params["category"], invite)
    return render(
        request,
        "vendors/start.html",
        call=call,
        category=category,
        category_name=name,
        invite=invite,
        dates=await list_dates(category.id),
        open=is_open(call, category, now()),
    )


async def post_start(request: Request) -> Response:
    """Begin a draft."""
    call = await get_call(request.path_params["festival"])
    invite = str((await request.form()).get("invite", ""))
    category, _ = await get_category(call, request.path_params["category"], invite)
    application = await start_application(call, category, principal_of(request))
    return go_to(request, f"/applications/{application.receipt}/about")


async def get_parts(request: Request) -> Response:
    """Choose several parts at once: a booth, the stage, the parade."""
    return await _show_parts(request, await get_call(request.path_params["festival"]))


async def _show_parts(request: Request, call: Call, status: int = 200, form: FormState | None = None) -> Response:
    profile = await find_profile(principal_of(request).id)
    offered = [(row, name) for row, name in await list_categories(call) if is_open(call, row, now())]
    return _private(render(
        request, "vendors/parts.html", status, call=call, offered=offered, profile=profile, form=form or FormState()
    ))  # fmt: skip


async def post_parts(request: Request) -> Response:
    """Begin a draft of each part that was chosen."""
    call = await get_call(request.path_params["festival"])
    try:
        given = await read_form(request, PartsForm)
        chosen = [row for row, _ in await list_categories(call) if row.slug in given.parts]
        if not chosen:
            raise Invalid({"parts": say(N_("Choose at least one."))})
    except Invalid as refusal:
        return await _show_parts(request, call, 422, refused_form(request, refusal))
    drafts = await start_parts(call, chosen, given.name, given.description, principal_of(request))
    return go_to(request, f"/applications/{drafts[0].receipt}/questions" if len(drafts) == 1 else "/applications")


def _private(response: Response) -> Response:
    response.headers["cache-control"] = "private, no-store"
    return response


async def get_applications(request: Request) -> Response:
    """The asker's applications, and how far each draft is."""
    own = await list_own_applications(principal_of(request))
    files = {row.id: await get_file(row) for row in own if row.state == State.DRAFT}
    drafts = {id: (len(file.done), len(steps_of(file))) for id, file in files.items()}
    rows = [(row, shown_to_applicant(row.state), drafts.get(row.id)) for row in own]
    return render(request, "vendors/applications.html", rows=rows)


async def _file(request: Request, *, to_change: bool = False) -> File:
    principal = principal_of(request)
    return await get_file(await get_application(principal, request.path_params["receipt"], to_change=to_change))


def steps_of(file: File) -> dict[str, str]:
    """The steps of an application; days are asked for only where the category has some."""
    return {step: name for step, name in STEPS.items() if step != "dates" or file.days}


def show_step(request: Request, file: File, step: str, status: int = 200, **context: Any) -> Response:
    """One step's page, with the way through all of them."""
    return render(
        request, f"vendors/steps/{step}.html", status, file=file, application=file.application,
        steps=steps_of(file), step=step, total=total_of(file.cost), editable=file.application.state in EDITABLE,
        **context,
    )  # fmt: skip


async def get_status(request: Request) -> Response:
    """Where an application stands, and what happens next."""
    return await show_status(request, await _file(request))


async def show_status(request: Request, file: File, refusal: Refusal | None = None) -> Response:
    """Where it stands, with the reason where something could not be done."""
    application = file.application
    way = await find_way(application) if application.state in HAS_SPACE else None
    changes = await find_round(file)
    return render(
        request, "vendors/status.html", refusal.status if refusal else 200, file=file, application=application,
        way=way, steps=steps_of(file), shown=shown_to_applicant(application.state), total=total_of(file.cost),
        editable=application.state in EDITABLE and changes is None, changes=changes,
        takes_documents=application.state in TAKES_DOCUMENTS,
        withdrawable=can_move(application.state, State.WITHDRAWN, Actor.APPLICANT), refusal=refusal,
        set_times=await list_set_times(application.id), walk=await find_walk(application),
        consent=await find_live_consent(application.id),
        reason_lines=reason_lines,
    )  # fmt: skip


def _step(handler: Handler) -> Handler:
    """The handler of a step; while the team asks for single parts, the page of just those instead."""

    async def open_step(request: Request) -> Response:
        own = await get_application(principal_of(request), request.path_params["receipt"], to_change=True)
        if await find_open_request(own):
            return go_to(request, f"/applications/{own.receipt}/changes")
        return await handler(request)

    return open_step


async def get_about(request: Request) -> Response:
    """Who applies."""
    return await _show_about(request)


async def _show_about(request: Request, status: int = 200, form: FormState | None = None) -> Response:
    file = await _file(request, to_change=True)
    rules = await FeeRule.filter(category_id=file.category.id, sent_until=None, from_dates=None).order_by("id")
    return show_step(request, file, "about", status, fee_rules=rules, form=form or FormState())


async def post_about(request: Request) -> Response:
    """Keep who applies."""
    file = await _file(request, to_change=True)
    try:
        given = await read_form(request, AboutForm)
    except Invalid as refusal:
        return await _show_about(request, 422, refused_form(request, refusal))
    rules = await FeeRule.filter(
        category_id=file.category.id, condition=given.fee_condition, sent_until=None, from_dates=None
    )
    condition = given.fee_condition if rules else ""
    await save_about(file.application, given.name, given.description, condition)
    await note_help(file.application, principal_of(request), "about")
    return go_to(request, f"/applications/{file.application.receipt}/{'dates' if file.days else 'questions'}")


async def get_questions(request: Request) -> Response:
    """The category's questions."""
    return show_step(request, await _file(request, to_change=True), "questions")


async def post_questions(request: Request) -> Response:
    """Keep the answers; nothing is kept where one of them cannot be taken."""
    file = await _file(request, to_change=True)
    values = form_values(await request.form())
    read = {asked.slug: read_answer(asked, str(values.get(asked.slug, ""))) for asked in file.questions}
    errors = {slug: answer for slug, answer in read.items() if isinstance(answer, Message)}
    if errors:
        return show_step(request, file, "questions", 422, form=FormState(values, errors))
    answers = keep_asked(file.questions, {slug: str(answer) for slug, answer in read.items()})
    await save_answers(file.application, {q.id: answers.get(q.slug, "") for q in file.questions})
    await note_help(file.application, principal_of(request), "questions")
    return go_to(request, f"/applications/{file.application.receipt}/documents")


async def get_add_ons(request: Request) -> Response:
    """What may be rented with the space."""
    return show_step(request, await _file(request, to_change=True), "add-ons")


async def post_add_ons(request: Request) -> Response:
    """Keep what is wanted."""
    file = await _file(request, to_change=True)
    values = form_values(await request.form())
    wanted: dict[int, int] = {}
    errors: dict[str, Message] = {}
    for add_on in file.offered_add_ons:
        text = str(values.get(add_on.slug, "")).strip() or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            errors[add_on.slug] = say(N_("Write a whole number."))
        elif int(text) > add_on.stock:
            errors[add_on.slug] = say(N_("This is more than %(most)s."), most=add_on.stock)
        else:
            wanted[add_on.id] = int(text)
    if errors:
        return show_step(request, file, "add-ons", 422, form=FormState(values, errors))
    await save_add_ons(file.application, wanted)
    await note_help(file.application, principal_of(request), "add-ons")
    return go_to(request, f"/applications/{file.application.receipt}/review")


async def get_review(request: Request) -> Response:
    """Everything once more, with the full cost, before it is sent."""
    return show_step(request, await _file(request, to_change=True), "review", refusal=None)


async def post_review(request: Request) -> Response:
    """Send it; when that cannot be, the draft is kept and the page says why."""
    file = await _file(request, to_change=True)
    try:
        await send_application(file.application, principal_of(request))
        await note_help(file.application, principal_of(request), "review")
    except Conflict as refusal:
        return show_step(request, file, "review", refusal.status, refusal=refusal)
    return go_to(request, f"/applications/{file.application.receipt}")


async def post_offer(request: Request) -> Response:
    """Accept the offer."""
    file = await _file(request, to_change=True)
    try:
        await accept_offer(file.application, as_applicant(principal_of(request)))
    except Conflict as refusal:
        return await show_status(request, await _file(request), refusal)
    return go_to(request, f"/applications/{file.application.receipt}")


async def get_withdraw(request: Request) -> Response:
    """Ask once more before withdrawing, and say what comes back."""
    file = await _file(request, to_change=True)
    return render(request, "vendors/withdraw.html", file=file, promise=await find_promise(file.application, now()))


async def post_withdraw(request: Request) -> Response:
    """Withdraw, and send back what was promised."""
    file = await _file(request, to_change=True)
    try:
        reason = put(N_("Withdrawn by the applicant."))
        await leave(file.application, State.WITHDRAWN, as_applicant(principal_of(request)), reason)
    except Conflict as refusal:
        return await show_status(request, await _file(request), refusal)
    return go_to(request, f"/applications/{file.application.receipt}")


routes: Routes = [
    Door("/apply", ANYONE, get=get_calls),
    Door("/apply/{festival}", ANYONE, get=get_festival_call),
    # `parts` stands before `{category}`.
    Door("/apply/{festival}/parts", SIGNED_IN, get=get_parts, post=post_parts),
    Door("/apply/{festival}/{category}", SIGNED_IN, get=get_start, post=post_start),
    Door("/applications", SIGNED_IN, get=get_applications),
    Door("/applications/{receipt}", SIGNED_IN, get=get_status),
    Door("/applications/{receipt}/about", SIGNED_IN, get=_step(get_about), post=_step(post_about)),
    Door("/applications/{receipt}/questions", SIGNED_IN, get=_step(get_questions), post=_step(post_questions)),
    Door("/applications/{receipt}/add-ons", SIGNED_IN, get=_step(get_add_ons), post=_step(post_add_ons)),
    Door("/applications/{receipt}/review", SIGNED_IN, get=_step(get_review), post=_step(post_review)),
    Door("/applications/{receipt}/offer", SIGNED_IN, post=post_offer),
    Door("/applications/{receipt}/withdraw", SIGNED_IN, get=get_withdraw, post=post_withdraw),
]
