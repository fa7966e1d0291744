"""The personal feed, and the page on which its owner manages it. No account is needed."""

from __future__ import annotations

import contextlib

from starlette.requests import Request
from starlette.responses import Response

from calendar_feed.feed.pages import shelf_of
from calendar_feed.feed.shelf import FORMS
from calendar_feed.ical import About
from calendar_feed.models import PersonalFeed
from calendar_feed.personal.actions import carry_ticket, drop_ticket, make_feed, star, unstar, withdraw_feed
from calendar_feed.personal.queries import (
    Carried,
    feed_secret,
    find_claim_by_link,
    find_feed_of,
    get_feed,
    get_starrable,
    list_carried,
)
from calendar_feed.personal.rules import MOST_STARRED
from calendar_feed.personal.writing import Line, last_change, list_lines, write_lines
from calendar_feed.subscribe.rules import list_ways, webcal
from events.models import Occurrence
from festival.kit.errors import Gone, Invalid, NotFound
from festival.kit.i18n import current_language, gettext
from festival.kit.web.access import ANYONE, Kind, holder, principal_of
from festival.kit.web.forms import FormState, refused_form
from festival.kit.web.kept import Kept
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, say
from festival.settings import settings

HOLDER = holder("the personal calendar's link")
COOKIE = "my_calendar"
_KEEP_SECONDS = 400 * 24 * 3600
_PER_MINUTE = 60
_PRIVATE = [("cache-control", "private, max-age=300"), ("content-disposition", 'inline; filename="my-calendar.ics"')]
_NAME = N_("My calendar")
_TOLD = {
    "added": N_("It is in your calendar now."),
    "removed": N_("It was taken out of your calendar."),
    "made": N_("Your calendar is ready. Subscribe to it below."),
}


# ---------------------------------------------------------------- the feed itself


async def get_my_feed(request: Request) -> Response:
    """The holder's own tickets and starred items: under the feed's secret, or a single ticket under its own."""
    limit(request, "my-feed", _PER_MINUTE)
    secret = request.path_params["secret"]
    language, made_at, carried = current_language(), None, Carried()
    try:
        feed = await get_feed(secret)
        language, made_at, carried = str(feed.language), feed.created_at, await list_carried(feed)
    except NotFound:
        claim = await find_claim_by_link(secret)
        if claim is None:
            raise
        language, made_at, carried = str(claim.language), claim.created_at, Carried([claim])
    lines = await list_lines(shelf_of(request), carried, language)
    body = write_lines(lines, _about(secret, language))
    kept = Kept(body, FORMS["ics"].media_type, last_change(lines, made_at), _PRIVATE)
    return kept.respond(request.scope["headers"])


def _about(secret: str, language: str) -> About:
    base = settings().base_url
    name = gettext(_NAME)
    return About(name, "", language, f"{base}/calendar/my/{secret}.ics", f"{base}/calendar")


# ---------------------------------------------------------------- its page


async def get_my_start(request: Request) -> Response:
    """The way to one's own calendar, or how to make one."""
    secret = await _find_own(request)
    if secret:
        return go_to(request, f"/calendar/my/{secret}")
    return _private(render(request, "calendar/my_start.html"))


async def post_my_start(request: Request) -> Response:
    """Make a calendar, and remember it in this browser."""
    limit(request, "make-feed", 10)
    secret = await _find_own(request) or await _make(request)
    return _remember(request, go_to(request, f"/calendar/my/{secret}?done=made"), secret)


async def get_my_page(request: Request) -> Response:
    """What is in the calendar, how to subscribe to it, how to withdraw it."""
    told = _TOLD.get(request.query_params.get("done", ""))
    return await _show(request, await _feed_of(request), told=told or "")


async def _show(
    request: Request, feed: PersonalFeed, *, status: int = 200, told: str = "", form: FormState | None = None
) -> Response:
    secret = request.path_params["secret"]
    lines = await list_lines(shelf_of(request), await list_carried(feed), current_language())
    source = _about(secret, current_language()).source
    return _private(render(
        request, "calendar/my.html", status, lines=lines, here=f"/calendar/my/{secret}", source=source,
        webcal=webcal(source), ways=list_ways(source, gettext(_NAME)), told=told, form=form or FormState(),
        owned=bool(feed.person_id), removable=_is_removable,
    ))  # fmt: skip


def _is_removable(line: Line) -> bool:
    return line.kind in {"ticket", "occurrence", "act"}


