"""Staff pages: making offers and slots, changing one while people claim, its questions, the risk of overbooking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.kit.words import N_, Message, say
from festival.settings import settings
from ticketing.models import Offer
from ticketing.offers.queries import get_occasion, get_offer
from ticketing.planning.actions import add_question, change_offer, create_offers, remove_question, undo_change
from ticketing.planning.forms import NewOfferForm, OfferForm, QuestionForm, RemoveForm
from ticketing.planning.queries import (
    find_last_change,
    get_occurrence,
    get_overbooking,
    list_coming_occurrences,
    list_questions,
    list_quotas,
)

_TEAM = staff(Role.ORGANIZER)
_TOLD = {
    "saved": N_("Saved. It counts from now on."),
    "undone": N_("The change was taken back."),
    "question": N_("Saved. It counts from now on."),
}


def _wall(value: dt.datetime | None) -> str:
    return value.astimezone(settings().zone).strftime("%Y-%m-%dT%H:%M") if value else ""


def _shown(offer: Offer) -> Mapping[str, Any]:
    """An offer as the form shows it."""
    asks = offer.asks or {}
    plain = ("name", "capacity", "door", "party_most", "release_minutes", "fire_limit", "no_show_percent",
             "person_most", "household_most", "keep_days")  # fmt: skip
    ticks = {
        "waitlist": offer.waitlist, "confirm": offer.confirm, "closed": offer.state == "closed",
        "private": bool(offer.code_digest), "languages": asks.get("languages"), "access": asks.get("access"),
    }  # fmt: skip
    return {
        **{name: "" if (value := getattr(offer, name)) is None else value for name in plain},
        **{name: "yes" if ticked else "" for name, ticked in ticks.items()},
        "opens": _wall(offer.opens_at), "closes": _wall(offer.closes_at), "gate_from": _wall(offer.valid_from),
        "gate_until": _wall(offer.valid_until), "age_bands": "\n".join(asks.get("age_bands", ())),
        "quota": offer.quota_id or "",
    }  # fmt: skip


async def get_edit(request: Request) -> Response:
    """Everything about an offer that can be changed."""
    return await show_edit(request)


async def show_edit(
    request: Request, status: int = 200, form: FormState | None = None, refusal: Message | None = None,
    question: FormState | None = None,
) -> Response:  # fmt: skip
    """The page, with what was just done or refused."""
    facts = await get_offer(request.path_params["offer_id"])
    offer = await Offer.get(id=facts.id)
    told = _TOLD.get(request.query_params.get("done", ""))
    return render(
        request, "ticketing/planning/edit.html", status, offer=offer, facts=facts, occasion=await get_occasion(facts),
        form=form or FormState(_shown(offer)), question=question or FormState(), refusal=refusal,
        told=say(told) if told and status == 200 else None, questions=await list_questions(offer.id),
        quotas=await list_quotas(offer), overbooking=await get_overbooking(offer),
        last=await find_last_change(offer.id),
    )  # fmt: skip


async def post_edit(request: Request) -> Response:
    """Change the offer now."""
    offer_id = request.path_params["offer_id"]
    try:
        await change_offer(offer_id, await read_form(request, OfferForm), principal_of(request))
    except Invalid as refusal:
        return await show_edit(request, 422, refused_form(request, refusal))
    except Conflict as refusal:
        return await show_edit(request, refusal.status, FormState(request.state.form_values), refusal.words)
    return go_to(request, f"/organize/offers/{offer_id}/edit?done=saved")


async def post_undo(request: Request) -> Response:
    """Take the latest change back."""
    offer_id = request.path_params["offer_id"]
    try:
        await undo_change(offer_id, principal_of(request))
    except Conflict as refusal:
        return await show_edit(request, refusal.status, refusal=refusal.words)
    return go_to(request, f"/organize/offers/{offer_id}/edit?done=undone")


async def post_question(request: Request) -> Response:
    """Ask one more thing."""
    offer_id = request.path_params["offer_id"]
    try:
        await add_question(offer_id, await read_form(request, QuestionForm), principal_of(request))
    except Invalid as refusal:
        return await show_edit(request, 422, question=refused_form(request, refusal))
    return go_to(request, f"/organize/offers/{offer_id}/edit?done=question#questions")


async def post_question_removed(request: Request) -> Response:
    """Stop asking something."""
    offer_id = request.path_params["offer_id"]
    try:
        form = await read_form(request, RemoveForm)
    except Invalid:
        return go_to(request, f"/organize/offers/{offer_id}/edit")
    await remove_question(offer_id, form.question, principal_of(request))
    return go_to(request, f"/organize/offers/{offer_id}/edit?done=question#questions")


async def get_choose(request: Request) -> Response:
    """Which date the new offer is for."""
    words = " ".join(request.query_params.get("q", "").split())[:100]
    rows = await list_coming_occurrences(words)
    return render(request, "ticketing/planning/choose.html", rows=rows, words=words)


async def get_new(request: Request) -> Response:
    """The form of a new offer."""
    return await show_new(request, FormState())


async def show_new(request: Request, form: FormState, status: int = 200) -> Response:
    """The form, with what is wrong with it."""
    occurrence = await get_occurrence(request.path_params["occurrence_id"])
    times = {"first": _wall(occurrence.starts_at), "last": _wall(occurrence.ends_at)}
    return render(request, "ticketing/planning/new.html", status, occurrence=occurrence, form=form, times=times)


async def post_new(request: Request) -> Response:
    """Make the offer, or one for each slot."""
    try:
        form = await read_form(request, NewOfferForm)
        made = await create_offers(request.path_params["occurrence_id"], form, principal_of(request))
    except Invalid as refusal:
        return await show_new(request, refused_form(request, refusal), 422)
    return go_to(request, f"/organize/offers/{made[0].id}/edit?done=saved")


routes: Routes = [
    Door("/organize/offers/new", _TEAM, get=get_choose),
    Door("/organize/offers/new/{occurrence_id:int}", _TEAM, get=get_new, post=post_new),
    Door("/organize/offers/{offer_id:int}/edit", _TEAM, get=get_edit, post=post_edit),
    Door("/organize/offers/{offer_id:int}/undo", _TEAM, post=post_undo),
    Door("/organize/offers/{offer_id:int}/questions", _TEAM, post=post_question),
    Door("/organize/offers/{offer_id:int}/questions/remove", _TEAM, post=post_question_removed),
]
