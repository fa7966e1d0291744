"""Reads: what an application costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from festival.kit.clock import now
from festival.kit.words import N_
from festival.organisation.queries import list_texts
from festival.payments.cards import find_chargeable
from festival.payments.gateway import find_gateway
from festival.payments.ledger import sums_of
from festival.payments.models import ObligationLine, SavedCard
from festival.payments.queries import get_obligation
from festival.payments.rules import BillLine, refundable_cents, split_cents
from festival.settings import settings
from vendors.fees.rules import Line, OtherFee, Promise, bill_lines, refund_promise, space_fee, total_of
from vendors.lifecycle.rules import State
from vendors.models import Application, ApplicationAddOn, Call, Category, Discount, FeeRule

# What an application owes is billed under this name.
SUBJECT = "application"


async def list_cost(application: Application) -> list[Line]:
    """The lines of what `application` costs as it stands; a draft, as if it were sent now."""
    return [(line.label, line.quantity, line.unit_cents) for line in await list_bill(application)]


async def list_bill(application: Application) -> list[BillLine]:
    """The same, with the kind of each line, in the applicant's language."""
    category = await Category.get(id=application.category_id)
    names = await list_texts("category", [category.id], application.language)
    others = [
        OtherFee(rule.condition, rule.fee_cents, rule.sent_until)
        for rule in await FeeRule.filter(category_id=category.id).order_by("id")
    ]
    sent_at = application.submitted_at or now()
    fee = space_fee(category.fee_cents, others, application.fee_condition, sent_at)
    add_ons = await ApplicationAddOn.filter(application_id=application.id).select_related("add_on").order_by("id")
    discounts = await Discount.filter(application_id=application.id, ended_at=None).order_by("id")
    return bill_lines(
        BillLine(names.get((category.id, "name"), category.name), 1, fee, "space"),
        [(row.add_on.name, row.quantity, row.add_on.price_cents) for row in add_ons],
        [(row.label, row.amount_cents) for row in discounts],
        BillLine(N_("Deposit, given back after the festival"), 1, category.security_cents, "deposit"),
    )


async def list_parts(application: Application, lines: Sequence[BillLine]) -> list[tuple[int, dt.datetime]]:
    """The instalments (cents, due) in which `lines` are paid once accepted; none where all is paid at once.

    The deposit that comes back goes with the first. Days that are over by then fall to the first as well.
    """
    category, first_at = await Category.get(id=application.category_id), application.pay_by or now()
    days = [dt.date.fromisoformat(text) for text in category.instalments_due or []]
    ends = [dt.datetime.combine(day, dt.time(23, 59), settings().zone) for day in sorted(days)]
    later = [at for at in ends if at > first_at]
    security = sum(line.unit_cents for line in lines if line.kind == "deposit")
    cents = split_cents(total_of(lines) - security, category.deposit_percent, len(later))
    if len(cents) < 2:
        return []
    return list(zip([cents[0] + security, *cents[1:]], [first_at, *later], strict=False))


async def find_card_for(application: Application, cents: int) -> SavedCard | None:
    """The card that may be charged for a bill of `cents` of `application` without asking again."""
    return await find_chargeable((SUBJECT, application.id), application.applicant_id, cents)


async def is_taken_at_once(application: Application, before: str) -> bool:
    """Whether an offer made from `before` is accepted and charged in one step: a card was kept for just that.

    Nobody on the waiting list is charged unasked.
    """
    if before == State.WAITLISTED or find_gateway() is None:
        return False
    cost = total_of(await list_bill(application))
    return cost > 0 and await find_card_for(application, cost) is not None


async def find_promise(application: Application, at: dt.datetime, *, by_city: bool = False) -> Promise:
    """What comes back of what was paid for `application` if it leaves at `at`."""
    if application.obligation_id is None:
        return Promise()
    refundable = refundable_cents(sums_of(await get_obligation(application.obligation_id)))
    deposits = await ObligationLine.filter(obligation_id=application.obligation_id, kind="deposit")
    security = sum(line.unit_cents - line.refunded_cents for line in deposits)
    call = await Call.get(categories__id=application.category_id).select_related("festival")
    zone = settings().zone
    ahead = (call.festival.starts_at.astimezone(zone).date() - at.astimezone(zone).date()).days
    return refund_promise(call.refund_policy, refundable, ahead, by_city=by_city, security_cents=security)
