"""The file that puts a ticket's date into a calendar."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from calendar_feed.ticket.writing import write_ticket
from festival.kit.web.access import holder
from festival.kit.web.limits import limit
from festival.kit.web.routes import Door, Routes
from ticketing.claim.rules import PER_MINUTE
from ticketing.holder.queries import get_held_ticket


async def get_ticket_file(request: Request) -> Response:
    """The date, with the ticket's link in it; a ticket that was given back cancels it."""
    limit(request, "ticket", PER_MINUTE)
    secret = request.path_params["secret"]
    held = await get_held_ticket(secret)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="ticket-{held.claim.reference}.ics"',
    }
    return Response(await write_ticket(held, secret), media_type="text/calendar; charset=utf-8", headers=headers)


routes: Routes = [Door("/tickets/{secret}/event.ics", holder("the ticket's link"), get=get_ticket_file)]
