"""The page where organizers keep the reasons that decisions are explained with."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from vendors.calls.queries import get_call_of
from vendors.lifecycle.reasons import LISTED
from vendors.models import OwnReason
from vendors.reasons.actions import add_reason, end_reason, offer_again
from vendors.reasons.forms import ReasonForm
from vendors.reasons.queries import list_own_reasons
from vendors.reasons.rules import USES
from vendors.wording.queries import use_words_of

_ORGANIZER = staff(Role.ORGANIZER)
_HERE = "/organize/calls/{slug}/reasons"


async def get_reasons(request: Request) -> Response:
    """The reasons of every call, and those of this one."""
    return await _show(request)


async def _show(request: Request, refusal: Conflict | Invalid | None = None) -> Response:
    call = await get_call_of(request.path_params["slug"])
    await use_words_of(call.id)
    ended = request.query_params.get("ended", "")
    undo = await OwnReason.get_or_none(id=int(ended), call_id=call.id) if ended.isdecimal() else None
    form = refused_form(request, refusal) if isinstance(refusal, Invalid) else FormState(
        getattr(request.state, "form_values", {})
    )  # fmt: skip
    return render(
        request, "vendors/reasons/list.html", refusal.status if refusal else 200, festival=call.festival,
        listed=LISTED, own=await list_own_reasons(call), uses=USES, form=form, undo=undo,
        refusal=refusal.words if isinstance(refusal, Conflict) else None,
    )  # fmt: skip


async def post_reason(request: Request) -> Response:
    """One more reason."""
    call = await get_call_of(request.path_params["slug"])
    try:
        given = await read_form(request, ReasonForm)
        await add_reason(call, given.text, given.use, principal_of(request))
    except (Conflict, Invalid) as refusal:
        return await _show(request, refusal)
    return go_to(request, f"/organize/calls/{call.festival.slug}/reasons")


async def post_end(request: Request) -> Response:
    """Offer it no longer; the page says how to take that back."""
    call, number = await get_call_of(request.path_params["slug"]), request.path_params["reason"]
    await end_reason(call, number, principal_of(request))
    return go_to(request, f"/organize/calls/{call.festival.slug}/reasons?ended={number}")


async def post_again(request: Request) -> Response:
    """Offer it again."""
    call = await get_call_of(request.path_params["slug"])
    await offer_again(call, request.path_params["reason"], principal_of(request))
    return go_to(request, f"/organize/calls/{call.festival.slug}/reasons")


routes: Routes = [
    Door(_HERE, _ORGANIZER, get=get_reasons, post=post_reason),
    Door(_HERE + "/{reason:int}/end", _ORGANIZER, post=post_end),
    Door(_HERE + "/{reason:int}/again", _ORGANIZER, post=post_again),
]
