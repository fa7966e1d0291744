"""The ticket as a picture, full screen, on paper and in wallets; and what keeps it on a phone."""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from festival.kit.errors import NotFound
from festival.kit.i18n import current_language, gettext
from festival.kit.web.access import ANYONE, Role, holder, principal_of, staff
from festival.kit.web.assets import STATIC
from festival.kit.web.forms import read_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_
from festival.organisation.queries import get_organisation
from festival.settings import settings
from ticketing.claim.rules import PER_MINUTE
from ticketing.delivery.actions import take_tickets_to_print
from ticketing.delivery.forms import PrintForm
from ticketing.delivery.paper import draw_sheets, lay_out, lay_out_each
from ticketing.delivery.qr import matrix_svg, token_matrix
from ticketing.delivery.wallets import (
    PASS_TYPE,
    google_save_link,
    read_pass_signer,
    read_service_account,
    write_apple_pass,
)
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


async def get_show(request: Request) -> Response:
    """The code alone on a white screen, as large as it goes, for the gate."""
    held = await read_live_ticket(request)
    assert held.ticket is not None  # noqa: S101 - read_live_ticket
    drawn = Markup(matrix_svg(token_matrix(held.ticket.token), gettext("QR code of this ticket")))  # noqa: S704 - ours
    here = f"/tickets/{request.path_params['secret']}"
    response = render(request, "ticketing/show.html", held=held, qr=drawn, here=here)
    response.headers.update(PRIVATE)
    return response


async def get_worker(_: Request) -> Response:
    """What shows a ticket without a network. It lies above the tickets, and so looks after them alone."""
    script = (STATIC / "js" / "ticket-worker.js").read_text()
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _link(request: Request) -> str:
    return f"{settings().base_url}/{current_language()}/tickets/{request.path_params['secret']}"


async def get_apple_pass(request: Request) -> Response:
    """The ticket for Apple's wallet."""
    if not settings().apple_pass:
        raise NotFound
    held = await read_live_ticket(request)
    signer = read_pass_signer(settings().apple_pass)
    written = write_apple_pass(held, _link(request), (await get_organisation()).name, signer)
    named = {"Content-Disposition": f'attachment; filename="ticket-{held.claim.reference}.pkpass"'}
    return Response(written, media_type=PASS_TYPE, headers={**PRIVATE, **named})


async def get_google_pass(request: Request) -> Response:
    """On to Google, which offers to save the ticket."""
    chosen = settings()
    if not chosen.google_wallet:
        raise NotFound
    held = await read_live_ticket(request)
    account = read_service_account(chosen.google_wallet)
    office = (await get_organisation()).name
    to = google_save_link(held, _link(request), office, chosen.google_wallet_issuer, account)
    return RedirectResponse(to, 303, headers=PRIVATE)


async def post_print(request: Request) -> Response:
    """Tickets in fours on a page, for a desk that hands them out on paper."""
    wish = await read_form(request, PrintForm)
    by = principal_of(request)
    found = await take_tickets_to_print(request.path_params["offer_id"], with_address=wish.which == "all", by=by)
    if not found:
        raise NotFound(N_("There is no ticket to print here."))
    drawn = await draw_sheets(lay_out_each(found, (await get_organisation()).name), "four")
    named = {"Content-Disposition": f'inline; filename="tickets-{request.path_params["offer_id"]}.pdf"'}
    return Response(drawn, media_type="application/pdf", headers={**PRIVATE, **named})


routes: Routes = [
    # Before `/tickets/{secret}`, which it looks like.
    Door("/tickets/sw.js", ANYONE, get=get_worker),
    Door("/tickets/{secret}/show", HOLDER, get=get_show),
    Door("/tickets/{secret}/wallet.pkpass", HOLDER, get=get_apple_pass),
    Door("/tickets/{secret}/google-wallet", HOLDER, get=get_google_pass),
    Door("/tickets/{secret}/qr.svg", HOLDER, get=get_qr),
    Door("/tickets/{secret}/ticket.pdf", HOLDER, get=get_pdf),
    Door("/organize/offers/{offer_id:int}/tickets.pdf", staff(Role.ORGANIZER), post=post_print),
]
