"""Reads: what an application costs."""

from __future__ import annotations

from vendors.fees.rules import Line, cost_lines
from vendors.models import Application, ApplicationAddOn, Category, FeeRule


async def list_cost(application: Application) -> list[Line]:
    """The lines of what `application` costs as it stands."""
    category = await Category.get(id=application.category_id)
    rules = {rule.condition: rule.fee_cents for rule in await FeeRule.filter(category_id=category.id)}
    add_ons = await ApplicationAddOn.filter(application_id=application.id).select_related("add_on").order_by("id")
    lines = [(row.add_on.name, row.quantity, row.add_on.price_cents) for row in add_ons]
    return cost_lines(category.name, category.fee_cents, rules, application.fee_condition, lines)
