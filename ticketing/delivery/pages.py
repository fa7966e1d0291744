"""The ticket as a picture and on paper."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import NotFound
from festival.kit.i18n import gettext
from festival.kit.web.access import holder
from festival.kit.web.limits import limit
from festival.kit.web.routes import Door, Routes
from festival.organisation.queries import get_organisation
from ticketing.claim.rules import PER_MINUTE
from ticketing.delivery.paper import draw_sheets, lay_out
from ticketing.delivery.qr import matrix_svg, token_matrix
from ticketing.holder.queries import HeldTicket, get_held_ticket

HOLDER = holder("the ticket's link")
# A ticket changes when it is renewed or passed on, and is nobody else's to keep.
PRIVATE = {"Cache-Control": "private, no-store"}


async def read_live_ticket(request: Request) -> HeldTicket:
    """The ticket of the link in the address; raises NotFound also where its places were given back."""
    limit(request, "ticket", PER_MINUTE)
    held = await get_held_ticket(request.path_params["secret"])
    if held.ticket is None:
        raise NotFound
    return held


async def get_qr(request: Request) -> Response:
    """The code alone, as a picture that any size suits."""
    held = await read_live_ticket(request)
    assert held.ticket is not None  # noqa: S101 - read_live_ticket
    drawn = matrix_svg(token_matrix(held.ticket.token), gettext("QR code of this ticket"))
    return Response(drawn, media_type="image/svg+xml", headers=PRIVATE)


async def get_pdf(request: Request) -> Response:
    """The ticket on one page of paper."""
    held = await read_live_ticket(request)
    drawn = await draw_sheets([lay_out(held, (await get_organisation()).name)])
    named = {"Content-Disposition": f'inline; filename="ticket-{held.claim.reference}.pdf"'}
    return Response(drawn, media_type="application/pdf", headers={**PRIVATE, **named})


routes: Routes = [
    Door("/tickets/{secret}/qr.svg", HOLDER, get=get_qr),
    Door("/tickets/{secret}/ticket.pdf", HOLDER, get=get_pdf),
]
