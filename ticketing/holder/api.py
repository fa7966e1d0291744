"""What a holder does, as JSON, with the secret of the ticket's link as bearer."""

from __future__ import annotations

from starlette.requests import Request

from festival.kit.errors import NotFound, NotSignedIn
from festival.kit.web.access import holder, principal_of
from festival.kit.web.api import Answer, Api
from festival.kit.web.limits import limit
from festival.settings import settings
from ticketing.claim.rules import PER_MINUTE
from ticketing.holder.actions import cancel_claim, resize_claim, rotate_ticket, transfer_claim
from ticketing.holder.forms import NewHolderForm, SizeForm
from ticketing.holder.queries import find_live_ticket, get_claim_by_secret
from ticketing.models import Claim

api = Api("tickets")
HOLDER = holder("the ticket's link, as bearer")


class HeldAnswer(Answer):
    """A claim as its holder has it; `token` is null once the places were given back."""

    claim_id: str
    party: int
    state: str
    people_in: int
    token: str | None
    manage_url: str
    qr_svg_url: str
    pdf_url: str
    ics_url: str


async def read_secret(request: Request) -> str:
    """The bearer's secret, if it is that of the claim in the address; raises NotSignedIn or NotFound."""
    limit(request, "holder", PER_MINUTE)
    secret = getattr(request.state, "bearer", "")
    if not secret:
        raise NotSignedIn
    claim = await get_claim_by_secret(secret)
    if claim.reference != request.path_params["claim_id"]:
        raise NotFound
    return str(secret)


async def answer_held(claim: Claim, secret: str) -> HeldAnswer:
    """The claim with its live code and its addresses."""
    ticket = await find_live_ticket(claim.id)
    manage_url = f"{settings().base_url}/tickets/{secret}"
    return HeldAnswer(
        claim_id=claim.reference, party=claim.party, state=claim.state, people_in=claim.people_in,
        token=ticket.token if ticket else None, manage_url=manage_url, qr_svg_url=f"{manage_url}/qr.svg",
        pdf_url=f"{manage_url}/ticket.pdf", ics_url=f"{manage_url}/event.ics",
    )  # fmt: skip


@api.operation("POST", "/api/v1/claims/{claim_id}/cancel", HOLDER, out={200: HeldAnswer}, problems=(404, 409))
async def post_cancel(request: Request) -> HeldAnswer:
    """Give all places back; the code ends at once."""
    secret = await read_secret(request)
    return await answer_held(await cancel_claim(secret, principal_of(request)), secret)


@api.operation("POST", "/api/v1/claims/{claim_id}/rotate", HOLDER, out={200: HeldAnswer}, problems=(404, 409))
async def post_rotate(request: Request) -> HeldAnswer:
    """Replace the code; the old one ends at once."""
    secret = await read_secret(request)
    return await answer_held(await rotate_ticket(secret, principal_of(request)), secret)


@api.operation(
    "POST", "/api/v1/claims/{claim_id}/transfer", HOLDER, body=NewHolderForm, out={200: HeldAnswer},
    problems=(404, 409),
)  # fmt: skip
async def post_transfer(request: Request, body: NewHolderForm) -> HeldAnswer:
    """Pass the ticket on; the old code and the old link end at once, and the new link is in the answer."""
    secret = await read_secret(request)
    claim, new_secret = await transfer_claim(secret, body, principal_of(request))
    return await answer_held(claim, new_secret)


@api.operation(
    "POST", "/api/v1/claims/{claim_id}/resize", HOLDER, body=SizeForm, out={200: HeldAnswer}, problems=(404, 409)
)
async def post_resize(request: Request, body: SizeForm) -> HeldAnswer:
    """Change the number of people; the code stays the same."""
    secret = await read_secret(request)
    return await answer_held(await resize_claim(secret, body.party, principal_of(request)), secret)
