"""Staff pages: partners' calendars, what of them waits for review, and what is wrong with them."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from calendar_feed.models import PartnerSource
from calendar_feed.partners.actions import decide_items, fetch_now, keep_file, said, save_source, switch_source
from calendar_feed.partners.forms import SourceForm
from calendar_feed.partners.queries import STATES, get_source, list_items, list_places, list_sources
from calendar_feed.reading.lines import MOST_BYTES
from events.whats_on.queries import AREAS
from festival.kit.clock import now
from festival.kit.errors import Invalid, NotFound
from festival.kit.languages import LANGUAGES
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, Message, say
from festival.scanning.clamd import require_clean

ORGANIZER = staff(Role.ORGANIZER)
_MOST_DECIDED = 500
_DONE = {
    "saved": N_("Saved. The calendar is fetched within a minute."),
    "fetch": N_("The calendar is fetched within a minute. Reload this page to see what came."),
    "shown": N_("These events are public now. You can hide them at any time."),
    "hidden": N_("These events are hidden. You can show them at any time."),
    "paused": N_("This calendar rests: none of its events are public. Bring it back at any time."),
    "active": N_("This calendar is back."),
}


async def get_sources(request: Request) -> Response:
    """Every partner's calendar, how it is doing, and how much of it waits."""
    return render(request, "calendar/partners/sources.html", rows=await list_sources())


async def get_new(request: Request) -> Response:
    """The form for a new calendar."""
    return await _show_form(request, None, FormState())


async def post_new(request: Request) -> Response:
    """Take a new calendar on."""
    return await _save(request, None)


async def get_edit(request: Request) -> Response:
    """The form of a calendar."""
    source = await _source_of(request)
    values = {name: getattr(source, name) for name in ("name", "url", "home_url", "trust", "area", "language")}
    values |= {"venue": source.venue_id or "", "every": source.every_minutes}
    return await _show_form(request, source, FormState(values))


async def post_edit(request: Request) -> Response:
    """Change a calendar."""
    return await _save(request, await _source_of(request))


async def _save(request: Request, source: PartnerSource | None) -> Response:
    try:
        form = await read_form(request, SourceForm)
        if form.venue and form.venue not in {place.id for place in await list_places()}:
            raise Invalid({"venue": say(N_("Choose one of the answers offered."))})
    except Invalid as refusal:
        return await _show_form(request, source, refused_form(request, refusal), 422)
    saved = await save_source(form.facts(), source, principal_of(request))
    return go_to(request, f"/organize/partners/{saved.id}?done=saved")


async def _show_form(
    request: Request, source: PartnerSource | None, form: FormState, status: int = 200
) -> Response:  # fmt: skip
    places = [(str(place.id), place.name) for place in sorted(await list_places(), key=lambda place: place.name)]
    languages = [(code, language.endonym) for code, language in LANGUAGES.items()]
    return render(
        request, "calendar/partners/form.html", status, source=source, form=form, places=places, areas=list(AREAS),
        area_names=AREAS, tongues=languages,
    )  # fmt: skip


async def get_source_page(request: Request) -> Response:
    """A calendar with its events by state, and what was odd in it."""
    return await _show(request, await _source_of(request))


async def _show(
    request: Request, source: PartnerSource, *, status: int = 200, told: Message | None = None, wrong: bool = False
) -> Response:
    state = request.query_params.get("state", "waiting")
    if state not in STATES:
        raise NotFound
    row = next(row for row in await list_sources() if row.source.id == source.id)
    done = _DONE.get(request.query_params.get("done", ""))
    findings: list[dict[str, Any]] = [{**one, "words": said(one)} for one in source.findings]
    return render(
        request, "calendar/partners/source.html", status, row=row, source=source, state=state, states=STATES,
        items=await list_items(source, state, now()), findings=findings, told=told or (say(done) if done else None),
        wrong=wrong, here=f"/organize/partners/{source.id}",
    )  # fmt: skip


async def post_file(request: Request) -> Response:
    """Take a calendar file by hand."""
    source = await _source_of(request)
    async with request.form() as form:
        given = form.get("file")
        raw = await given.read() if isinstance(given, UploadFile) else b""
    if not raw:
        return await _show(request, source, status=422, told=say(N_("Choose a calendar file first.")), wrong=True)
    await require_clean(raw, principal_of(request), ("partner_source", source.id))
    reading, taken = await keep_file(source, raw, principal_of(request))
    if not reading.is_calendar:
        words = say(N_("This file is not a calendar. Nothing was changed."))
        return await _show(request, source, status=422, told=words, wrong=True)
    words = say(
        N_("Read: %(new)s new, %(changed)s changed, %(same)s as before, %(withdrawn)s withdrawn, %(doubles)s doubles."),
        new=taken.new, changed=taken.changed, same=taken.same, withdrawn=taken.withdrawn, doubles=taken.doubles,
    )  # fmt: skip
    return await _show(request, await get_source(source.id), told=words)


async def post_items(request: Request) -> Response:
    """Show or hide the events that were ticked."""
    source, form = await _source_of(request), await request.form()
    verdict = str(form.get("verdict", ""))
    ids = [int(str(one)) for one in form.getlist("item")[:_MOST_DECIDED] if str(one).isdigit() and len(str(one)) < 19]
    if not ids:
        return await _show(request, source, status=422, told=say(N_("Tick at least one event.")), wrong=True)
    await decide_items(source, ids, verdict, principal_of(request))
    return go_to(request, f"/organize/partners/{source.id}?state={verdict}&done={verdict}")


async def post_fetch(request: Request) -> Response:
    """Fetch without waiting."""
    source = await _source_of(request)
    if source.url and source.state == "active":
        await fetch_now(source)
    return go_to(request, f"/organize/partners/{source.id}?done=fetch")


async def post_switch(request: Request) -> Response:
    """Pause or bring back."""
    source = await _source_of(request)
    await switch_source(source, principal_of(request))
    return go_to(request, f"/organize/partners/{source.id}?done={'active' if source.state == 'paused' else 'paused'}")


async def _source_of(request: Request) -> PartnerSource:
    given = str(request.path_params["id"])
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise NotFound
    return await get_source(int(given))


routes: Routes = [
    Door("/organize/partners", ORGANIZER, get=get_sources),
    Door("/organize/partners/new", ORGANIZER, get=get_new, post=post_new),
    Door("/organize/partners/{id}", ORGANIZER, get=get_source_page),
    Door("/organize/partners/{id}/edit", ORGANIZER, get=get_edit, post=post_edit),
    Door("/organize/partners/{id}/file", ORGANIZER, post=post_file, max_body=MOST_BYTES + 16 * 1024),
    Door("/organize/partners/{id}/items", ORGANIZER, post=post_items),
    Door("/organize/partners/{id}/fetch", ORGANIZER, post=post_fetch),
    Door("/organize/partners/{id}/switch", ORGANIZER, post=post_switch),
]
