"""Staff pages: venues with their zones and gates, festivals with their stages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.models import Festival, Venue
from events.places import actions, queries, removing
from events.places.forms import (
    FestivalForm,
    GateForm,
    QuietForm,
    StageForm,
    VenueForm,
    ZoneForm,
    festival_values,
    quiet_windows,
    stage_hours,
    venue_values,
)
from events.planning.rules import WAYS
from events.undoing.actions import find_just_done
from festival.kit.errors import Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Handler, Routes

ORGANIZER = staff(Role.ORGANIZER)


async def get_places(request: Request) -> Response:
    """Every venue, and every festival."""
    return render(
        request, "events/organize/places.html", places=await queries.list_places(),
        festivals=await queries.list_festivals(),
        undo=find_just_done(await queries.list_removed(), request.query_params.get("undo", "")),
    )  # fmt: skip


# ---------------------------------------------------------------- venues


async def get_new_place(request: Request) -> Response:
    """The empty form of a venue."""
    return await _show_place(request, FormState())


async def _show_place(request: Request, form: FormState, status: int = 200, venue: Venue | None = None) -> Response:
    trail = await queries.list_trail(("venue", venue.id)) if venue else []
    return render(
        request, "events/organize/place.html", status, form=form, venue=venue,
        zones=await queries.list_zones(venue) if venue else [],
        trail=trail, undo=find_just_done(trail, request.query_params.get("undo", "")),
    )  # fmt: skip


async def post_new_place(request: Request) -> Response:
    """Make a venue."""
    try:
        venue = await actions.save_venue(await read_form(request, VenueForm), principal_of(request))
    except Invalid as refusal:
        return await _show_place(request, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/places/{venue.slug}")


async def get_place(request: Request) -> Response:
    """One venue: its form, its zones and gates, what was done."""
    venue = await queries.get_venue(request.path_params["slug"])
    return await _show_place(request, FormState(venue_values(venue)), venue=venue)


async def post_place(request: Request) -> Response:
    """Change a venue."""
    venue = await queries.get_venue(request.path_params["slug"])
    try:
        await actions.save_venue(await read_form(request, VenueForm), principal_of(request), venue.slug)
    except Invalid as refusal:
        return await _show_place(request, refused_form(request, refusal), 422, venue)
    return go_to(request, f"/organize/places/{venue.slug}")


async def post_zone(request: Request) -> Response:
    """Make or change a zone of a venue."""
    return await _save_part(request, "zone")


async def post_gate(request: Request) -> Response:
    """Make or change a gate of a venue."""
    return await _save_part(request, "gate")


async def _save_part(request: Request, part: str) -> Response:
    venue, by = await queries.get_venue(request.path_params["slug"]), principal_of(request)
    try:
        if part == "zone":
            await actions.save_zone(venue, await read_form(request, ZoneForm), by)
        else:
            await actions.save_gate(venue, await read_form(request, GateForm), by)
    except Invalid as refusal:
        errors = {f"{part}-{name}": words for name, words in refusal.errors.items()}
        return await _show_place(request, FormState(venue_values(venue), errors), 422, venue)
    return go_to(request, f"/organize/places/{venue.slug}#zones")


def _remove(kind: str) -> Handler:
    async def post_remove(request: Request) -> Response:
        """Take away what nothing uses, and say how to get it back."""
        slug, number = request.path_params["slug"], request.path_params.get("id", 0)
        page, entry = await removing.remove_part(kind, slug, number, principal_of(request))
        return go_to(request, f"{page}?undo={entry.id}")

    return post_remove


# ---------------------------------------------------------------- festivals


async def get_new_festival(request: Request) -> Response:
    """The empty form of a festival."""
    return await _show_festival(request, FormState())


async def _show_festival(
    request: Request, form: FormState, status: int = 200, festival: Festival | None = None
) -> Response:
    stages = await queries.list_stages(festival) if festival else []
    places = await queries.list_places()
    trail = await queries.list_trail(("festival", festival.id)) if festival else []
    return render(
        request, "events/organize/festival.html", status, form=form, festival=festival,
        stages=[(stage, *stage_hours(stage), quiet_windows(stage)) for stage in stages],
        venues=[(row.venue.slug, row.venue.name) for row in places],
        trail=trail, undo=find_just_done(trail, request.query_params.get("undo", "")),
        ways=WAYS[festival.state] if festival else (),
    )  # fmt: skip


async def post_new_festival(request: Request) -> Response:
    """Make a draft of a festival."""
    try:
        festival = await actions.save_festival(await read_form(request, FestivalForm), principal_of(request))
    except Invalid as refusal:
        return await _show_festival(request, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/festivals/{festival.slug}/details")


async def get_festival(request: Request) -> Response:
    """One festival: its form, its stages, its state."""
    festival = await queries.get_festival(request.path_params["slug"])
    return await _show_festival(request, FormState(festival_values(festival)), festival=festival)


async def post_festival(request: Request) -> Response:
    """Change a festival."""
    festival = await queries.get_festival(request.path_params["slug"])
    try:
        await actions.save_festival(await read_form(request, FestivalForm), principal_of(request), festival.slug)
    except Invalid as refusal:
        return await _show_festival(request, refused_form(request, refusal), 422, festival)
    return go_to(request, f"/organize/festivals/{festival.slug}/details")


async def post_stage(request: Request) -> Response:
    """Make or change a stage."""
    festival = await queries.get_festival(request.path_params["slug"])
    try:
        await actions.save_stage(festival, await read_form(request, StageForm), principal_of(request))
    except Invalid as refusal:
        errors = {f"stage-{name}": words for name, words in refusal.errors.items()}
        return await _show_festival(request, FormState(festival_values(festival), errors), 422, festival)
    return go_to(request, f"/organize/festivals/{festival.slug}/details#stages")


async def post_quiet(request: Request) -> Response:
    """Add a time in which a stage must be quiet."""
    festival = await queries.get_festival(request.path_params["slug"])
    try:
        await actions.add_quiet(festival, await read_form(request, QuietForm), principal_of(request))
    except Invalid as refusal:
        errors = {f"quiet-{name}": words for name, words in refusal.errors.items()}
        return await _show_festival(request, FormState(festival_values(festival), errors), 422, festival)
    return go_to(request, f"/organize/festivals/{festival.slug}/details#stages")


async def post_quiet_removed(request: Request) -> Response:
    """Take such a time away."""
    festival = await queries.get_festival(request.path_params["slug"])
    await actions.remove_quiet(festival, request.path_params["id"], principal_of(request))
    return go_to(request, f"/organize/festivals/{festival.slug}/details#stages")


async def post_festival_copy(request: Request) -> Response:
    """Make next year's draft of a festival."""
    festival = await actions.copy_festival(request.path_params["slug"], principal_of(request))
    return go_to(request, f"/organize/festivals/{festival.slug}/details")


