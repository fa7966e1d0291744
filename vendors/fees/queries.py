"""Reads: what an application costs."""

from __future__ import annotations

import datetime as dt

from festival.kit.clock import now
from festival.payments.ledger import sums_of
from festival.payments.queries import get_obligation
from festival.payments.rules import refundable_cents
from festival.settings import settings
from vendors.fees.rules import Line, OtherFee, Promise, cost_lines, refund_promise, space_fee
from vendors.models import Application, ApplicationAddOn, Call, Category, FeeRule


async def list_cost(application: Application) -> list[Line]:
    """The lines of what `application` costs as it stands; a draft, as if it were sent now."""
    category = await Category.get(id=application.category_id)
    others = [
        OtherFee(rule.condition, rule.fee_cents, rule.sent_until)
        for rule in await FeeRule.filter(category_id=category.id).order_by("id")
    ]
    sent_at = application.submitted_at or now()
    fee = space_fee(category.fee_cents, others, application.fee_condition, sent_at)
    add_ons = await ApplicationAddOn.filter(application_id=application.id).select_related("add_on").order_by("id")
    return cost_lines(category.name, fee, [(row.add_on.name, row.quantity, row.add_on.price_cents) for row in add_ons])


async def find_promise(application: Application, at: dt.datetime, *, by_city: bool = False) -> Promise:
    """What comes back of what was paid for `application` if it leaves at `at`."""
    if application.obligation_id is None:
        return Promise()
    refundable = refundable_cents(sums_of(await get_obligation(application.obligation_id)))
    call = await Call.get(categories__id=application.category_id).select_related("festival")
    zone = settings().zone
    ahead = (call.festival.starts_at.astimezone(zone).date() - at.astimezone(zone).date()).days
    return refund_promise(call.refund_policy, refundable, ahead, by_city=by_city)
