"""The claim form: one page, no account, no script."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Invalid, Refusal
from festival.kit.secrets import new_secret
from festival.kit.web.access import ANYONE
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import Message
from ticketing.claim.actions import claim_places, manage_secret
from ticketing.claim.forms import PartyPage
from ticketing.claim.rules import PER_MINUTE, Closed, IdempotencyMismatch, SoldOut
from ticketing.offers.panels import show_offer
from ticketing.offers.queries import get_occasion, get_public_offer


async def get_claim_form(request: Request) -> Response:
    """The form, with the party that was chosen on the event's page."""
    party = request.query_params.get("party", "")
    return await show_claim_form(request, FormState({"party": party} if party.isdecimal() else {}))


async def post_claim_form(request: Request) -> Response:
    """Take the places and go to the ticket; what went wrong is said on the same form."""
    limit(request, "claim", PER_MINUTE)
    try:
        form = await read_form(request, PartyPage)
        taken = await claim_places(request.path_params["offer_id"], form, form.key)
    except (Invalid, SoldOut, Closed, IdempotencyMismatch) as refusal:
        return await show_refused_form(request, refusal)
    return go_to(request, f"/tickets/{manage_secret(taken.reference)}")


async def show_refused_form(request: Request, refusal: Refusal) -> Response:
    """The claim form again, all that was typed kept."""
    if isinstance(refusal, Invalid):
        return await show_claim_form(request, refused_form(request, refusal), refusal.status)
    form = FormState(request.state.form_values)
    return await show_claim_form(request, form, refusal.status, refusal.words)


async def show_claim_form(
    request: Request, form: FormState, status: int = 200, refusal: Message | None = None
) -> Response:
    """The claim form of an offer, with a fresh key, or with the key it already had after a mistake."""
    offer = await get_public_offer(request.path_params["offer_id"])
    response = render(
        request, "ticketing/claim.html", status, form=form, shown=show_offer(offer), refusal=refusal,
        occasion=await get_occasion(offer), key=new_secret(),
        parties=[(str(n), str(n)) for n in range(1, offer.party_most + 1)],
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


routes: Routes = [Door("/claim/{offer_id:int}", ANYONE, get=get_claim_form, post=post_claim_form)]
