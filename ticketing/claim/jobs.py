"""Job handlers of claiming: the letter that confirms an address."""

from __future__ import annotations

from typing import Any

from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from ticketing.claim.confirming import CONFIRM_ADDRESS
from ticketing.claim.emails import confirmation_letter
from ticketing.models import ClaimWish


async def send_confirmation(payload: dict[str, Any]) -> None:
    """Put the letter of one wish in the outbox, once."""
    wish = await ClaimWish.get_or_none(id=payload["wish_id"])
    if wish is None:
        return
    use_language(wish.language)
    await queue_mail("ticket.confirm_address", f"{CONFIRM_ADDRESS}:{wish.id}", await confirmation_letter(wish))


HANDLERS: Handlers = {CONFIRM_ADDRESS: send_confirmation}
