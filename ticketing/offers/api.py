"""Offers as JSON, and making them by staff token."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from festival.kit.web.access import ANYONE, Role, Scope, principal_of, scope, staff
from festival.kit.web.api import Answer, Api
from ticketing.offers.actions import create_offer
from ticketing.offers.forms import NewOffer
from ticketing.offers.queries import get_offer, get_public_offer, list_claims
from ticketing.offers.rules import OfferFacts

api = Api("tickets")


class OfferAnswer(Answer):
    """Places for an occurrence, as anyone may see them."""

    id: str
    name: str
    occurrence_id: str
    capacity: int
    places_left: int
    party_most: int
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    waitlist: bool


def _answer(offer: OfferFacts) -> OfferAnswer:
    return OfferAnswer(
        id=str(offer.id), name=offer.name, occurrence_id=str(offer.occurrence_id), capacity=offer.capacity,
        places_left=offer.places_left, party_most=offer.party_most, opens_at=offer.opens_at,
        closes_at=offer.closes_at, waitlist=offer.waitlist,
    )  # fmt: skip


@api.operation("GET", "/api/v1/offers/{offer_id:int}", ANYONE, out={200: OfferAnswer}, problems=(404,))
async def get_offer_facts(request: Request) -> OfferAnswer:
    """An offer: its capacity, the places left, and when it can be claimed."""
    return _answer(await get_public_offer(request.path_params["offer_id"]))


@api.operation(
    "POST", "/api/v1/occurrences/{occurrence_id:int}/offers", staff(Role.ORGANIZER) | scope(Scope.PROGRAMS),
    body=NewOffer, out={201: OfferAnswer}, problems=(404,),
)  # fmt: skip
async def post_offer(request: Request, body: NewOffer) -> OfferAnswer:
    """Make an offer for an occurrence."""
    made = await create_offer(request.path_params["occurrence_id"], body, principal_of(request))
    return _answer(await get_offer(made.id))


class ClaimsQuery(BaseModel):
    """A page of claims; `cursor` is the `next_cursor` of the page before."""

    model_config = ConfigDict(extra="ignore")
    cursor: str = Field("", max_length=40)


class ClaimItem(Answer):
    """One party, with places or in line. `token_fingerprint` names its present code without giving it away."""

    id: str
    party: int
    state: str
    people_in: int
    token_fingerprint: str | None
    position: int | None


class ClaimsAnswer(Answer):
    """A page of claims, then of the waitlist."""

    claims: list[ClaimItem]
    next_cursor: str | None


@api.operation(
    "GET", "/api/v1/offers/{offer_id:int}/claims", staff(Role.ORGANIZER) | scope(Scope.CLAIMS),
    query=ClaimsQuery, out={200: ClaimsAnswer}, problems=(404,),
)  # fmt: skip
async def get_claims(request: Request, query: ClaimsQuery) -> ClaimsAnswer:
    """Every claim of an offer, then its waitlist in order."""
    offer = await get_offer(request.path_params["offer_id"])
    rows, next_cursor = await list_claims(offer.id, query.cursor)
    return ClaimsAnswer(claims=[ClaimItem.model_validate(row) for row in rows], next_cursor=next_cursor)
