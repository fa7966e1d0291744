"""Writes: rules of a gate, the limit of a zone. Phones hear of them with their next snapshot, scans at once."""

from __future__ import annotations

import datetime as dt

from events.models import Gate, Zone
from festival.database import transaction
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from ticketing.admission.queries import get_offer, get_rule
from ticketing.models import GateRule


async def add_rule(
    gate: Gate, offer_id: int, starts_at: dt.datetime | None, ends_at: dt.datetime | None, by: Principal
) -> None:
    """Admit an offer at this gate within these hours; a rule of the same offer is replaced."""
    async with transaction():
        offer = await get_offer(offer_id)
        await GateRule.filter(gate_id=gate.id, offer_id=offer.id).delete()
        await GateRule.create(gate_id=gate.id, offer_id=offer.id, starts_at=starts_at, ends_at=ends_at)
        after = {"offer": offer.id, "from": _text(starts_at), "until": _text(ends_at)}
        await record_audit(by, "gate.rule_added", ("gate", gate.id), after=after)


async def remove_rule(gate: Gate, rule_id: int, by: Principal) -> None:
    """Take a rule away; a gate without any admits its venue's offers."""
    async with transaction():
        rule = await get_rule(gate.id, rule_id)
        await GateRule.filter(id=rule.id).delete()
        before = {"offer": rule.offer_id, "from": _text(rule.starts_at), "until": _text(rule.ends_at)}
        await record_audit(by, "gate.rule_removed", ("gate", gate.id), before=before)


async def set_fire_limit(zone: Zone, fire_limit: int | None, by: Principal) -> None:
    """How many people the zone may hold; holds for the next scan."""
    async with transaction():
        await Zone.filter(id=zone.id).update(fire_limit=fire_limit)
        before, after = {"fire_limit": zone.fire_limit}, {"fire_limit": fire_limit}
        await record_audit(by, "zone.limit_set", ("zone", zone.id), before=before, after=after)


def _text(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
