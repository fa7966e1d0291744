"""Writes: new offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from events.models import Occurrence
from events.signals import Date, Set
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Invalid, NotFound
from festival.kit.web.access import NOBODY, Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from ticketing.models import Offer

if TYPE_CHECKING:
    from ticketing.offers.forms import NewOffer

_DOORS_BEFORE = dt.timedelta(hours=2)


def plan_offer(starts_at: dt.datetime, ends_at: dt.datetime, values: dict[str, Any]) -> Offer:
    """An offer, not yet kept, with every column set: gates from two hours before the start until the end."""
    plain: dict[str, Any] = {
        "valid_from": starts_at - _DOORS_BEFORE, "valid_until": max(ends_at, starts_at), "name": "",
        "party_most": 10, "waitlist": True, "opens_at": None, "closes_at": None, "created_at": now(),
        "door": 0, "slot": False, "confirm": False, "keep_days": 30,
    }  # fmt: skip
    return Offer(**{**plain, **{name: value for name, value in values.items() if value is not None}})


async def create_offer(occurrence_id: int, asked: NewOffer, who: Principal) -> Offer:
    """Make an offer for an occurrence; raises NotFound, or Invalid where its times are in no order."""
    async with transaction():
        occurrence = await Occurrence.get_or_none(id=occurrence_id)
        if occurrence is None:
            raise NotFound
        values = {"occurrence_id": occurrence.id, **asked.model_dump()}
        offer = plan_offer(occurrence.starts_at, occurrence.ends_at, values)
        if offer.valid_until <= offer.valid_from:
            raise Invalid({"valid_until": say(N_("This must be after the beginning."))})
        if offer.opens_at and offer.closes_at and offer.closes_at <= offer.opens_at:
            raise Invalid({"closes_at": say(N_("This must be after the beginning."))})
        await offer.save()
        facts = {"occurrence_id": occurrence.id, "capacity": offer.capacity, "name": offer.name}
        await record_audit(who, "offer.created", ("offer", offer.id), after=facts)
    return offer


async def follow_dates(before: Mapping[int, Date], after: Mapping[int, Date]) -> None:
    """Keep an offer's gates, slots and closing time where they were beside a date that moved; in its transaction.

    When claiming opens is a day of the calendar, not of the date: it stays. An act's places go by the schedule.
    """
    for offer in await Offer.filter(occurrence_id__in=list(after), act_id=None).order_by("id"):
        was, now_is = before[offer.occurrence_id], after[offer.occurrence_id]
        begin, end = now_is.starts_at - was.starts_at, now_is.ends_at - was.ends_at
        await _move_offer(offer, begin, end, "offer.moved_with_date")


async def follow_acts(before: Mapping[int, Set], after: Mapping[int, Set]) -> None:
    """Keep the gates and closing time of an act's offers where they were beside its set; in its transaction."""
    for offer in await Offer.filter(act_id__in=list(after)).order_by("id"):
        if offer.act_id is not None:
            was, now_is = before[offer.act_id], after[offer.act_id]
            await _move_offer(offer, now_is[0] - was[0], now_is[1] - was[1], "offer.moved_with_act")


async def _move_offer(offer: Offer, begin: dt.timedelta, end: dt.timedelta, action: str) -> None:
    if not begin and not end:
        return
    # A slot is a part of the beginning; a whole offer lasts as long as what it is for.
    columns = {
        "valid_from": offer.valid_from + begin,
        "valid_until": max(offer.valid_until + (begin if offer.slot else end), offer.valid_from + begin),
        "closes_at": offer.closes_at + begin if offer.closes_at else None,
        "revision": offer.revision + 1,
    }
    await Offer.filter(id=offer.id).update(**columns)
    facts = {name: str(value) for name, value in columns.items()}
    await record_audit(NOBODY, action, ("offer", offer.id), after=facts)
