"""Claims as JSON."""

from __future__ import annotations

from starlette.requests import Request

from festival.kit.web.access import ANYONE
from festival.kit.web.api import Answer, Api
from festival.kit.web.limits import limit
from festival.settings import settings
from ticketing.claim.actions import claim_places, manage_secret
from ticketing.claim.forms import PartyForm, read_key
from ticketing.claim.rules import PER_MINUTE

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


@api.operation(
    "POST", "/api/v1/offers/{offer_id:int}/claims", ANYONE, body=PartyForm, out={201: ClaimAnswer},
    problems=(404, 409, 503),
)  # fmt: skip
async def post_claim(request: Request, body: PartyForm) -> ClaimAnswer:
    """Take places for a party; the same Idempotency-Key with the same body always gets the first answer."""
    limit(request, "claim", PER_MINUTE)
    key = read_key(request.headers.get("idempotency-key"))
    taken = await claim_places(request.path_params["offer_id"], body, key, source="api")
    manage_url = f"{settings().base_url}/tickets/{manage_secret(taken.reference)}"
    return ClaimAnswer(
        claim_id=taken.reference, party=taken.party, token=taken.token, manage_url=manage_url,
        qr_svg_url=f"{manage_url}/qr.svg", pdf_url=f"{manage_url}/ticket.pdf", ics_url=f"{manage_url}/event.ics",
    )  # fmt: skip
