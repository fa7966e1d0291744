"""Days: chosen by the applicant and given back, set up, decided and called off by the team."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid, NotFound, Refusal
from festival.kit.web.access import SIGNED_IN, Role, principal_of, staff
from festival.kit.web.forms import FormState, form_values, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from vendors.applying.pages import show_status, show_step
from vendors.applying.queries import File, get_application, get_file
from vendors.dates.actions import (
    GIVES_BACK,
    add_dates,
    change_date,
    choose_dates,
    decide_dates,
    give_up_date,
    remove_date,
)
from vendors.dates.forms import ChosenForm, NewDatesForm, PlacesForm
from vendors.dates.queries import get_asked, get_dated_category, list_days, list_rosters, today
from vendors.fees.queries import find_date_promise
from vendors.helping.actions import note_help
from vendors.lifecycle.rules import EDITABLE, IN_REVIEW, State
from vendors.models import Application, Category, CategoryDate, FeeRule

ORGANIZERS = staff(Role.ORGANIZER)


# ---------------------------------------------------------------- the applicant


async def _file(request: Request) -> File:
    application = await get_application(principal_of(request), request.path_params["receipt"], to_change=True)
    file = await get_file(application)
    if not file.days:
        raise NotFound
    return file


async def get_days(request: Request) -> Response:
    """The days to choose from, or those one has."""
    return await _show_days(request, await _file(request))


async def _show_days(request: Request, file: File, form: FormState | None = None) -> Response:
    rules = await FeeRule.filter(category_id=file.category.id).order_by("from_dates", "id")
    return show_step(
        request, file, "dates", 422 if form else 200, form=form or FormState(), today=today(),
        seasons=[rule for rule in rules if rule.from_dates is not None],
        gives_back=file.application.state in GIVES_BACK,
    )  # fmt: skip


async def post_days(request: Request) -> Response:
    """Keep the days that were ticked."""
    file = await _file(request)
    if file.application.state not in EDITABLE:
        return await show_status(request, file)
    try:
        given = await read_form(request, ChosenForm)
    except Invalid as refusal:
        return await _show_days(request, file, refused_form(request, refusal))
    await choose_dates(file.application, given.dates)
    await note_help(file.application, principal_of(request), "dates")
    return go_to(request, f"/applications/{file.application.receipt}/questions")


async def get_give_up(request: Request) -> Response:
    """Ask once more before a day is given back, and say what comes back."""
    file = await _file(request)
    row = await get_asked(file.application, request.path_params["date"])
    if row.state != "granted" or file.application.state not in GIVES_BACK:
        raise NotFound
    credit = await find_date_promise(file.application, row, now())
    return render(request, "vendors/dates/give_up.html", file=file, row=row, credit=credit)


async def post_give_up(request: Request) -> Response:
    """Give a day back."""
    file = await _file(request)
    try:
        await give_up_date(file.application, request.path_params["date"], principal_of(request))
    except Conflict as refusal:
        return await show_status(request, await get_file(file.application), refusal)
    return go_to(request, f"/applications/{file.application.receipt}/dates")


# ---------------------------------------------------------------- the team: a category's days


def _category_path(category: Category) -> str:
    return f"/organize/calls/{category.call.festival.slug}/categories/{category.slug}"


async def _category(request: Request) -> Category:
    return await get_dated_category(request.path_params["slug"], request.path_params["category"])


async def _show_dates(
    request: Request, category: Category, form: FormState | None = None, refusal: Refusal | None = None
) -> Response:
    status = refusal.status if refusal else 422 if form else 200
    return render(
        request, "vendors/dates/setup.html", status, category=category, rosters=await list_rosters(category.id),
        form=form or FormState(), refusal=refusal, back=_category_path(category),
    )  # fmt: skip


async def get_dates(request: Request) -> Response:
    """The days of a category, and who comes on which."""
    return await _show_dates(request, await _category(request))


async def post_dates(request: Request) -> Response:
    """Add a day, or the same weekday of some weeks."""
    category = await _category(request)
    try:
        given = await read_form(request, NewDatesForm)
        await add_dates(category, given.days(), given.places, principal_of(request))
    except Invalid as refusal:
        return await _show_dates(request, category, refused_form(request, refusal))
    except Conflict as refusal:
        return await _show_dates(request, category, refusal=refusal)
    return go_to(request, f"{_category_path(category)}/dates")


async def post_date(request: Request) -> Response:
    """Change the places of a day, or remove it."""
    category, who = await _category(request), principal_of(request)
    date = await CategoryDate.get_or_none(id=request.path_params["date"], category_id=category.id)
    if date is None:
        raise NotFound
    try:
        if form_values(await request.form()).get("wish") == "remove":
            await remove_date(date, who)
        else:
            await change_date(date, (await read_form(request, PlacesForm)).places, who)
    except (Conflict, Invalid) as refusal:
        return await _show_dates(request, category, refusal=refusal)
    return go_to(request, f"{_category_path(category)}/dates")


# ---------------------------------------------------------------- the team: an application's days


async def _sent(request: Request) -> Application:
    found = Application.filter(receipt=request.path_params["receipt"]).exclude(state=State.DRAFT)
    application = await found.select_related("category").first()
    if application is None:
        raise NotFound
    return application


async def _show_asked(request: Request, application: Application, refusal: Refusal | None = None) -> Response:
    state = State(application.state)
    return render(
        request, "vendors/dates/asked.html", refusal.status if refusal else 200, application=application,
        days=[day for day in await list_days(application) if day.mine], refusal=refusal, today=today(),
        decidable=state in IN_REVIEW and state is not State.HOLD_ACCEPT, gives_back=state in GIVES_BACK,
    )  # fmt: skip


async def get_asked_days(request: Request) -> Response:
    """The days of an application, and how full each is."""
    return await _show_asked(request, await _sent(request))


async def post_asked_days(request: Request) -> Response:
    """Say which of the days are meant, or call one off for the city."""
    application, who = await _sent(request), principal_of(request)
    try:
        called_off = str(form_values(await request.form()).get("cancel", ""))
        if called_off:
            date_id = int(called_off) if called_off.isdecimal() and len(called_off) < 18 else 0
            await give_up_date(application, date_id, who, by_city=True)
        else:
            await decide_dates(application, (await read_form(request, ChosenForm)).dates, who)
    except (Conflict, Invalid) as refusal:
        return await _show_asked(request, application, refusal)
    return go_to(request, f"/organize/applications/{application.receipt}/dates")


_DATES = "/organize/calls/{slug}/categories/{category}/dates"

routes: Routes = [
    Door("/applications/{receipt}/dates", SIGNED_IN, get=get_days, post=post_days),
    Door("/applications/{receipt}/dates/{date:int}/give-up", SIGNED_IN, get=get_give_up, post=post_give_up),
    Door(_DATES, ORGANIZERS, get=get_dates, post=post_dates),
    Door(_DATES + "/{date:int}", ORGANIZERS, post=post_date),
    Door("/organize/applications/{receipt}/dates", ORGANIZERS, get=get_asked_days, post=post_asked_days),
]
