"""Staff pages over offers and their claims."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.web.access import Role, staff
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_
from ticketing.offers.queries import get_occasion, get_offer, get_totals, list_coming_offers, search_claims

_TEAM = staff(Role.ORGANIZER)
_LONGEST_SEARCH = 100
STATES = {"live": (N_("Good"), "good"), "cancelled": (N_("Cancelled"), "quiet")}


def _search(request: Request) -> tuple[str, int]:
    """What is looked for, and which page of it."""
    page = request.query_params.get("page", "1")
    words = " ".join(request.query_params.get("q", "").split())[:_LONGEST_SEARCH]
    return words, min(int(page), 10_000) if page.isascii() and page.isdigit() and int(page) > 0 else 1


async def get_offers(request: Request) -> Response:
    """Offers that can still be used, soonest first."""
    words, page = _search(request)
    rows, more = await list_coming_offers(words, page)
    return render(request, "ticketing/offers.html", rows=rows, more=more, words=words, page=page)


async def get_offer_page(request: Request) -> Response:
    """One offer: its places at a glance, and its claims by name, address or reference."""
    offer = await get_offer(request.path_params["offer_id"])
    words, page = _search(request)
    rows, more = await search_claims(offer.id, words, page)
    return render(
        request, "ticketing/offer.html", offer=offer, occasion=await get_occasion(offer), rows=rows, more=more,
        totals=await get_totals(offer.id), words=words, page=page, states=STATES,
    )  # fmt: skip


routes: Routes = [
    Door("/organize/offers", _TEAM, get=get_offers),
    Door("/organize/offers/{offer_id:int}", _TEAM, get=get_offer_page),
]
