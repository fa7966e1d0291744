"""The claim form: one page, no account, no script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from festival.kit.clock import now
from festival.kit.errors import Conflict, Forbidden, Invalid, Refusal, TooMany
from festival.kit.languages import LANGUAGES
from festival.kit.secrets import new_secret, same
from festival.kit.web.access import ANYONE, holder
from festival.kit.web.forms import FormState, field_errors, read_form, refused_form
from festival.kit.web.limits import limit
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, Message, say
from ticketing.asking.forms import read_more
from ticketing.asking.queries import get_asks
from ticketing.asking.rules import ACCESS_WORDS
from ticketing.claim.actions import claim_places, code_mark, manage_secret
from ticketing.claim.confirming import ask_to_confirm, confirm_wish, find_wish
from ticketing.claim.fairness import PROOF_BITS, require_fair
from ticketing.claim.forms import CodePage, PartyForm, PartyPage
from ticketing.claim.rules import PER_MINUTE, AddressUnconfirmed, IdempotencyMismatch
from ticketing.offers.panels import show_offer
from ticketing.offers.queries import get_occasion, get_public_offer, list_offers_of
from ticketing.offers.rules import OfferFacts, is_public

_CODES_PER_MINUTE = 20
LANGUAGE_NAMES = {code: language.endonym for code, language in LANGUAGES.items()}
_ASKED = ("band-", "q-", "wants", "needs")


async def get_claim_form(request: Request) -> Response:
    """The form, with the party that was chosen on the event's page, and the code of a private offer's link."""
    party, code = request.query_params.get("party", ""), request.query_params.get("code", "")[:40]
    return await show_claim_form(request, FormState({"code": code, **({"party": party} if party.isdecimal() else {})}))


async def post_claim_form(request: Request) -> Response:
    """Take the places and go to the ticket; what went wrong is said on the same form."""
    offer_id = request.path_params["offer_id"]
    try:
        form = await read_form(request, PartyPage)
        require_fair(request, form.key, form.nonce)
        form = await add_answers(form, offer_id, request.state.form_values)
        try:
            taken = await claim_places(offer_id, form, form.key)
        except AddressUnconfirmed:
            await ask_to_confirm(offer_id, form, form.key)
            return await show_sent(request, offer_id, form)
    except TooMany as busy:
        return show_wait(request, busy)
    except (Invalid, Conflict, Forbidden, IdempotencyMismatch) as refusal:
        return await show_refused_form(request, refusal)
    return go_to(request, f"/tickets/{manage_secret(taken.reference)}")


async def add_answers(form: PartyPage, offer_id: int, values: Mapping[str, Any]) -> PartyPage:
    """The form with what the offer asks besides, from the page's own fields."""
    if not any(name.startswith(_ASKED) for name in values):
        return form
    try:
        more = read_more(values, await get_asks((await get_public_offer(offer_id)).id))
        return PartyPage.model_validate({**form.model_dump(), **more})
    except ValidationError as error:
        raise Invalid(field_errors(error)) from None


async def show_refused_form(request: Request, refusal: Refusal) -> Response:
    """The claim form again, all that was typed kept."""
    if isinstance(refusal, Invalid):
        return await show_claim_form(request, refused_form(request, refusal), refusal.status)
    form = FormState(request.state.form_values)
    return await show_claim_form(request, form, refusal.status, refusal.words)