async def post_ticket(request: Request) -> Response:
    """Put a ticket in by its link."""
    feed = await _feed_of(request)
    link = str((await request.form()).get("link", ""))[:500]
    request.state.form_values = {"link": link}
    try:
        await carry_ticket(feed, link)
    except Invalid as refusal:
        return await _show(request, feed, status=422, form=refused_form(request, refusal))
    return go_to(request, f"/calendar/my/{request.path_params['secret']}?done=added")


async def post_remove(request: Request) -> Response:
    """Take something out."""
    feed = await _feed_of(request)
    form = await request.form()
    kind, number = str(form.get("kind", "")), _number(str(form.get("id", "")))
    if kind == "ticket":
        await drop_ticket(feed, number)
    elif kind in {"occurrence", "act"}:
        await unstar(feed, number if kind == "occurrence" else 0, number if kind == "act" else 0)
    return go_to(request, f"/calendar/my/{request.path_params['secret']}?done=removed")


async def post_withdraw(request: Request) -> Response:
    """End the address for good."""
    feed = await _feed_of(request)
    if (await request.form()).get("sure") != "yes":
        form = FormState(errors={"sure": say(N_("Tick the box to withdraw the link."))})
        return await _show(request, feed, status=422, form=form)
    await withdraw_feed(feed)
    answer = _private(render(request, "calendar/my_withdrawn.html"))
    answer.delete_cookie(COOKIE, path="/")
    return answer


# ---------------------------------------------------------------- putting things in from elsewhere


async def get_add(request: Request) -> Response:
    """Ask whether a date or an act shall go into one's own calendar."""
    found = await get_starrable(*_asked(request))
    title = (found.title or found.program.title) if isinstance(found, Occurrence) else found.title
    return _private(render(request, "calendar/my_add.html", asked=found, title=title, query=request.url.query))


async def post_add(request: Request) -> Response:
    """Put it in, into a new calendar where there is none yet."""
    limit(request, "star", 60)
    occurrence_id, act_id = _asked(request)
    await get_starrable(occurrence_id, act_id)
    secret = await _find_own(request) or await _make(request)
    await star(await get_feed(secret), occurrence_id, act_id)
    return _remember(request, go_to(request, f"/calendar/my/{secret}?done=added"), secret)


async def post_acts(request: Request) -> Response:
    """Put in all that a phone starred: ids of acts, separated by commas; what is not public any more is left out."""
    limit(request, "star", 60)
    ids = [_number(part) for part in str((await request.form()).get("acts", ""))[:4000].split(",")]
    secret = await _find_own(request) or await _make(request)
    feed = await get_feed(secret)
    for act_id in dict.fromkeys(ids[:MOST_STARRED]):
        with contextlib.suppress(NotFound):
            await star(feed, 0, act_id)
    return _remember(request, go_to(request, f"/calendar/my/{secret}?done=added"), secret)


def _asked(request: Request) -> tuple[int, int]:
    return _number(request.query_params.get("date", "")), _number(request.query_params.get("act", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


async def _feed_of(request: Request) -> PersonalFeed:
    limit(request, "my-calendar", _PER_MINUTE)
    return await get_feed(request.path_params["secret"])


async def _find_own(request: Request) -> str:
    """The secret of the asker's calendar: their account's, or the one that this browser remembers."""
    principal = principal_of(request)
    if principal.kind is Kind.PERSON:
        feed = await find_feed_of(principal.id)
        return feed_secret(feed.id) if feed else ""
    secret = request.cookies.get(COOKIE, "")
    try:
        return secret if secret and await get_feed(secret) else ""
    except (NotFound, Gone):
        return ""


async def _make(request: Request) -> str:
    principal = principal_of(request)
    return await make_feed(current_language(), principal.id if principal.kind is Kind.PERSON else 0)


def _remember(request: Request, answer: Response, secret: str) -> Response:
    if principal_of(request).kind is not Kind.PERSON:
        answer.set_cookie(
            COOKIE, secret, max_age=_KEEP_SECONDS, httponly=True, samesite="lax", secure=settings().https, path="/"
        )
    return answer


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


routes: Routes = [
    Door("/calendar/my", ANYONE, get=get_my_start, post=post_my_start),
    Door("/calendar/my/add", ANYONE, get=get_add, post=post_add),
    Door("/calendar/my/acts", ANYONE, post=post_acts),
    Door("/calendar/my/{secret}.ics", HOLDER, get=get_my_feed),
    Door("/calendar/my/{secret}", HOLDER, get=get_my_page),
    Door("/calendar/my/{secret}/tickets", HOLDER, post=post_ticket),
    Door("/calendar/my/{secret}/remove", HOLDER, post=post_remove),
    Door("/calendar/my/{secret}/withdraw", HOLDER, post=post_withdraw),
]
