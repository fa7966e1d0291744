"""Reads: a gate's rules, and the offers that it could take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from festival.kit.clock import now
from festival.kit.errors import NotFound
from ticketing.models import GateRule, Offer

_AHEAD = dt.timedelta(days=400)
_MOST = 300


async def list_rules(gate_id: int) -> Sequence[GateRule]:
    """What the gate admits; nothing means every offer of its venue."""
    return await GateRule.filter(gate_id=gate_id).order_by("id").select_related("offer__occurrence__program")


async def get_rule(gate_id: int, rule_id: int) -> GateRule:
    """A rule of this gate; raises NotFound."""
    rule = await GateRule.get_or_none(id=rule_id, gate_id=gate_id)
    if rule is None:
        raise NotFound
    return rule


async def list_offers() -> Sequence[Offer]:
    """The offers of the coming year, soonest first."""
    at = now()
    return (
        await Offer.filter(valid_until__gt=at, valid_from__lt=at + _AHEAD)
        .order_by("valid_from", "id").limit(_MOST).select_related("occurrence__program")
    )  # fmt: skip


async def get_offer(offer_id: int) -> Offer:
    """An offer; raises NotFound."""
    offer = await Offer.get_or_none(id=offer_id)
    if offer is None:
        raise NotFound
    return offer
