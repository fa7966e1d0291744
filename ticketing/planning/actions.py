"""Writes: offers made and changed while people claim, each change on the record and undone by one press."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid, NotFound
from festival.kit.web.access import Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from ticketing.claim.actions import code_mark
from ticketing.models import Offer, OfferQuestion, Quota
from ticketing.offers.actions import plan_offer
from ticketing.offers.sql import lock_families, move_quotas
from ticketing.planning.queries import OFFER_CHANGED, find_last_change, get_occurrence
from ticketing.planning.rules import cut_slots
from ticketing.waitlist.actions import promote_family

if TYPE_CHECKING:
    from ticketing.planning.forms import NewOfferForm, OfferForm, QuestionForm

_MOMENTS = ("opens_at", "closes_at", "valid_from", "valid_until")


class NotEnoughPlaces(Conflict):
    """More places are taken or held than there would be."""

    code = "not_enough_places"
    message = N_("There must be at least %(least)s places: so many are taken or held already.")


class QuotaFull(Conflict):
    """The places that offers share do not suffice."""

    code = "quota_full"
    message = N_("The shared places do not suffice for what is taken already.")


async def change_offer(offer_id: int, form: OfferForm, who: Principal) -> Offer:
    """Change an offer at once, and offer what came free to its line.

    Raises NotFound, Invalid, NotEnoughPlaces or QuotaFull; then nothing was changed.
    """
    columns = form.columns()
    async with transaction():
        offer = await _lock(offer_id)
        columns["asks"] = _asks({**(offer.asks or {})}, form)
        columns["quota_id"] = await _quota(form, offer)
        if not form.private:
            columns["code_digest"] = ""
        elif form.code:
            columns["code_digest"] = code_mark(form.code)
        elif not offer.code_digest:
            raise Invalid({"code": say(N_("This is needed."))})
        await _write(offer, columns, who)
    return await Offer.get(id=offer_id)


async def undo_change(offer_id: int, who: Principal) -> bool:
    """Put back what the latest change of an offer replaced; False where there is none. Undone twice, it is redone."""
    async with transaction():
        offer = await _lock(offer_id)
        last = await find_last_change(offer_id)
        if last is None or not last.before:
            return False
        await _write(offer, {name: _unpacked(name, value) for name, value in last.before.items()}, who)
    return True


async def _lock(offer_id: int) -> Offer:
    if not await lock_families([offer_id]):
        raise NotFound
    return await Offer.get(id=offer_id)


async def _quota(form: OfferForm, offer: Offer) -> int | None:
    if form.quota_name and form.quota_capacity:
        return (await Quota.create(name=form.quota_name[:120], capacity=form.quota_capacity)).id
    if (
        form.quota is not None
        and not await Offer.filter(occurrence_id=offer.occurrence_id, quota_id=form.quota).exists()
    ):
        raise Invalid({"quota": say(N_("Choose one of the answers offered."))})
    return form.quota


def _asks(kept: dict[str, Any], form: OfferForm) -> dict[str, Any] | None:
    asks = {**kept, "age_bands": form.age_bands, "languages": form.languages, "access": form.access}
    return {name: value for name, value in asks.items() if value} or None


async def _write(offer: Offer, columns: dict[str, Any], who: Principal) -> None:
    """Write columns of a locked offer; its counters, and those of a shared quota, go with them."""
    changed = {name: value for name, value in columns.items() if getattr(offer, name) != value}
    if not changed:
        return
    door, capacity = changed.get("door", offer.door), changed.get("capacity", offer.capacity)
    held = offer.held + door - offer.door
    if offer.claimed + held > capacity:
        raise NotEnoughPlaces(least=offer.claimed + held)
    quota_id = changed.get("quota_id", offer.quota_id)
    if quota_id == offer.quota_id:
        moves = {quota_id: held - offer.held} if quota_id is not None else {}
    else:
        moves = {offer.quota_id: -offer.claimed - offer.held, quota_id: offer.claimed + held}
    for shared, number in moves.items():
        if shared is not None and number and not await move_quotas({shared: number}):
            raise QuotaFull
    before = {name: getattr(offer, name) for name in changed}
    await Offer.filter(id=offer.id).update(**changed, held=held, revision=offer.revision + 1)
    await record_audit(who, OFFER_CHANGED, ("offer", offer.id), before=_packed(before), after=_packed(changed))
    await promote_family(await lock_families([offer.id]), now())


def _packed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in values.items()}


def _unpacked(name: str, value: Any) -> Any:
    return dt.datetime.fromisoformat(cast(str, value)) if name in _MOMENTS and value else value


# ---------------------------------------------------------------- new ones


async def create_offers(occurrence_id: int, form: NewOfferForm, who: Principal) -> list[Offer]:
    """An offer for a date, or one for each of its arrival slots; raises NotFound or Invalid."""
    first, last = form.slots()
    occurrence = await get_occurrence(occurrence_id)
    facts = {
        "occurrence_id": occurrence.id, "name": form.name, "capacity": form.capacity, "party_most": form.party_most
    }  # fmt: skip
    plans = [plan_offer(occurrence.starts_at, occurrence.ends_at, facts)]
    if first or last or form.slot_minutes:
        if not (first and last and form.slot_minutes):
            raise Invalid({"slot_minutes": say(N_("Slots need a first and a last time, and their length."))})
        slots = cut_slots(first, last, form.slot_minutes)
        if not slots:
            raise Invalid({"slots_until": say(N_("This must be after the beginning."))})
        plans = [
            plan_offer(begin, end, {**facts, "valid_from": begin, "valid_until": end, "slot": True, "position": n})
            for n, (begin, end) in enumerate(slots)
        ]
    async with transaction():
        for plan in plans:
            await plan.save()
            await record_audit(who, "offer.created", ("offer", plan.id), after=_packed({**facts, "slot": plan.slot}))
    return plans


async def add_question(offer_id: int, form: QuestionForm, who: Principal) -> None:
    """Ask one more thing from now on; raises NotFound or Invalid."""
    if form.kind == "choice" and len(form.options) < 2:
        raise Invalid({"options": say(N_("Write at least two answers, one in each line."))})
    async with transaction():
        offer = await _lock(offer_id)
        count = await OfferQuestion.filter(offer_id=offer_id).count()
        if count >= 20:
            raise Invalid({"label": say(N_("Twenty questions are enough."))})
        await OfferQuestion.create(
            offer_id=offer_id, position=count, label=form.label, kind=form.kind, options=list(form.options) or None,
            per_person=form.per_person, required=form.required,
        )  # fmt: skip
        await Offer.filter(id=offer_id).update(asks={**(offer.asks or {}), "questions": True})
        await record_audit(who, "offer.question_added", ("offer", offer_id), after={"label": form.label})


async def remove_question(offer_id: int, question_id: int, who: Principal) -> None:
    """Stop asking something; answers given before stay with their claims."""
    async with transaction():
        offer = await _lock(offer_id)
        question = await OfferQuestion.get_or_none(id=question_id, offer_id=offer_id)
        if question is None:
            raise NotFound
        await question.delete()
        asks = {**(offer.asks or {})}
        if not await OfferQuestion.filter(offer_id=offer_id).exists():
            asks.pop("questions", None)
        await Offer.filter(id=offer_id).update(asks=asks or None)
        await record_audit(who, "offer.question_removed", ("offer", offer_id), before={"label": question.label})
