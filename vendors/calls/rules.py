"""What holds while a call is set up; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from festival.kit.errors import Conflict
from festival.kit.words import N_

KINDS = {
    "text": N_("One line"),
    "long": N_("A few sentences"),
    "yes_no": N_("Yes or no"),
    "choice": N_("One of several answers"),
    "number": N_("A number"),
    "date": N_("A date"),
    "link": N_("A link"),
    "names": N_("Names of people, one a line"),
    "times": N_("Times at which they can, one a line"),
}
CHARGES = {
    "on_approval": N_("When the offer is accepted"),
    "invoice": N_("By invoice"),
    "none": N_("Nothing to pay"),
}


def answers_of(kind: str, options: Sequence[str]) -> Sequence[str]:
    """The answers to a question of that kind that something else can hang on."""
    return {"yes_no": ("yes", "no"), "choice": tuple(options)}.get(kind, ())


class CapBelowTaken(Conflict):
    """More places are promised than the new cap."""

    code = "cap_below_taken"
    message = N_("%(taken)s places are already promised, so the number of places cannot be less.")


class StockBelowTaken(Conflict):
    """More of it is promised than the new stock."""

    code = "stock_below_taken"
    message = N_("%(taken)s are already promised, so the stock cannot be less.")


class InUse(Conflict):
    """Applications have it, so it cannot be removed."""

    code = "in_use"
    message = N_("Applications already use this, so it cannot be removed. You can still change its words.")


class NameTaken(Conflict):
    """There is one of that name already."""

    code = "name_taken"
    message = N_("There is already one with this name.")


class CallExists(Conflict):
    """The festival has a call."""

    code = "call_exists"
    message = N_("This festival already takes applications.")


def next_year(moment: dt.datetime, before: dt.datetime, after: dt.datetime) -> dt.datetime:
    """`moment` as far ahead of the festival at `after` as it was of the one at `before`, at the same wall time.

    All three are wall times of the city without a zone. The weekday moves as the festival's does.
    """
    return dt.datetime.combine(moment.date() + (after.date() - before.date()), moment.time())


def policy_of(tiers: Sequence[tuple[int, int, bool]], kept: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The refund policy of (days ahead, percent, full if resold), the longest notice first.

    What happens when the city cancels is carried over from `kept`; without it everything comes back.
    """
    policy: list[dict[str, Any]] = []
    for days, percent, resold in sorted(tiers, reverse=True):
        tier: dict[str, Any] = {"until_days": days, "refund_pct": percent}
        policy.append(tier | ({"or_full_if_resold": True} if resold else {}))
    city = [tier for tier in kept if tier.get("city_cancels")]
    return [*policy, *(city or [{"city_cancels": True, "refund_pct": 100}])]


def in_new_place(ids: Sequence[int], moved: int, step: int) -> list[int]:
    """`ids` with `moved` one place earlier (-1) or later (1), as far as there is room."""
    order = list(ids)
    at = order.index(moved)
    to = min(max(at + step, 0), len(order) - 1)
    order.insert(to, order.pop(at))
    return order
