"""Letters about tickets, in the holder's language, as text and HTML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from festival.kit import i18n
from festival.kit.i18n import gettext, ngettext, number
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.mail.actions import Attachment, Letter
from festival.mail.stopping import stop_headers
from festival.settings import settings
from ticketing.delivery.enclosures import write_calendar_file
from ticketing.delivery.qr import matrix_png, token_matrix
from ticketing.delivery.queries import Packet
from ticketing.delivery.rules import fill

QR_NAME = "qr@ticket"
_SUBJECTS = {
    "confirmed": N_("Your ticket: %(title)s"),
    "reminder": N_("Tomorrow: %(title)s"),
    "moved": N_("New time or place: %(title)s"),
    "postponed": N_("Postponed: %(title)s"),
    "cancelled": N_("Cancelled: %(title)s"),
    "restored": N_("It takes place after all: %(title)s"),
    "thanks": N_("Thank you for coming: %(title)s"),
}


def _subject(name: str, packet: Packet) -> str:
    return gettext(_SUBJECTS[name]) % {"title": packet.held.occasion.title}


async def confirmed_letter(packet: Packet) -> Letter:
    """The ticket itself: its code in the letter, its date as a calendar file, its page and PDF as links."""
    return _letter("confirmed", _subject("confirmed", packet), packet, [_code(packet), *await _calendar(packet)])


async def reminder_letter(packet: Packet, weather: str) -> Letter:
    """The day before: when, where, what to bring, the code once more."""
    more = {"weather": weather}
    return _letter("reminder", _subject("reminder", packet), packet, [_code(packet)], more)


async def changed_letter(packet: Packet, what: str, was_starts_at: dt.datetime) -> Letter:
    """`what` is moved, postponed, cancelled or restored; the calendar file brings the change into calendars."""
    more = {"what": what, "was_starts_at": was_starts_at}
    return _letter("changed", _subject(what, packet), packet, await _calendar(packet), more)


def thanks_letter(packet: Packet) -> Letter:
    """Afterwards, with a link to two questions."""
    return _letter("thanks", _subject("thanks", packet), packet, [])


def bulk_letter(packet: Packet, subject: str, text: str, *, important: bool) -> Letter:
    """What an organizer wrote, its placeholders filled."""
    values = placeholder_values(packet)
    more = {"paragraphs": [part for part in fill(text, values).split("\n\n") if part.strip()], "important": important}
    return _letter("message", fill(subject, values), packet, [], more)


def placeholder_values(packet: Packet) -> Mapping[str, str]:
    """What each placeholder of a letter to many stands for, in the current language."""
    held, zone = packet.held, settings().zone
    return {
        "name": held.claim.name or gettext("guest"),
        "event": held.occasion.title,
        "day": i18n.day(held.occasion.starts_at, zone),
        "time": i18n.clock_time(held.occasion.starts_at, zone),
        "place": held.occasion.place,
        "people": number(held.claim.party),
        "ticket": packet.link,
    }


def text_message(packet: Packet) -> str:
    """The ticket as a text for a phone: what, when, for how many, and the link that shows the code."""
    held, zone = packet.held, settings().zone
    party = ngettext("For %(party)s person", "Party of %(party)s", held.claim.party)
    when = i18n.moment(held.occasion.starts_at, zone, "short")
    return f"{held.occasion.title}\n{when} · {party % {'party': number(held.claim.party)}}\n{packet.link}"


def _code(packet: Packet) -> Attachment:
    assert packet.held.ticket is not None  # whoever writes it asked for a live one  # noqa: S101
    return Attachment("ticket.png", "image/png", matrix_png(token_matrix(packet.held.ticket.token)), QR_NAME)


async def _calendar(packet: Packet) -> list[Attachment]:
    file = await write_calendar_file(packet.held, packet.secret)
    return [Attachment("event.ics", "text/calendar", file)] if file else []


def _letter(
    name: str, subject: str, packet: Packet, files: Sequence[Attachment], more: Mapping[str, Any] | None = None
) -> Letter:
    facts = {"packet": packet, "held": packet.held, "subject": subject, "qr_name": QR_NAME, **(more or {})}
    return Letter(
        recipient=packet.held.claim.email, language=packet.held.claim.language, subject=subject,
        text=templates().render(f"ticketing/emails/{name}.txt", facts),
        html=templates().render(f"ticketing/emails/{name}.html", facts),
        attachments=files, headers=stop_headers(packet.stop_link) if packet.stop_link else {},
    )  # fmt: skip
