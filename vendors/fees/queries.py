"""Reads: what an application costs."""

from __future__ import annotations

from festival.kit.clock import now
from vendors.fees.rules import Line, OtherFee, cost_lines, space_fee
from vendors.models import Application, ApplicationAddOn, Category, FeeRule


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