routes: Routes = [
    Door("/organize/places", ORGANIZER, get=get_places),
    Door("/organize/new-place", ORGANIZER, get=get_new_place, post=post_new_place),
    Door("/organize/places/{slug}", ORGANIZER, get=get_place, post=post_place),
    Door("/organize/places/{slug}/zones", ORGANIZER, post=post_zone),
    Door("/organize/places/{slug}/gates", ORGANIZER, post=post_gate),
    Door("/organize/places/{slug}/remove", ORGANIZER, post=_remove("venue")),
    Door("/organize/places/{slug}/zones/{id:int}/remove", ORGANIZER, post=_remove("zone")),
    Door("/organize/places/{slug}/gates/{id:int}/remove", ORGANIZER, post=_remove("gate")),
    Door("/organize/festivals/{slug}/stages/{id:int}/remove", ORGANIZER, post=_remove("stage")),
    Door("/organize/festivals/{slug}/quiet", ORGANIZER, post=post_quiet),
    Door("/organize/festivals/{slug}/quiet/{id:int}/remove", ORGANIZER, post=post_quiet_removed),
    Door("/organize/new-festival", ORGANIZER, get=get_new_festival, post=post_new_festival),
    Door("/organize/festivals/{slug}/details", ORGANIZER, get=get_festival, post=post_festival),
    Door("/organize/festivals/{slug}/stages", ORGANIZER, post=post_stage),
    Door("/organize/festivals/{slug}/copy", ORGANIZER, post=post_festival_copy),
]
