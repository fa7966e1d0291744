"""Staff pages: one program with its dates, its form, its states, its preview."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from events.occasion.pages import event_context
from events.occasion.queries import get_event
from events.pictures.queries import list_event_pictures
from events.planning.actions import change_state, create_program, edit_program
from events.planning.forms import ProgramForm, StateForm, form_of
from events.planning.queries import get_desk, get_program, list_offered
from events.planning.rules import NEED_REASON, WAYS
from events.series.words import describe_series
from events.undoing.actions import find_just_done
from festival.kit.errors import Conflict, Invalid, NotFound
from festival.kit.i18n import language_name
from festival.kit.languages import LANGUAGES
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes

ORGANIZER = staff(Role.ORGANIZER)
_STATES = ("draft", "published", "postponed", "cancelled", "archived")


async def get_program_page(request: Request) -> Response:
    """One program: its facts, its rules in words, all its dates, and who did what."""
    desk = await get_desk(request.path_params["slug"])
    return render(
        request, "events/organize/program.html", desk=desk, program=desk.program, dates=desk.dates,
        rules=[(series, describe_series(series)) for series in desk.series],
        ways=WAYS[desk.program.state], undo=find_just_done(desk.trail, request.query_params.get("undo", "")),
    )  # fmt: skip


# ---------------------------------------------------------------- the form


async def get_new_program(request: Request) -> Response:
    """The empty form."""
    return await _show_form(request, FormState({"language": "en", "languages": ["en"]}))


async def post_new_program(request: Request) -> Response:
    """Make a draft, and go on to its dates."""
    try:
        form = await read_form(request, ProgramForm)
        program = await create_program(form, principal_of(request))
    except Invalid as refusal:
        return await _show_form(request, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/programs/{program.slug}/dates")


async def get_edit(request: Request) -> Response:
    """The form of a program."""
    desk = await get_desk(request.path_params["slug"])
    return await _show_form(request, FormState(form_of(desk.program, desk.spoken)), program=desk.program)


async def post_edit(request: Request) -> Response:
    """Change a program, and go back to it."""
    program = await get_program(request.path_params["slug"])
    try:
        form = await read_form(request, ProgramForm)
        await edit_program(program.slug, form, principal_of(request))
    except Invalid as refusal:
        return await _show_form(request, refused_form(request, refusal), 422, program=program)
    except Conflict as refusal:
        state = FormState(request.state.form_values, {"revision": refusal.words})
        return await _show_form(request, state, 409, program=program)
    return go_to(request, f"/organize/programs/{program.slug}")


async def _show_form(request: Request, form: FormState, status: int = 200, program: Any = None) -> Response:
    spoken = form.value("languages", [])
    chosen = [spoken] if isinstance(spoken, str) else list(spoken)
    known = dict.fromkeys([*LANGUAGES, *chosen])
    return render(
        request, "events/organize/edit.html", status, form=form, program=program, offered=await list_offered(),
        spoken=[(code, language_name(code), code in chosen) for code in known],
        languages_written=[(code, language_name(code)) for code in LANGUAGES],
    )  # fmt: skip


# ---------------------------------------------------------------- states


async def get_state(request: Request) -> Response:
    """What a change of state does, before it is done."""
    return await _show_state(request, FormState())


async def _show_state(request: Request, form: FormState, status: int = 200) -> Response:
    desk = await get_desk(request.path_params["slug"])
    to = str(form.value("to", request.query_params.get("to", "")))
    if to not in _STATES or to not in WAYS[desk.program.state]:
        raise NotFound
    return render(
        request, "events/organize/state.html", status, form=form, desk=desk, program=desk.program, to=to,
        needs_reason=to in NEED_REASON,
    )  # fmt: skip


async def post_state(request: Request) -> Response:
    """Change the state, and say how to take it back."""
    slug = request.path_params["slug"]
    try:
        form = await read_form(request, StateForm)
        entry = await change_state(slug, form, principal_of(request))
    except Invalid as refusal:
        return await _show_state(request, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/programs/{slug}?undo={entry.id}")


# ---------------------------------------------------------------- the preview


async def get_preview(request: Request) -> Response:
    """The public page of a program in any state, as it will look, and marked as a preview."""
    program = await get_program(request.path_params["slug"])
    event = await get_event(program.slug, states=_STATES)
    pictures = await list_event_pictures(program, event.venue.id)
    context = event_context(request, event)
    return render(request, "events/organize/preview.html", **context, panels=[], pictures=pictures)


routes: Routes = [
    Door("/organize/new-program", ORGANIZER, get=get_new_program, post=post_new_program),
    Door("/organize/programs/{slug}", ORGANIZER, get=get_program_page),
    Door("/organize/programs/{slug}/edit", ORGANIZER, get=get_edit, post=post_edit),
    Door("/organize/programs/{slug}/state", ORGANIZER, get=get_state, post=post_state),
    Door("/organize/programs/{slug}/preview", ORGANIZER, get=get_preview),
]
