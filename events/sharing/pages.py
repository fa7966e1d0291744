"""Pictures of pages, sitemap, robots, oEmbed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from events.fest_day.queries import PUBLIC_EDITIONS
from events.models import Festival, Program
from events.occasion.queries import get_event
from events.sharing.pictures import Card, draw_card
from events.sharing.rules import MOST_ADDRESSES, write_robots, write_sitemap
from events.whats_on.queries import PUBLIC_STATES, festival_words, venue_words
from festival.kit.errors import BadRequest, NotFound
from festival.kit.i18n import clock_time, current_language, day, gettext, reading_order
from festival.kit.languages import LANGUAGES
from festival.kit.web.access import ANYONE
from festival.kit.web.limits import limit
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_
from festival.organisation.queries import list_texts_of
from festival.settings import settings

_WIDTH, _HEIGHT = 1200, 630
_A_DAY = {"Cache-Control": "public, max-age=86400"}
_STATES = {"cancelled": N_("Cancelled"), "postponed": N_("Postponed")}


def _office(request: Request) -> str:
    return str(getattr(getattr(request.state, "organisation", None), "name", ""))


async def get_event_picture(request: Request) -> Response:
    """The picture of an event, at the date named by `on` or the next one."""
    limit(request, "picture", 120)
    on = request.query_params.get("on", "")
    event = await get_event(request.path_params["slug"], int(on) if on.isdigit() and len(on) <= 18 else None)
    shown, zone = event.shown, settings().zone
    timed = shown is not None and not shown.series.all_day
    card = Card(
        eyebrow=event.area_name,
        title=event.title.text,
        day=day(shown.starts_on, zone) if shown else "",
        time=clock_time(shown.starts_at, zone) if shown and timed else "",
        place=event.place.name.text,
        state=gettext(_STATES.get(shown.state if shown else "", "")),
        office=_office(request),
    )
    return Response(await draw_card(card, str(event.program.area)), media_type="image/png", headers=_A_DAY)


async def get_festival_picture(request: Request) -> Response:
    """The picture of a festival."""
    limit(request, "picture", 120)
    festival = await Festival.get_or_none(slug=request.path_params["slug"], state__in=PUBLIC_EDITIONS).select_related(
        "venue"
    )
    if festival is None:
        raise NotFound
    texts = await list_texts_of({"festival": {festival.id}, "venue": {festival.venue_id}}, *reading_order())
    name, tagline, _ = festival_words(texts["festival"], festival)
    zone = settings().zone
    card = Card(
        eyebrow=tagline.text, title=name.text, day=day(festival.starts_at, zone),
        time=clock_time(festival.starts_at, zone), place=venue_words(texts["venue"], festival.venue).text,
        state=gettext(_STATES.get(festival.state, "")), office=_office(request),
    )  # fmt: skip
    return Response(await draw_card(card, "cultural"), media_type="image/png", headers=_A_DAY)


async def get_sitemap(_: Request) -> Response:
    """Every public page, in every language. Two queries."""
    programs = Program.filter(state__in=PUBLIC_STATES).order_by("-changed_at").limit(MOST_ADDRESSES)
    festivals = Festival.filter(state__in=("published", "postponed", "archived")).order_by("-starts_at")
    pages: list[tuple[str, Any]] = [("/", None), ("/calendar", None), ("/apply", None)]
    for slug, changed_at in await festivals.values_list("slug", "changed_at"):
        pages += [(f"/festival/{slug}", changed_at), (f"/festival/{slug}/map", changed_at)]
    pages += [(f"/events/{slug}", changed_at) for slug, changed_at in await programs.values_list("slug", "changed_at")]
    return Response(write_sitemap(settings().base_url, pages, list(LANGUAGES)), media_type="application/xml")


async def get_robots(_: Request) -> Response:
    """What crawlers leave alone."""
    return Response(write_robots(settings().base_url, list(LANGUAGES)), media_type="text/plain")


async def get_oembed(request: Request) -> Response:
    """A link to an event or a festival as other pages embed it (oembed.com): its title and its picture."""
    if request.query_params.get("format", "json") != "json":
        return Response(status_code=501)
    path = _own_path(request.query_params.get("url", ""))
    kind, _, slug = path[1:].partition("/")
    if kind == "events":
        title = (await get_event(slug)).title.text
    elif kind == "festival" and (festival := await Festival.get_or_none(slug=slug, state__in=PUBLIC_EDITIONS)):
        title = festival.name
    else:
        raise NotFound
    base = settings().base_url
    answer = {
        "version": "1.0", "type": "link", "title": title, "provider_name": _office(request), "provider_url": base,
        "thumbnail_url": f"{base}/{current_language()}{path}/picture.png", "thumbnail_width": _WIDTH,
        "thumbnail_height": _HEIGHT, "cache_age": 3600,
    }  # fmt: skip
    return JSONResponse(answer, headers={"Access-Control-Allow-Origin": "*"})


def _own_path(address: str) -> str:
    """The path of an address of ours, without its language; raises BadRequest on others."""
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" != settings().origin:
        raise BadRequest(N_("This is not an address of this site."))
    first, _, rest = parts.path[1:].partition("/")
    return f"/{rest}" if first in LANGUAGES else parts.path


routes: Routes = [
    Door("/events/{slug}/picture.png", ANYONE, get=get_event_picture, kept=True),
    Door("/festival/{slug}/picture.png", ANYONE, get=get_festival_picture, kept=True),
    Door("/sitemap.xml", ANYONE, get=get_sitemap, kept=True),
    Door("/robots.txt", ANYONE, get=get_robots, kept=True),
    Door("/oembed", ANYONE, get=get_oembed),
]
