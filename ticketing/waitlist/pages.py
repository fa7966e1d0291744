"""Pages of the waitlist: joining, one's place in line, saying yes, leaving. No account, no script."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import ANYONE, holder
from festival.kit.web.forms import FormState, read_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import Message
from ticketing.claim.pages import show_refused_form
from ticketing.claim.rules import PER_MINUTE, IdempotencyMismatch
from ticketing.waitlist.actions import accept_offer, join_waitlist, leave_waitlist
from ticketing.waitlist.forms import WaitPage
from ticketing.waitlist.queries import entry_secret, get_entry_shown

HOLDER = holder("the waitlist entry's link")


async def get_join_form(request: Request) -> Response:
    """The form to join stands on the page of the offer."""
    return go_to(request, f"/claim/{request.path_params['offer_id']}")


async def post_join_form(request: Request) -> Response:
    """Stand in line and go to the place in line; what went wrong is said on the page of the offer."""
    limit(request, "waitlist", PER_MINUTE)
    try:
        form = await read_form(request, WaitPage)
        joined = await join_waitlist(form.ask(request.path_params["offer_id"], form.key))
    except (Invalid, Conflict, IdempotencyMismatch) as refusal:
        return await show_refused_form(request, refusal)
    return go_to(request, f"/waitlist/{entry_secret(joined.reference)}")


async def get_place(request: Request) -> Response:
    """The party's place in line, and what is offered to it."""
    return await show_place(request)


async def show_place(request: Request, status: int = 200, refusal: Message | None = None) -> Response:
    """The page of an entry, with what was just refused."""
    limit(request, "ticket", PER_MINUTE)
    secret = request.path_params["secret"]
    shown = await get_entry_shown(secret)
    response = render(
        request, "ticketing/waitlist/place.html", status, shown=shown, here=f"/waitlist/{secret}", refusal=refusal,
        form=FormState(),
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def post_accept(request: Request) -> Response:
    """Take the places that are held, and go to the ticket."""
    limit(request, "holder", PER_MINUTE)
    try:
        ticket = await accept_offer(request.path_params["secret"])
    except Conflict as refusal:
        return await show_place(request, refusal.status, refusal.words)
    return go_to(request, f"/tickets/{ticket}")


async def post_leave(request: Request) -> Response:
    """Leave the line."""
    limit(request, "holder", PER_MINUTE)
    secret = request.path_params["secret"]
    await leave_waitlist(secret)
    return go_to(request, f"/waitlist/{secret}")


routes: Routes = [
    Door("/waitlist/offers/{offer_id:int}", ANYONE, get=get_join_form, post=post_join_form),
    Door("/waitlist/{secret}", HOLDER, get=get_place),
    Door("/waitlist/{secret}/accept", HOLDER, post=post_accept),
    Door("/waitlist/{secret}/leave", HOLDER, post=post_leave),
]
