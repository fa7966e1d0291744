"""Writes: what staff do with many tickets at once."""

from __future__ import annotations

from festival.database import transaction
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from ticketing.delivery.queries import list_printable
from ticketing.holder.queries import HeldTicket


async def take_tickets_to_print(offer_id: int, *, with_address: bool, by: Principal) -> list[HeldTicket]:
    """The tickets to put on paper, the newest first; who printed how many stays on record."""
    async with transaction():
        found = await list_printable(offer_id, with_address=with_address)
        await record_audit(by, "tickets.printed", ("offer", offer_id), after={"tickets": len(found)})
    return found
