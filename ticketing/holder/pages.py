"""The ticket page and its forms: no account, no script, printable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, Invalid
from festival.kit.i18n import put
from festival.kit.web.access import holder, principal_of
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Handler, Routes
from festival.kit.words import N_, Message, say
from festival.settings import settings
from ticketing.claim.rules import PER_MINUTE
from ticketing.delivery.qr import matrix_svg, token_matrix
from ticketing.delivery.wallets import wallet_links
from ticketing.holder.actions import (
    cancel_claim,
    correct_contact,
    resize_claim,
    rotate_ticket,
    transfer_claim,
    withdraw_link,
)
from ticketing.holder.forms import ContactForm, NewHolderForm, SizeForm
from ticketing.holder.queries import get_held_ticket
from ticketing.holder.rules import off_words

HOLDER = holder("the ticket's link")
_TOLD = {
    "cancel": N_("Your places were given back. Thank you for telling us."),
    "resize": N_("The number of people was changed. The code is still the same."),
    "contact": N_("Saved. It counts from now on."),
    "withdraw": N_("This is the new address of your ticket. The old link does not work any more."),
    "erase": N_("Your name, address and answers are erased. The ticket stays good."),
    "rotate": N_("Here is your new code. The old one does not work any more."),
}


async def get_ticket(request: Request) -> Response:
    """The ticket with its code."""
    told = _TOLD.get(request.query_params.get("done", ""))
    return await show_ticket(request, told=say(told) if told else None)


async def show_ticket(
    request: Request, *, status: int = 200, form: FormState | None = None, opened: str = "",
    told: Message | None = None, refusal: Message | None = None,
) -> Response:  # fmt: skip
    """The ticket page, with what was just done or refused."""
    limit(request, "ticket", PER_MINUTE)
    secret = request.path_params["secret"]
    held = await get_held_ticket(secret)
    label = put(N_("QR code of this ticket"))
    qr = Markup(matrix_svg(token_matrix(held.ticket.token), label)) if held.ticket else ""  # noqa: S704 - drawn by us
    least = max(1, held.claim.people_seen)
    response = render(
        request, "ticketing/ticket.html", status, held=held, qr=qr, here=f"/tickets/{secret}", opened=opened,
        parties=[(str(n), str(n)) for n in range(least, max(held.offer.party_most, held.claim.party) + 1)],
        form=form or FormState(), told=told, refusal=refusal, wallets=wallet_links(), off=off_words(held.offer),
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _change(name: str, change: Callable[[Request, str], Awaitable[Response | None]]) -> Handler:
    """A handler that makes one change and shows the ticket again; a refusal is said on the ticket itself."""

    async def post_change(request: Request) -> Response:
        secret = request.path_params["secret"]
        limit(request, "holder", PER_MINUTE)
        try:
            shown = await change(request, secret)
        except Invalid as refusal:
            return await show_ticket(request, status=422, form=refused_form(request, refusal), opened=name)
        except Conflict as refusal:
            return await show_ticket(request, status=refusal.status, opened=name, refusal=refusal.words)
        return shown or go_to(request, f"/tickets/{secret}?done={name}")

    return post_change


async def _cancel(request: Request, secret: str) -> None:
    form = await request.form()
    if form.get("sure") != "yes":
        raise Invalid({"sure": say(N_("Tick the box to give your places back."))})
    await cancel_claim(secret, principal_of(request))


async def _resize(request: Request, secret: str) -> None:
    form = await read_form(request, SizeForm)
    await resize_claim(secret, form.party, principal_of(request))


async def _rotate(request: Request, secret: str) -> None:
    await rotate_ticket(secret, principal_of(request))


async def _contact(request: Request, secret: str) -> None:
    await correct_contact(secret, await read_form(request, ContactForm), principal_of(request))


async def _withdraw(request: Request, secret: str) -> Response:
    new_secret = await withdraw_link(secret, principal_of(request))
    return go_to(request, f"/tickets/{new_secret}?done=withdraw")


async def _transfer(request: Request, secret: str) -> Response:
    """The one who passed it on sees the new link once: without an e-mail address it is theirs to hand over."""
    form = await read_form(request, NewHolderForm)
    claim, new_secret = await transfer_claim(secret, form, principal_of(request))
    link = f"{settings().base_url}/tickets/{new_secret}"
    response = render(request, "ticketing/passed_on.html", claim=claim, link=link)
    response.headers["Cache-Control"] = "private, no-store"
    return response


routes: Routes = [
    Door("/tickets/{secret}", HOLDER, get=get_ticket),
    Door("/tickets/{secret}/cancel", HOLDER, post=_change("cancel", _cancel)),
    Door("/tickets/{secret}/resize", HOLDER, post=_change("resize", _resize)),
    Door("/tickets/{secret}/contact", HOLDER, post=_change("contact", _contact)),
    Door("/tickets/{secret}/withdraw", HOLDER, post=_change("withdraw", _withdraw)),
    Door("/tickets/{secret}/rotate", HOLDER, post=_change("rotate", _rotate)),
    Door("/tickets/{secret}/transfer", HOLDER, post=_change("transfer", _transfer)),
]
