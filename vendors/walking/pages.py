"""The team forms a parade or a show; a group says yes to its time."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import SIGNED_IN, Role, principal_of, staff
from festival.kit.web.forms import FormState, form_values, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from vendors.applying.pages import show_status
from vendors.applying.queries import get_application, get_file
from vendors.models import Category
from vendors.walking.actions import confirm_walk, place_all, place_group, set_walk
from vendors.walking.forms import PlaceForm, WalkForm
from vendors.walking.queries import get_walking_category, list_acts_to_walk_in, list_walks

ORGANIZERS = staff(Role.ORGANIZER)


async def _category(request: Request) -> Category:
    return await get_walking_category(request.path_params["slug"], request.path_params["category"])


def _back(category: Category) -> str:
    return f"/organize/calls/{category.call.festival.slug}/categories/{category.slug}"


async def get_walk(request: Request) -> Response:
    """The order, those without a place, and in which act they walk."""
    return await _show(request, await _category(request))


async def _show(request: Request, category: Category, refusal: Conflict | Invalid | None = None) -> Response:
    form = refused_form(request, refusal) if isinstance(refusal, Invalid) else FormState()
    return render(
        request, "vendors/walking/order.html", refusal.status if refusal else 200, category=category, form=form,
        walks=await list_walks(category), acts=await list_acts_to_walk_in(category.call.festival_id),
        back=_back(category), refusal=refusal if isinstance(refusal, Conflict) else None,
    )  # fmt: skip


async def post_walk(request: Request) -> Response:
    """Say how the groups walk, give one its place, or all that have none."""
    category, who = await _category(request), principal_of(request)
    wish = form_values(await request.form()).get("wish")
    try:
        if wish == "all":
            await place_all(category, who)
        elif wish == "place":
            place = await read_form(request, PlaceForm)
            await place_group(category, place.application, place.position, who)
        else:
            given = await read_form(request, WalkForm)
            await set_walk(category, given.act, given.minutes, given.seconds, who)
    except (Conflict, Invalid) as refusal:
        return await _show(request, category, refusal)
    return go_to(request, f"{_back(category)}/walk")


async def post_confirm(request: Request) -> Response:
    """Say yes to the time that the page showed."""
    principal = principal_of(request)
    application = await get_application(principal, request.path_params["receipt"], to_change=True)
    token = str((await request.form()).get("time", ""))[:80]
    try:
        await confirm_walk(application, token, principal)
    except Conflict as refusal:
        return await show_status(request, await get_file(application), refusal)
    return go_to(request, f"/applications/{application.receipt}")


routes: Routes = [
    Door("/organize/calls/{slug}/categories/{category}/walk", ORGANIZERS, get=get_walk, post=post_walk),
    Door("/applications/{receipt}/walk/confirm", SIGNED_IN, post=post_confirm),
]
