"""What an application costs, line by line; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

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


def cost_lines(space: str, fee_cents: int, add_ons: Sequence[Line]) -> list[Line]:
    """Lines of (label, quantity, cents each): the space at its fee, then the add-ons."""
    return [(space, 1, fee_cents), *add_ons]


def total_of(lines: Sequence[Line]) -> int:
    """The sum in cents."""
    return sum(quantity * cents for _, quantity, cents in lines)
