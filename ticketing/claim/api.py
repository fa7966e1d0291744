"""Claims as JSON."""

from __future__ import annotations

from starlette.requests import Request

from festival.kit.web.access import ANYONE
from festival.kit.web.api import Answer, Api
from festival.settings import settings
from ticketing.claim.actions import claim_places, manage_secret
from ticketing.claim.confirming import ask_to_confirm
from ticketing.claim.fairness import require_fair
from ticketing.claim.forms import PartyForm, read_key
from ticketing.claim.rules import AddressUnconfirmed

api = Api("tickets")


class ClaimAnswer(Answer):
    """The ticket, and the addresses at which it lives."""

    claim_id: str
    party: int
    token: str
    manage_url: str
    qr_svg_url: str
    pdf_url: str
    ics_url: str


class SentAnswer(Answer):
    """A link was mailed that takes the places; nothing is held until it is opened."""

    sent_to: str


@api.operation(
    "POST", "/api/v1/offers/{offer_id:int}/claims", ANYONE, body=PartyForm, out={201: ClaimAnswer, 202: SentAnswer},
    problems=(403, 404, 409, 503),
)  # fmt: skip
async def post_claim(request: Request, body: PartyForm) -> ClaimAnswer | tuple[int, SentAnswer]:
    """Take places for a party; the same Idempotency-Key with the same body always gets the first answer.

    Where the offer counts claims only from a confirmed address: 202, and a link is mailed that takes the places.
    """
    key = read_key(request.headers.get("idempotency-key"))
    require_fair(request, key, body.nonce)
    offer_id = request.path_params["offer_id"]
    try:
        taken = await claim_places(offer_id, body, key, source="api")
    except AddressUnconfirmed:
        await ask_to_confirm(offer_id, body, key)
        return 202, SentAnswer(sent_to=body.email or "")
    manage_url = f"{settings().base_url}/tickets/{manage_secret(taken.reference)}"
    return ClaimAnswer(
        claim_id=taken.reference, party=taken.party, token=taken.token, manage_url=manage_url,
        qr_svg_url=f"{manage_url}/qr.svg", pdf_url=f"{manage_url}/ticket.pdf", ics_url=f"{manage_url}/event.ics",
    )  # fmt: skip
