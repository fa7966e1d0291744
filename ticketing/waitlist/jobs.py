"""Job handlers of the waitlist: its letters, and what the clock brings."""

from __future__ import annotations

from functools import partial
from typing import Any

from festival.jobs.regular import Regular
from festival.jobs.worker import Handlers
from festival.kit.clock import now
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail, queue_text
from festival.settings import settings
from ticketing.models import WaitlistEntry
from ticketing.waitlist.actions import (
    WAITLIST_EXPIRED,
    WAITLIST_JOINED,
    WAITLIST_OFFERED,
    expire_held,
    promote_free,
)
from ticketing.waitlist.emails import waitlist_letter, waitlist_text
from ticketing.waitlist.queries import get_shown, list_due_offers, list_waiting_offers
from ticketing.waitlist.release import DOORS_OPEN, list_due_releases, release_unclaimed

SWEEP = "ticketing.waitlist_sweep"


async def send_letter(kind: str, payload: dict[str, Any]) -> None:
    """Put one letter in the outbox, once; an offer that is over by now is not spoken of."""
    entry = await WaitlistEntry.get_or_none(reference=payload["entry_id"])
    if entry is None or (kind == WAITLIST_OFFERED and entry.state != "offered"):
        return
    use_language(entry.language)
    cause, about = f"{kind}:{entry.reference}", ("waitlist_entry", entry.id)
    if entry.email:
        letter = await waitlist_letter(kind, await get_shown(entry))
        await queue_mail("ticket.waitlist", cause, letter, about=about)
    # Whoever left a number stands near the door by then, or has minutes to answer: a text is read, a mail is not.
    if entry.phone and kind in {WAITLIST_OFFERED, DOORS_OPEN} and settings().sms_url:
        text = (entry.phone, entry.language, waitlist_text(kind, await get_shown(entry)))
        await queue_text("ticket.waitlist_text", f"{cause}:text", text, about=about)


async def sweep(_: dict[str, Any]) -> None:
    """Take back what was held too long, give unclaimed places to the door, offer whatever is free."""
    at = now()
    for offer_id in await list_due_offers(at):
        await expire_held(offer_id, at)
    for offer_id in await list_due_releases(at):
        await release_unclaimed(offer_id, at)
    for offer_id in await list_waiting_offers(at):
        await promote_free(offer_id, at)


HANDLERS: Handlers = {
    **{kind: partial(send_letter, kind) for kind in (WAITLIST_JOINED, WAITLIST_OFFERED, WAITLIST_EXPIRED, DOORS_OPEN)},
    SWEEP: sweep,
}
REGULAR: Regular = {SWEEP: 60}
