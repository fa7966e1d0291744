"""The home page: what is on, as the address asks, as a list by days or as a map of places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from events.models import Venue
from events.nearby.queries import list_neighborhoods, list_places, list_postcodes, located
from events.nearby.rules import Drawing, Mark, draw_places, find_spot, near
from events.panels import render_home_panels
from events.whats_on.forms import HomeQuery, read_home_query
from events.whats_on.queries import Listed, count_by_venue, read_home
from events.whats_on.rules import Wanted, weekend_of
from festival.kit.clock import now
from festival.kit.i18n import current_language, language_name
from festival.kit.web.access import ANYONE
from festival.kit.web.forms import FormState
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, say
from festival.settings import settings

# Only the browser learns where somebody is; it tells us a neighbourhood's name.
_HERE = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"


async def get_home(request: Request) -> Response:
    """What is on: filters in the address, by day, a page at a time."""
    query, form = read_home_query(request.query_params)
    places = await list_places()
    wanted, form = _near(request, query, form, places)
    home = await read_home(wanted, query.after(), places)
    today = now().astimezone(settings().zone).date()
    filters = query.filters()
    response = render(
        request,
        "events/home.html",
        form=form,
        query=query,
        home=home,
        filtered=bool(filters.keys() - {"view"}),
        days=_by_day(home.page.items, query.since or today),
        next_query=urlencode({**filters, "cursor": str(home.page.next)}) if home.page.next else "",
        first_query=urlencode(filters) if query.cursor else None,
        list_query=urlencode({name: value for name, value in filters.items() if name != "view"}),
        map_query=urlencode({**filters, "view": "map"}),
        toggles=_toggles(query, today),
        site=await _map(wanted, filters, places) if query.view == "map" else None,
        places=sorted(((one.slug, home.place_names[one.id].text) for one in places), key=lambda pair: pair[1]),
        neighborhoods=list_neighborhoods(places),
        panels=await render_home_panels(request),
        spoken=sorted(((code, language_name(code)) for code in home.languages), key=lambda pair: pair[1]),
    )
    response.headers["Permissions-Policy"] = _HERE
    return response


def _near(
    request: Request, query: HomeQuery, form: FormState, places: Sequence[Venue]
) -> tuple[Wanted, FormState]:  # fmt: skip
    """The filters with `near` found on the map; a name that nobody knows is said at its field."""
    wanted = query.wanted()
    if not query.near:
        return wanted, form
    office: Any = getattr(request.state, "organisation", None)
    policy: Mapping[str, Any] = office.policy if office else {}
    spot = find_spot(query.near, {**list_postcodes(policy, places), **list_neighborhoods(places)})
    if spot is None:
        sentence = say(N_("We do not know this place. Write a postcode of the city, or choose a neighborhood."))
        return wanted, FormState(form.values, {**form.errors, "near": sentence})
    return replace(wanted, venues=near(spot, located(places))), form


def _by_day(items: Sequence[Listed], first: dt.date) -> list[tuple[dt.date, list[Listed]]]:
    """The items by the day they begin; what began before `first` and still goes on stands on that day."""
    return [(day, list(group)) for day, group in groupby(items, key=lambda item: max(item.occurrence.starts_on, first))]


def _toggles(query: HomeQuery, today: dt.date) -> list[tuple[str, str, bool]]:
    """(name, query string after a press, whether it is on) of the ready-made filters; each keeps all others."""
    saturday, sunday = weekend_of(today)
    language = current_language()
    choices: list[tuple[str, dict[str, str]]] = [
        ("today", {"from": str(today), "to": str(today)}),
        ("weekend", {"from": str(saturday), "to": str(sunday)}),
        ("free", {"free": "yes"}),
        ("children", {"children": "yes"}),
        *([("language", {"language": language})] if language != "en" else []),
        ("accessible", {"accessible": "yes"}),
        ("sign_language", {"sign_language": "yes"}),
        ("quiet_room", {"quiet_room": "yes"}),
        ("hearing_loop", {"hearing_loop": "yes"}),
    ]
    chosen = query.filters()
    found: list[tuple[str, str, bool]] = []
    for name, values in choices:
        on = values.items() <= chosen.items()
        rest = {key: value for key, value in chosen.items() if key not in values}
        found.append((name, urlencode(rest if on else {**rest, **values}), on))
    return found


@dataclass(frozen=True)
class SiteMap:
    """The places on a map: each with its number, its dates as wanted, and the address that shows only them."""

    drawing: Drawing
    places: Sequence[tuple[int, Venue, int, str, Mark | None]]


async def _map(wanted: Wanted, filters: Mapping[str, str], venues: Sequence[Venue]) -> SiteMap:
    """The places that have something on, as wanted."""
    dates = await count_by_venue(wanted)
    shown = [venue for venue in venues if dates.get(venue.id)]
    drawing = draw_places(located(shown), list_neighborhoods(shown))
    marks = {mark.id: mark for mark in drawing.marks}
    rest = {name: value for name, value in filters.items() if name != "view"}
    return SiteMap(
        drawing,
        [
            (number, venue, dates[venue.id], urlencode({**rest, "place": venue.slug}), marks.get(venue.id))
            for number, venue in enumerate(shown, 1)
        ],
    )


routes: Routes = [Door("/", ANYONE, get=get_home, kept=True)]
