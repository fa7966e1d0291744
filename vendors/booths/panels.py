"""The site map on a festival's page: where the stands and the fixed points are, and what each of them offers."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from events.models import Festival
from festival.kit.clock import now
from festival.kit.web.pages import url_for_reader
from festival.kit.web.templates import templates
from vendors.booths.queries import get_site
from vendors.booths.rules import kinds_to_choose
from vendors.models import Call


async def show_site(festival: Festival) -> dict[str, Any]:
    """What the map's template needs; who stands where is told from the day that the call names."""
    site = await get_site(festival)
    call = await Call.get_or_none(festival_id=festival.id)
    names = bool(call and call.map_public_at and call.map_public_at <= now())
    tags = [space.tags for space in site.spaces] if names else []
    kinds = kinds_to_choose(tags, [point.code for point in site.points])
    return {"site": site, "names": names, "kinds": kinds}


async def site_panel(request: Request, festival: Festival) -> Markup:
    """The map with its filter; nothing for a festival whose site was not drawn."""
    shown = await show_site(festival)
    if not shown["site"].spaces and not shown["site"].points:
        return Markup("")
    context = {**shown, "festival": festival, "chosen": "", "url": url_for_reader(request)}
    return Markup(templates().render("vendors/site_panel.html", context))  # noqa: S704 - rendered with escaping
