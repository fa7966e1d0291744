"""The pages of the search: for everybody what is public, for organizers all that they work on."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from events.models import Act, Program
from events.search.actions import search_for
from events.search.answers import show_found
from events.search.hits import Hit, find_for_staff
from festival.kit.text import clean_line
from festival.kit.web.access import ANYONE, Role, staff
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes

_KINDS = ("program", "act", "festival", "venue")
_LONGEST = 100
_MOST = 40


async def get_search(request: Request) -> Response:
    """Everything public that has the words of `q`."""
    asked = _read(request.query_params.get("q", ""))
    found = await show_found(await search_for(asked, *_KINDS)) if asked else None
    return render(request, "events/search.html", asked=asked, found=found)


def _read(text: str) -> str:
    try:
        return clean_line(text[:_LONGEST])
    except ValueError:
        return ""


async def get_staff_search(request: Request) -> Response:
    """One box over programs, acts, applications and whatever else the roof registered."""
    asked = _read(request.query_params.get("q", ""))
    found = await find_for_staff(asked) if asked else []
    return render(request, "events/organize/search.html", asked=asked, found=found)


async def find_programs(text: str) -> list[Hit]:
    """Programs in any state."""
    ids = (await search_for(text, "program"))["program"]
    rows = await Program.filter(id__in=ids).select_related("venue").order_by("title").limit(_MOST)
    return [Hit(row.title, row.venue.name, f"/organize/programs/{row.slug}") for row in rows]


async def find_acts(text: str) -> list[Hit]:
    """Acts of any festival, placed or not."""
    ids = (await search_for(text, "act"))["act"]
    rows = await Act.filter(id__in=ids).select_related("festival").order_by("title").limit(_MOST)
    return [
        Hit(row.title, row.festival.name, f"/organize/festivals/{row.festival.slug}/acts/{row.slug}") for row in rows
    ]


routes: Routes = [
    Door("/search", ANYONE, get=get_search),
    Door("/organize/search", staff(Role.ORGANIZER), get=get_staff_search),
]
