"""Job handlers that send tickets."""

from __future__ import annotations

from typing import Any

from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from ticketing.claim.actions import CLAIM_CONFIRMED
from ticketing.delivery.emails import confirmed_letter
from ticketing.delivery.queries import get_packet
from ticketing.holder.queries import count_transfers
from ticketing.models import Claim

CONFIRMED_LETTER = "ticket.confirmed"


async def send_ticket(payload: dict[str, Any]) -> None:
    """Write the letter that carries a ticket, once for each holder it has; `again` names a wish to have it again."""
    claim = await Claim.get_or_none(reference=payload["claim_id"])
    if claim is None or claim.state != "live" or not claim.email:
        return
    use_language(claim.language)
    cause = f"{CONFIRMED_LETTER}:{claim.reference}:{await count_transfers(claim.id)}:{payload.get('again', '')}"
    await queue_mail(CONFIRMED_LETTER, cause, await confirmed_letter(await get_packet(claim)))


HANDLERS: Handlers = {CLAIM_CONFIRMED: send_ticket}
