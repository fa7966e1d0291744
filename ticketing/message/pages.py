"""Writing to everybody with a ticket: the form, the preview in each language, the way to send and to watch."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, Invalid
from festival.kit.i18n import current_language
from festival.kit.languages import LANGUAGES
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, form_values, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import Message
from ticketing.delivery.rules import PLACEHOLDERS
from ticketing.message import actions, queries
from ticketing.message.forms import MessageForm, read_message
from ticketing.models import BulkMessage
from ticketing.offers.queries import get_occasion, get_offer

_STAFF = staff(Role.ORGANIZER)


async def _read(request: Request) -> MessageForm:
    values = form_values(await request.form(max_fields=200))
    request.state.form_values = values
    return read_message(values)


async def get_messages(request: Request) -> Response:
    """What was written so far, and an empty form."""
    return await _show_list(request, FormState({"language": current_language()}))


async def post_messages(request: Request) -> Response:
    """Keep a draft and show how it will look."""
    try:
        form = await _read(request)
    except Invalid as refusal:
        return await _show_list(request, refused_form(request, refusal), 422)
    message = await actions.draft_message(request.path_params["offer_id"], form, principal_of(request))
    return go_to(request, f"/organize/messages/{message.id}")


async def _show_list(request: Request, form: FormState, status: int = 200) -> Response:
    offer = await get_offer(request.path_params["offer_id"])
    return render(
        request, "ticketing/message/list.html", status, offer=offer, occasion=await get_occasion(offer), form=form,
        messages=await queries.list_messages(offer.id), placeholders=PLACEHOLDERS,
        here=f"/organize/offers/{offer.id}/messages",
    )  # fmt: skip


async def get_message(request: Request) -> Response:
    """One message: a draft with its preview, or how far it got."""
    return await _show(request, await queries.get_message(request.path_params["message_id"]))


async def post_message(request: Request) -> Response:
    """Change, send, take back or discard it, as the button says."""
    message_id, by = request.path_params["message_id"], principal_of(request)
    here = f"/organize/messages/{message_id}"
    message = await queries.get_message(message_id)
    wish = (await request.form(max_fields=200)).get("do")
    try:
        if wish == "send":
            await actions.send_message(message_id, by)
        elif wish == "take_back":
            await actions.take_back_message(message_id, by)
        elif wish == "discard":
            return go_to(request, f"/organize/offers/{await actions.discard_message(message_id, by)}/messages")
        else:
            await actions.change_message(message_id, await _read(request), by)
    except Invalid as refusal:
        return await _show(request, message, refused_form(request, refusal), status=422)
    except Conflict as refusal:
        return await _show(request, message, status=refusal.status, refusal=refusal.words)
    return go_to(request, here)


def _written(message: BulkMessage) -> FormState:
    values = {f"{name}-{code}": text for code, words in message.texts.items() for name, text in words.items()}
    flags = {"important": "yes" if message.important else "", "whole": "yes" if message.whole_occurrence else ""}
    return FormState({"language": message.language, **values, **flags})


async def _show(
    request: Request, message: BulkMessage, form: FormState | None = None, *, status: int = 200,
    refusal: Message | None = None,
) -> Response:  # fmt: skip
    wanted = request.query_params.get("preview", "")
    reads = wanted if wanted in LANGUAGES else message.language
    offer = await get_offer(message.offer_id)
    return render(
        request, "ticketing/message/message.html", status, message=message, form=form or _written(message),
        occasion=await get_occasion(offer), offer=offer, audience=await queries.count_audience(message),
        letter=await queries.preview_letter(message, reads), reads=reads, refusal=refusal,
        progress=await queries.get_progress(message), stoppable=queries.is_stoppable(message),
        placeholders=PLACEHOLDERS, here=f"/organize/messages/{message.id}",
    )  # fmt: skip


routes: Routes = [
    Door("/organize/offers/{offer_id:int}/messages", _STAFF, get=get_messages, post=post_messages, max_body=512 * 1024),
    Door("/organize/messages/{message_id:int}", _STAFF, get=get_message, post=post_message, max_body=512 * 1024),
]
