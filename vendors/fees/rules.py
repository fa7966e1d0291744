"""What an application costs, line by line; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Line = tuple[str, int, int]


def cost_lines(
    space: str, fee_cents: int, other_fees: Mapping[str, int], condition: str, add_ons: Sequence[Line]
) -> list[Line]:
    """Lines of (label, quantity, cents each): the space at the fee of `condition`, then the add-ons."""
    return [(space, 1, other_fees.get(condition, fee_cents)), *add_ons]


def total_of(lines: Sequence[Line]) -> int:
    """The sum in cents."""
    return sum(quantity * cents for _, quantity, cents in lines)
