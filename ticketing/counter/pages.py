"""Staff pages over claims: find, make at the counter, print, give back, move, block, export, guest lists."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Literal

from markupsafe import Markup
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from festival.accounts.confirmation import require_recent_confirmation
from festival.kit.errors import Conflict, Invalid, Refusal
from festival.kit.i18n import put
from festival.kit.secrets import new_secret
from festival.kit.sheets import MEDIA_TYPES, MOST_BYTES, SheetWrong, write_sheet
from festival.kit.web.access import Principal, Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Handler, Routes
from festival.kit.words import N_, Message, say
from festival.organisation.actions import record_audit
from festival.scanning.clamd import require_clean
from ticketing.claim.forms import PartyPage
from ticketing.counter.actions import (
    block_claim,
    cancel_for,
    claim_at_counter,
    get_claim,
    import_guests,
    move_claim,
    new_batch,
    resend_ticket,
    resize_for,
    restore_claim,
    secret_of,
    unblock_claim,
)
from ticketing.counter.forms import GuestList, GuestsForm, MoveForm, read_guests
from ticketing.counter.queries import export_claims, find_claims, list_targets
from ticketing.delivery.qr import matrix_svg, token_matrix
from ticketing.holder.forms import SizeForm
from ticketing.holder.queries import get_ticket_of
from ticketing.offers.queries import get_occasion, get_offer

_TEAM = staff(Role.ORGANIZER)
# What was done, in words, and the step that takes it back.
_DONE = {
    "made": (N_("The ticket is made. Print it, or write the address of its page down."), "cancel"),
    "cancel": (N_("Cancelled. The places went to the line, or are free."), "restore"),
    "restore": (N_("The claim counts again, with a new code."), "cancel"),
    "block": (N_("Blocked: the code ends, the places stay taken."), "unblock"),
    "unblock": (N_("The claim has a new code."), "block"),
    "resend": (N_("The ticket is sent again."), ""),
    "resize": (N_("The number of people was changed. The code is still the same."), ""),
    "move": (N_("Moved. The party has a new code."), ""),
}


async def get_claims(request: Request) -> Response:
    """Find a claim by name, address, phone or reference."""
    words = " ".join(request.query_params.get("q", "").split())[:100]
    return render(request, "ticketing/counter/find.html", words=words, rows=await find_claims(words))


async def get_claim_page(request: Request) -> Response:
    """One claim, and what can be done with it."""
    return await show_claim(request)


async def show_claim(
    request: Request, status: int = 200, refusal: Message | None = None, form: FormState | None = None
) -> Response:
    """The page of a claim, with what was just done or refused."""
    claim = await get_claim(request.path_params["reference"])
    offer = await get_offer(claim.offer_id)
    words, back = _DONE.get(request.query_params.get("done", ""), ("", ""))
    response = render(
        request, "ticketing/counter/claim.html", status, claim=claim, offer=offer, occasion=await get_occasion(offer),
        targets=await list_targets(offer), refusal=refusal, form=form or FormState(), back=back,
        told=say(words) if words and status == 200 else None, came_from=request.query_params.get("from", ""),
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


Change = Callable[[str, Principal], Awaitable[object]]


def _change(name: str, change: Change) -> Handler:
    async def post_change(request: Request) -> Response:
        reference = request.path_params["reference"]
        try:
            await change(reference, principal_of(request))
        except Conflict as refusal:
            return await show_claim(request, refusal.status, refusal.words)
        return go_to(request, f"/organize/claims/{reference}?done={name}")

    return post_change


async def post_resize(request: Request) -> Response:
    """Change the number of people."""
    reference = request.path_params["reference"]
    try:
        form = await read_form(request, SizeForm)
        await resize_for(reference, form.party, principal_of(request))
    except Invalid as refusal:
        return await show_claim(request, 422, form=refused_form(request, refusal))
    except Conflict as refusal:
        return await show_claim(request, refusal.status, refusal.words)
    return go_to(request, f"/organize/claims/{reference}?done=resize")


async def post_move(request: Request) -> Response:
    """Move the party to another offer of the same date."""
    reference = request.path_params["reference"]
    try:
        form = await read_form(request, MoveForm)
        before = await move_claim(reference, form.offer, principal_of(request))
    except (Invalid, Conflict) as refusal:
        return await show_claim(request, refusal.status, refusal.words)
    return go_to(request, f"/organize/claims/{reference}?done=move&from={before}")


async def get_print(request: Request) -> Response:
    """The ticket as it is printed for somebody at the counter."""
    held = await get_ticket_of(await get_claim(request.path_params["reference"]))
    qr = ""
    if held.ticket:
        drawn = matrix_svg(token_matrix(held.ticket.token), put(N_("QR code of this ticket")))
        qr = Markup(drawn)  # noqa: S704 - drawn by us
    response = render(
        request, "ticketing/counter/print.html", held=held, qr=qr, secret=secret_of(held.claim)
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def get_counter(request: Request) -> Response:
    """The form for somebody who stands at the counter."""
    return await show_counter(request, FormState())


async def show_counter(
    request: Request, form: FormState, status: int = 200, refusal: Message | None = None
) -> Response:
    """The form, with what was refused."""
    offer = await get_offer(request.path_params["offer_id"])
    return render(
        request, "ticketing/counter/make.html", status, offer=offer, occasion=await get_occasion(offer), form=form,
        refusal=refusal, key=new_secret(),
    )  # fmt: skip


async def post_counter(request: Request) -> Response:
    """Make the claim, and show it ready to be printed."""
    try:
        form = await read_form(request, PartyPage)
        taken = await claim_at_counter(request.path_params["offer_id"], form, form.key, principal_of(request))
    except Invalid as refusal:
        return await show_counter(request, refused_form(request, refusal), 422)
    except Refusal as refusal:
        return await show_counter(request, FormState(request.state.form_values), refusal.status, refusal.words)
    return go_to(request, f"/organize/claims/{taken.reference}?done=made")


def _export(form: Literal["csv", "xlsx"]) -> Handler:
    async def get_export(request: Request) -> Response:
        offer_id = request.path_params["offer_id"]
        await require_recent_confirmation(request, f"/organize/offers/{offer_id}")
        columns, rows = await export_claims(offer_id)
        content = await asyncio.to_thread(write_sheet, form, columns, rows, "claims")
        await record_audit(principal_of(request), "offer.exported", ("offer", offer_id), after={"rows": len(rows)})
        named = {"Content-Disposition": f'attachment; filename="claims-{offer_id}.{form}"', "Cache-Control": "no-store"}
        return Response(content, media_type=MEDIA_TYPES[form], headers=named)

    return get_export


async def get_guests(request: Request) -> Response:
    """Where a guest list is handed in."""
    return await show_guests(request)


async def show_guests(
    request: Request, status: int = 200, guests: GuestList | None = None, refusal: Message | None = None
) -> Response:
    """The page, with the preview of what was handed in."""
    offer = await get_offer(request.path_params["offer_id"])
    return render(
        request, "ticketing/counter/guests.html", status, offer=offer, occasion=await get_occasion(offer),
        guests=guests, refusal=refusal, batch=new_batch(),
    )  # fmt: skip


async def post_guests(request: Request) -> Response:
    """Read the file and show what would be made; nothing is written yet."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile):
        return await show_guests(request, 422, refusal=say(N_("Choose a file.")))
    try:
        content = await file.read()
        await require_clean(content, principal_of(request))
        guests = await read_guests(content)
    except SheetWrong as refusal:
        return await show_guests(request, refusal.status, refusal=refusal.words)
    finally:
        await file.close()
    return await show_guests(request, 422 if guests.wrong else 200, guests)