async def show_claim_form(
    request: Request, form: FormState, status: int = 200, refusal: Message | None = None
) -> Response:
    """The claim form of an offer, with a fresh key: nothing was taken with the one before."""
    offer = await get_public_offer(request.path_params["offer_id"])
    response = render(
        request, "ticketing/claim.html", status, form=form, shown=show_offer(offer), refusal=refusal,
        occasion=await get_occasion(offer), key=new_secret(), proof_bits=PROOF_BITS,
        parties=[(str(n), str(n)) for n in range(1, offer.party_most + 1)],
        asks=await get_asks(offer.id) if offer.asks_more else None, access_words=ACCESS_WORDS,
        language_names=LANGUAGE_NAMES,
        slots=[show_offer(slot) for slot in await _other_slots(offer)],
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


async def _other_slots(offer: OfferFacts) -> list[OfferFacts]:
    if not offer.slot:
        return []
    found = [slot for slot in await list_offers_of(offer.occurrence_id) if slot.slot and slot.id != offer.id]
    return [slot for slot in found if is_public(slot, now()) and not slot.code_digest and slot.valid_until > now()]


def show_wait(request: Request, busy: TooMany) -> Response:
    """Too many at once: the page keeps what was typed and its key, tries again by itself, or at a press."""
    values = getattr(request.state, "form_values", {})
    kept = [(name, text) for name, value in values.items() if name != "csrf" for text in _texts(value)]
    response = render(
        request, "ticketing/wait.html", busy.status, busy=busy, kept=kept, here=request.url.path
    )  # fmt: skip
    response.headers.update({**busy.headers, "Cache-Control": "no-store"})
    return response


def _texts(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


# ---------------------------------------------------------------- by code, and by confirmed address


async def get_code_form(request: Request) -> Response:
    """Where a group writes the code that it was given."""
    return _show_code_form(request, FormState())


def _show_code_form(request: Request, form: FormState, status: int = 200) -> Response:
    return render(request, "ticketing/code.html", status, form=form)


async def post_code_form(request: Request) -> Response:
    """On to the group's places, if the code is that of one of this date's offers."""
    limit(request, "code", _CODES_PER_MINUTE)
    try:
        code = (await read_form(request, CodePage)).code
        for offer in await list_offers_of(request.path_params["occurrence_id"]):
            if offer.code_digest and same(offer.code_digest, code_mark(code)) and is_public(offer, now()):
                return await show_claim_form_of(request, offer.id, FormState({"code": code}))
        raise Invalid({"code": say(N_("No places are kept under this code. Look at it again."))})
    except Invalid as refusal:
        return _show_code_form(request, refused_form(request, refusal), refusal.status)


async def show_claim_form_of(request: Request, offer_id: int, form: FormState) -> Response:
    """The claim form of another offer than the address names."""
    request.path_params["offer_id"] = offer_id
    return await show_claim_form(request, form)


async def show_sent(request: Request, offer_id: int, form: PartyForm) -> Response:
    """Where the link went that takes the places."""
    occasion = await get_occasion(await get_public_offer(offer_id))
    response = render(request, "ticketing/confirm_sent.html", occasion=occasion, email=form.email)
    response.headers["Cache-Control"] = "no-store"
    return response


async def get_confirm(request: Request) -> Response:
    """A press takes the places: a mail scanner that opens the link does not."""
    limit(request, "ticket", PER_MINUTE)
    wish = await find_wish(request.path_params["secret"])
    occasion = await get_occasion(await get_public_offer(wish.offer_id))
    response = render(request, "ticketing/confirm.html", occasion=occasion, party=int(wish.form["party"]))
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def post_confirm(request: Request) -> Response:
    """Take the places, and go to the ticket."""
    limit(request, "holder", PER_MINUTE)
    secret = request.path_params["secret"]
    try:
        taken = await confirm_wish(secret)
    except Conflict as refusal:
        wish = await find_wish(secret)
        request.path_params["offer_id"] = wish.offer_id
        form = FormState({name: value for name, value in wish.form.items() if isinstance(value, str | int)})
        return await show_claim_form(request, form, refusal.status, refusal.words)
    return go_to(request, f"/tickets/{manage_secret(taken.reference)}")


routes: Routes = [
    Door("/claim/{offer_id:int}", ANYONE, get=get_claim_form, post=post_claim_form),
    Door("/claim/code/{occurrence_id:int}", ANYONE, get=get_code_form, post=post_code_form),
    Door("/claim/confirm/{secret}", holder("the link sent to an address"), get=get_confirm, post=post_confirm),
]
