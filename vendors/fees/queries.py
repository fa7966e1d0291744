"""Reads: what an application costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from festival.kit.clock import now
from festival.kit.i18n import text_digest
from festival.kit.words import N_
from festival.organisation.queries import list_texts
from festival.payments.cards import find_chargeable
from festival.payments.gateway import find_gateway
from festival.payments.ledger import sums_of
from festival.payments.models import ObligationLine, SavedCard
from festival.payments.queries import get_obligation
from festival.payments.rules import BillLine, refundable_cents, split_cents
from festival.settings import settings
from vendors.dates.queries import BILLED_STATES, day_in, list_asked, list_dates
from vendors.dates.rules import SeasonPrice, date_prices, share_cents
from vendors.fees.rules import (
    Line,
    OtherFee,
    Portion,
    Promise,
    bill_lines,
    promise_by_days,
    refund_promise,
    space_fee,
    total_of,
)
from vendors.lifecycle.rules import State
from vendors.models import Application, ApplicationAddOn, ApplicationDate, Call, Category, Discount, FeeRule
from vendors.wording.queries import list_words_of

# What an application owes is billed under this name.
SUBJECT = "application"


async def list_cost(application: Application) -> list[Line]:
    """The lines of what `application` costs as it stands; a draft, as if it were sent now."""
    return [(line.label, line.quantity, line.unit_cents) for line in await list_bill(application)]


async def list_bill(application: Application) -> list[BillLine]:
    """The same, with the kind of each line, in the applicant's language."""
    category = await Category.get(id=application.category_id)
    names = await list_texts("category", [category.id], application.language)
    add_ons = await ApplicationAddOn.filter(application_id=application.id).select_related("add_on").order_by("id")
    words = await list_words_of(category.call_id, application.language)
    discounts = await Discount.filter(application_id=application.id, ended_at=None).order_by("id")
    return bill_lines(
        await _list_spaces(application, category, names.get((category.id, "name"), category.name)),
        [
            (words.get(text_digest(row.add_on.name), row.add_on.name), row.quantity, row.add_on.price_cents)
            for row in add_ons
        ],
        [(row.label, row.amount_cents) for row in discounts],
        BillLine(N_("Deposit, given back after the festival"), 1, category.security_cents, "deposit"),
    )


async def find_space_fee(application: Application, category: Category) -> int:
    """What `application` pays for the space, or for each of its days, before any season price."""
    rules = FeeRule.filter(category_id=category.id, from_dates=None).order_by("id")
    others = [OtherFee(rule.condition, rule.fee_cents, rule.sent_until) for rule in await rules]
    return space_fee(category.fee_cents, others, application.fee_condition, application.submitted_at or now())


async def _list_spaces(application: Application, category: Category, name: str) -> list[BillLine]:
    """The line of the space, or one of each day that is asked for or given."""
    fee = await find_space_fee(application, category)
    offered = await list_dates(category.id)
    if not offered:
        return [BillLine(name, 1, fee, "space")]
    seasons = [
        SeasonPrice(rule.fee_cents, rule.from_dates or 0, rule.together)
        for rule in await FeeRule.filter(category_id=category.id, from_dates__not_isnull=True)
    ]
    asked = await list_asked(application.id)
    # The price of a day is that of all that were asked for: what the team leaves out makes no day dearer.
    prices = date_prices(fee, seasons, len(asked), len(offered))
    return [
        BillLine(f"{name}, {day_in(application.language, row.date.held_on)}", 1, cents, "date")
        for row, cents in zip(asked, prices, strict=True)
        if row.state in BILLED_STATES
    ]


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
    days = await _list_billed(application.id)
    if days and not by_city:
        portions = await _portions_of(application.obligation_id, days, at.astimezone(zone).date())
        return promise_by_days(call.refund_policy, refundable, portions, security_cents=security)
    ahead = (call.festival.starts_at.astimezone(zone).date() - at.astimezone(zone).date()).days
    return refund_promise(call.refund_policy, refundable, ahead, by_city=by_city, security_cents=security)


async def _list_billed(application_id: int) -> list[ApplicationDate]:
    """The days that are on the bill and were not given back, in their order."""
    return [row for row in await list_asked(application_id) if row.line_id and row.state in BILLED_STATES]


async def _portions_of(obligation_id: int, days: Sequence[ApplicationDate], today: dt.date) -> list[Portion]:
    """Each day by its line, and what is for no single day, such as power, with the first of them that is to come."""
    lines = {line.id: line for line in await ObligationLine.filter(obligation_id=obligation_id)}
    ahead = [(row.date.held_on - today).days for row in days]
    portions = [
        Portion(max(0, lines[row.line_id or 0].unit_cents - lines[row.line_id or 0].refunded_cents), left)
        for row, left in zip(days, ahead, strict=True)
    ]
    add_ons = [line for line in lines.values() if line.kind not in {"date", "deposit", "kept", "discount"}]
    others = sum(line.quantity * line.unit_cents - line.refunded_cents for line in add_ons)
    first = min((left for left in ahead if left >= 0), default=-1)
    return [*portions, Portion(others, first)] if others else portions


async def find_date_promise(
    application: Application, row: ApplicationDate, at: dt.datetime, *, by_city: bool = False
) -> int:
    """What comes off the bill or back, in cents, if `application` gives one granted day back at `at`.

    Its line, less its share of the discounts, by the policy for so many days before that day; all of it where the
    city cancels, and as long as nothing was paid.
    """
    if application.obligation_id is None or row.line_id is None:
        return 0
    bill = await get_obligation(application.obligation_id)
    lines = await ObligationLine.filter(obligation_id=bill.id).exclude(kind__in=["deposit", "kept"])
    line = next(one for one in lines if one.id == row.line_id)
    amounts = [one.quantity * one.unit_cents for one in lines]
    gross = sum(cents for cents in amounts if cents > 0)
    cents = share_cents(line.unit_cents - line.refunded_cents, gross, sum(amounts))
    if by_city or not bill.paid_cents:
        return cents
    call = await Call.get(categories__id=application.category_id)
    ahead = (row.date.held_on - at.astimezone(settings().zone).date()).days
    return refund_promise(call.refund_policy, cents, ahead).now_cents