async def post_guests_confirmed(request: Request) -> Response:
    """Make a claim for each party of the list that was looked at, or none."""
    offer_id = request.path_params["offer_id"]
    try:
        form = await read_form(request, GuestsForm)
        await import_guests(offer_id, form.forms(), form.batch, principal_of(request))
    except (ValidationError, json.JSONDecodeError):
        return await show_guests(request, 422, refusal=say(N_("Choose the file once more.")))
    except Refusal as refusal:
        return await show_guests(request, refusal.status, refusal=refusal.words)
    return go_to(request, f"/organize/offers/{offer_id}")


_ONE = "/organize/claims/{reference}"
_OFFER = "/organize/offers/{offer_id:int}"
_CHANGES: dict[str, Change] = {
    "cancel": cancel_for, "restore": restore_claim, "block": block_claim, "unblock": unblock_claim,
    "resend": resend_ticket,
}  # fmt: skip
routes: Routes = [
    Door("/organize/claims", _TEAM, get=get_claims),
    Door(_ONE, _TEAM, get=get_claim_page),
    *(Door(f"{_ONE}/{name}", _TEAM, post=_change(name, change)) for name, change in _CHANGES.items()),
    Door(f"{_ONE}/resize", _TEAM, post=post_resize),
    Door(f"{_ONE}/move", _TEAM, post=post_move),
    Door(f"{_ONE}/print", _TEAM, get=get_print),
    Door(f"{_OFFER}/counter", _TEAM, get=get_counter, post=post_counter),
    Door(f"{_OFFER}/claims.csv", _TEAM, get=_export("csv")),
    Door(f"{_OFFER}/claims.xlsx", _TEAM, get=_export("xlsx")),
    Door(f"{_OFFER}/guests", _TEAM, get=get_guests, post=post_guests, max_body=MOST_BYTES + 64 * 1024),
    Door(f"{_OFFER}/guests/confirmed", _TEAM, post=post_guests_confirmed, max_body=2 * 1024 * 1024),
]
