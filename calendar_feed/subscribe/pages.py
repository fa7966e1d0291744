"""The page on which somebody chooses what their calendar shows, and takes it there."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from calendar_feed.feed.items import area_name
from calendar_feed.feed.pages import read_selection, shelf_of
from calendar_feed.feed.queries import Catalogue
from calendar_feed.feed.rules import Selection, UnknownFilter
from calendar_feed.feed.shelf import FORMS, Shelf
from calendar_feed.subscribe.rules import REMINDER_WORDS, count_by_month, list_ways, webcal
from events.whats_on.queries import AREAS
from festival.kit.clock import now
from festival.kit.i18n import current_language, language_name, put
from festival.kit.languages import LANGUAGES
from festival.kit.web.access import ANYONE
from festival.kit.web.forms import FormState
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import Message, say
from festival.settings import settings

_NEXT = 5
_PLOT_HEIGHT = 96


async def get_calendar(request: Request) -> Response:
    """Filters in the address; the feed that they make, with what it holds and the ways to subscribe to it."""
    shelf, language = shelf_of(request), current_language()
    refused: Message | None = None
    try:
        selection = await read_selection(request, language)
    except UnknownFilter as refusal:
        selection, refused = Selection(lang=language), refusal.words
    catalogue = await shelf.current()
    about = await shelf.about("ics", selection, catalogue)
    listed = await shelf.list_times(selection)
    today = now().astimezone(settings().zone).date()
    coming = [(item, time) for item, time in listed if time.ends_on >= today]
    query = selection.query()
    return render(
        request, "calendar/subscribe.html", 400 if refused else 200,
        refused=refused, embed=_embed(selection, about.name), selection=selection,
         query=query, called=about.name, source=about.source,
        webcal=webcal(about.source), ways=list_ways(about.source, about.name), forms=list(FORMS),
        form=_form_of(selection), choices=await _choices(shelf, catalogue),
        total=len(coming), coming=coming[:_NEXT], bars=_bars([time.starts_on for _, time in coming], today),
    )  # fmt: skip


def _form_of(selection: Selection) -> FormState:
    """The form as it stands after the choice: one value of each list, as its fields show one."""
    values: dict[str, Any] = {"lang": selection.lang, "q": selection.q}
    for name in ("language", "place", "neighborhood", "festival", "stage", "performer"):
        values[name] = next(iter(sorted(getattr(selection, name))), "")
    for name, chosen in (("free", selection.free), ("accessible", selection.accessible)):
        values[name] = "1" if chosen else ""
    values["remind"] = str(selection.remind)
    values |= {"from": selection.since or "", "to": selection.until or "", "partners": selection.partners}
    return FormState(values)


async def _choices(shelf: Shelf, catalogue: Catalogue) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen under each filter, by name in the reader's language."""
    language = current_language()
    texts, known = await shelf.texts(language), catalogue.known
    found = {
        "language": [(code, language_name(code)) for code in known.language],
        "place": [(slug, name) for slug, name in catalogue.places.items() if slug in known.place],
        "neighborhood": [(slug, name) for slug, name in catalogue.neighborhoods.items() if slug in known.neighborhood],
        "stage": list(catalogue.stages.items()),
        "performer": list(catalogue.performers.items()),
    }
    for pairs in found.values():
        pairs.sort(key=lambda pair: pair[1].casefold())
    return {
        **found,
        "festival": list(catalogue.festivals.items()),
        "area": [(area, area_name(area, texts, language)) for area in AREAS],
        "remind": [(str(minutes), put(say(words))) for minutes, words in REMINDER_WORDS.items()],
        "lang": [(code, one.endonym) for code, one in LANGUAGES.items()],
    }


def _embed(selection: Selection, name: str) -> tuple[str, str]:
    """The one line of HTML that shows this selection on another website: a frame, or a script that makes one."""
    base, query = settings().base_url, selection.query()
    address = escape(f"{base}/widget?{query}".rstrip("?"))
    frame = f'<iframe src="{address}" title="{escape(name)}" width="100%" height="480"></iframe>'
    pairs: dict[str, list[str]] = {}
    for key, value in parse_qsl(query):
        pairs.setdefault(key, []).append(value)
    data = "".join(f' data-{key}="{escape(",".join(values))}"' for key, values in pairs.items())
    return frame, f'<script src="{base}/widget.js" title="{escape(name)}"{data}></script>'


def _bars(days: list[Any], today: Any) -> list[dict[str, Any]]:
    """A bar a month of the plot, its height in the picture's own units."""
    months = count_by_month(days, today)
    most = max((count for _, count in months), default=0) or 1
    return [
        {"month": month, "count": count, "x": 4 + 28 * number, "height": round(_PLOT_HEIGHT * count / most)}
        for number, (month, count) in enumerate(months)
    ]


routes: Routes = [Door("/calendar", ANYONE, get=get_calendar)]
