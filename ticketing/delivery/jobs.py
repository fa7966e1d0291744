"""Job handlers that send tickets, and tell their holders what comes and what changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from events.models import Occurrence
from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail, queue_text
from festival.mail.rules import Topic
from festival.mail.stopping import is_stopped
from festival.settings import settings
from ticketing.claim.actions import CLAIM_CONFIRMED
from ticketing.delivery import emails
from ticketing.delivery.actions import (
    REMIND,
    TELL,
    THANK,
    WRITE,
    ask_for_letters,
    ask_for_reminders,
    ask_for_thanks,
    find_change,
)
from ticketing.delivery.queries import find_addressee, get_packet
from ticketing.delivery.weather import get_weather_line
from ticketing.models import BulkMessage, Claim

SWEEP = "ticketing.letters_sweep"
HOLDERS = "ticketing.tell_holders"


def _about(claim: Claim) -> tuple[str, int]:
    return ("claim", claim.id)


async def send_ticket(payload: dict[str, Any]) -> None:
    """Write the letter that carries a ticket, once for each holder it has; `again` names a wish to have it again."""
    claim = await Claim.get_or_none(reference=payload["claim_id"])
    if claim is None or claim.state != "live":
        return
    use_language(claim.language)
    cause = f"{claim.reference}:{claim.link_number}:{payload.get('again', '')}"
    packet = await get_packet(claim)
    if claim.email:
        letter = await emails.confirmed_letter(packet)
        await queue_mail("ticket.confirmed", f"ticket.confirmed:{cause}", letter, about=_about(claim))
    elif claim.phone and settings().sms_url:
        text = emails.text_message(packet)
        await queue_text(
            "ticket.text", f"ticket.text:{cause}", (claim.phone, claim.language, text), about=_about(claim)
        )


async def remind_holder(payload: dict[str, Any]) -> None:
    """The letter of the day before, if the date is still the one that it was asked for."""
    claim = await find_addressee(payload["claim_id"])
    if claim is None or await is_stopped(claim.email, Topic.REMINDERS):
        return
    use_language(claim.language)
    packet = await get_packet(claim, Topic.REMINDERS)
    start = packet.held.occasion.starts_at
    if packet.held.offer.occurrence_state != "scheduled" or start.isoformat() != payload["starts_at"]:
        return
    weather = await get_weather_line(packet.latitude, packet.longitude, start.astimezone(settings().zone).date())
    letter = await emails.reminder_letter(packet, weather)
    await queue_mail("ticket.reminder", f"ticket.reminder:{claim.id}:{start:%Y%m%d%H%M}", letter, about=_about(claim))


async def tell_holders(payload: dict[str, Any]) -> None:
    """A date changed: ask for a letter to everybody who has a ticket for it."""
    change = find_change(payload)
    if change:
        await ask_for_letters(int(payload["occurrence_id"]), TELL, {**payload, "what": change})


async def tell_holder(payload: dict[str, Any]) -> None:
    """What changed, unless it changed again since: then the later letter says it."""
    claim = await find_addressee(payload["claim_id"])
    occurrence = await Occurrence.get(id=payload["occurrence_id"])
    now_is = (occurrence.starts_at.isoformat(), occurrence.state, occurrence.venue_id)
    if claim is None or now_is != (payload["starts_at"], payload["state"], payload["venue_id"]):
        return
    use_language(claim.language)
    was = dt.datetime.fromisoformat(payload["was_starts_at"])
    letter = await emails.changed_letter(await get_packet(claim), payload["what"], was)
    cause = f"ticket.changed:{claim.id}:{payload['revision']}"
    await queue_mail(f"ticket.{payload['what']}", cause, letter, about=_about(claim))


async def thank_holder(payload: dict[str, Any]) -> None:
    """Afterwards, with the two questions."""
    claim = await find_addressee(payload["claim_id"])
    if claim is None or await is_stopped(claim.email, Topic.THANKS):
        return
    use_language(claim.language)
    letter = emails.thanks_letter(await get_packet(claim, Topic.THANKS))
    await queue_mail("ticket.thanks", f"ticket.thanks:{claim.id}", letter, about=_about(claim))


async def write_to_holder(payload: dict[str, Any]) -> None:
    """One letter of a message to many."""
    claim, message = await find_addressee(payload["claim_id"]), await BulkMessage.get(id=payload["message_id"])
    if claim is not None and (message.important or not await is_stopped(claim.email, Topic.NEWS)):
        use_language(claim.language)
        packet = await get_packet(claim, "" if message.important else Topic.NEWS)
        words = message.texts.get(claim.language) or message.texts[message.language]
        letter = emails.bulk_letter(packet, words["subject"], words["text"], important=message.important)
        await queue_mail("ticket.message", f"ticket.message:{message.id}:{claim.id}", letter, about=_about(claim))


async def sweep(_: dict[str, Any]) -> None:
    """Ask for the reminders and thanks that became due."""
    await ask_for_reminders()
    await ask_for_thanks()


HANDLERS: Handlers = {
    CLAIM_CONFIRMED: send_ticket,
    REMIND: remind_holder,
    TELL: tell_holder,
    THANK: thank_holder,
    WRITE: write_to_holder,
    SWEEP: sweep,
}
# The sweep looks every ten minutes; each date is asked for once.
REGULAR = {SWEEP: 600}
