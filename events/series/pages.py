"""Staff pages: the editor of a rule with a preview of its dates, and a date with all that follow."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from events.editing.queries import get_occurrence
from events.models import Program, Series
from events.planning.queries import get_program
from events.recurrence.rules import Planned, parse_wall
from events.series.actions import change_following, change_series, create_series, plan_form
from events.series.forms import FollowingForm, SeriesForm, form_of
from events.series.queries import find_turn, get_series, list_held
from events.series.rules import Held, merge_dates
from events.series.words import describe, describe_own, weekday_names
from festival.kit.errors import Conflict, Invalid, NotFound
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes

ORGANIZER = staff(Role.ORGANIZER)
_BLANKS = 2


def _show(
    request: Request, program: Program, form: FormState, *, status: int = 200, series: Series | None = None, **more: Any
) -> Response:
    """The editor; `planned` is what the rule gives, `kept` the days that stay as they are."""
    given = form.value("not_on", [])
    days = [given] if isinstance(given, str) else list(given)
    chosen = form.value("days", [])
    own = str(form.value("rule", ""))
    context: dict[str, Any] = {
        "planned": None,
        "words": "",
        "kept": set[str](),
        "gone": [],
        **more,
    }
    return render(
        request, "events/organize/series.html", status, program=program, series=series, form=form,
        weekdays=weekday_names(), own=describe_own(own) if own else "",
        chosen_days=[chosen] if isinstance(chosen, str) else chosen,
        not_on=[*filter(None, days), *[""] * _BLANKS], **context,
    )  # fmt: skip


async def _read(request: Request) -> tuple[SeriesForm, FormState]:
    form = await read_form(request, SeriesForm)
    return form, FormState(request.state.form_values)


def _preview(form: SeriesForm, planned: list[Planned]) -> dict[str, Any]:
    return {"planned": planned, "words": describe(form.repeat(), planned[0].starts_on, sorted(form.not_on))}


async def get_new_series(request: Request) -> Response:
    """The editor of new dates."""
    program = await get_program(request.path_params["slug"])
    return _show(request, program, FormState())


async def post_new_series(request: Request) -> Response:
    """Show the dates that the rule gives, or add them."""
    program = await get_program(request.path_params["slug"])
    try:
        form, state = await _read(request)
        if "show" in state.values:
            _, planned = plan_form(form)
            return _show(request, program, state, **_preview(form, planned))
        await create_series(program, form, principal_of(request))
    except Invalid as refusal:
        return _show(request, program, refused_form(request, refusal), status=422)
    return go_to(request, f"/organize/programs/{program.slug}#dates")


async def get_rule(request: Request) -> Response:
    """The editor of a rule: from the date `since` on, or from the next date where it has begun."""
    series = await get_series(request.path_params["id"])
    since = request.query_params.get("since", "") or await find_turn(series)
    if since:
        _require_wall(since)
    return _show(request, series.program, FormState(form_of(series, since)), series=series)


def _require_wall(since: str) -> None:
    try:
        parse_wall(since)
    except ValueError:
        raise NotFound from None


async def post_rule(request: Request) -> Response:
    """Show what the new rule changes, or change it."""
    series = await get_series(request.path_params["id"])
    try:
        form, state = await _read(request)
        if "show" in state.values:
            _, planned = plan_form(form)
            held = await list_held(series.id, form.since)
            merged = merge_dates([Held(row.id, row.original_local) for row in held], planned)
            kept = {time.original_local[:10] for _, time in merged.kept}
            gone = [parse_wall(date.original_local) for date in merged.gone]
            return _show(request, series.program, state, series=series, kept=kept, gone=gone, **_preview(form, planned))
        await change_series(series.id, form, principal_of(request))
    except Invalid as refusal:
        return _show(request, series.program, refused_form(request, refusal), status=422, series=series)
    except Conflict as refusal:
        state = FormState(request.state.form_values, {"revision": refusal.words})
        return _show(request, series.program, state, status=409, series=series)
    return go_to(request, f"/organize/programs/{series.program.slug}#dates")


async def post_following(request: Request) -> Response:
    """Cancel, postpone or bring back a date and all that follow, and say how to take it back."""
    occurrence = await get_occurrence(request.path_params["id"])
    back = f"/organize/programs/{occurrence.program.slug}"
    form = await read_form(request, FollowingForm)
    entry = await change_following(occurrence, form, principal_of(request))
    return go_to(request, f"{back}?undo={entry.id}#dates")


routes: Routes = [
    Door("/organize/programs/{slug}/dates", ORGANIZER, get=get_new_series, post=post_new_series),
    Door("/organize/series/{id:int}", ORGANIZER, get=get_rule, post=post_rule),
    Door("/organize/occurrences/{id}/following", ORGANIZER, post=post_following),
]
