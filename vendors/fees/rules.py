"""What an application costs, line by line; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from festival.payments.rules import BillLine

Line = tuple[str, int, int]


@dataclass(frozen=True)
class OtherFee:
    """A fee instead of the category's: for whom `condition` names, or for all who send by `sent_until`."""

    condition: str
    fee_cents: int
    sent_until: dt.datetime | None = None


def space_fee(fee_cents: int, others: Sequence[OtherFee], condition: str, sent_at: dt.datetime) -> int:
    """The fee in cents of one who claims `condition` ("" for none) and sends at `sent_at`: the lowest that applies."""
    claimed = [o.fee_cents for o in others if o.sent_until is None and o.condition == condition]
    early = [o.fee_cents for o in others if o.sent_until is not None and sent_at <= o.sent_until]
    return min([*early, claimed[0] if claimed else fee_cents])


def bill_lines(
    spaces: Sequence[BillLine], add_ons: Sequence[Line], discounts: Sequence[tuple[str, int]], security: BillLine
) -> list[BillLine]:
    """The space or its days, the add-ons, the discounts (label, cents) as far as there is something left to take off,
    and the deposit that comes back, which no discount touches."""
    lines = [*spaces, *(BillLine(label, quantity, cents, "add_on") for label, quantity, cents in add_ons)]
    left = sum(line.quantity * line.unit_cents for line in lines)
    for label, cents in discounts:
        taken = min(left, cents)
        left -= taken
        if taken:
            lines.append(BillLine(label, 1, -taken, "discount"))
    return [*lines, security] if security.unit_cents else lines


def total_of(lines: Sequence[Line | BillLine]) -> int:
    """The sum in cents."""
    return sum(line[1] * line[2] for line in lines)


@dataclass(frozen=True)
class Promise:
    """What comes back to one who leaves, in cents: at once, and the rest if the space goes to somebody else."""

    now_cents: int = 0
    if_resold_cents: int = 0


def refund_promise(
    policy: Sequence[Mapping[str, Any]],
    refundable_cents: int,
    days_ahead: int,
    *,
    by_city: bool = False,
    security_cents: int = 0,
) -> Promise:
    """What the call's refund policy promises for `refundable_cents`, so many days before the festival.

    `security_cents` of it are a deposit, which comes back whole from everybody who does not come.
    Parts of a cent go to the applicant. Without a tier for so short a notice nothing comes back; what the city
    cancels comes back whole unless the policy says otherwise.
    """
    security = min(security_cents, refundable_cents)
    refundable_cents -= security
    if by_city:
        tier: Mapping[str, Any] = next((t for t in policy if t.get("city_cancels")), {"refund_pct": 100})
    else:
        tiers = sorted((t for t in policy if "until_days" in t), key=lambda t: -int(t["until_days"]))
        tier = next((t for t in tiers if days_ahead >= int(t["until_days"])), {"refund_pct": 0})
    share = -(-refundable_cents * int(tier["refund_pct"]) // 100)
    now_cents = max(0, min(share, refundable_cents - int(tier.get("keep", 0))))
    rest = refundable_cents - now_cents
    return Promise(now_cents + security, rest if tier.get("or_full_if_resold") else 0)


@dataclass(frozen=True)
class Portion:
    """A part of what was paid that is for one day, so many days ahead."""

    cents: int
    days_ahead: int


def promise_by_days(
    policy: Sequence[Mapping[str, Any]], refundable_cents: int, portions: Sequence[Portion], *, security_cents: int = 0
) -> Promise:
    """What comes back of `refundable_cents` that were paid for several days, each by its own notice.

    The weights of the portions share it out; what does not divide goes with the first. The deposit comes back whole.
    """
    security = min(security_cents, refundable_cents)
    rest, weight = refundable_cents - security, sum(one.cents for one in portions)
    if not weight:
        return Promise(security)
    shares = [rest * one.cents // weight for one in portions]
    shares[0] += rest - sum(shares)
    # Days of the same notice are one sum, so that what a tier keeps is kept once.
    by_notice: dict[int, int] = {}
    limits = sorted(int(tier["until_days"]) for tier in policy if "until_days" in tier)
    for one, share in zip(portions, shares, strict=True):
        notice = max((limit for limit in limits if limit <= one.days_ahead), default=-1)
        by_notice[notice] = by_notice.get(notice, 0) + share
    found = [refund_promise(policy, cents, notice) for notice, cents in by_notice.items()]
    return Promise(security + sum(one.now_cents for one in found), sum(one.if_resold_cents for one in found))


def count_resold(left: int, cap: int, confirmed: int) -> int:
    """How many of the `left` places given back were taken by somebody else: those that are not free any more."""
    return max(0, min(left, left - (cap - confirmed)))
