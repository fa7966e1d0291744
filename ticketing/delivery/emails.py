"""Letters about tickets, in the holder's language, as text and HTML."""

from __future__ import annotations

from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.mail.actions import Attachment, Letter
from ticketing.delivery.enclosures import write_calendar_file
from ticketing.delivery.qr import matrix_png, token_matrix
from ticketing.delivery.queries import Packet

QR_NAME = "qr@ticket"
_CONFIRMED = N_("Your ticket: %(title)s")


async def confirmed_letter(packet: Packet) -> Letter:
    """The ticket itself: its code in the letter, its date as a calendar file, its page and PDF as links."""
    held = packet.held
    assert held.ticket is not None  # whoever writes it asked for a live one  # noqa: S101
    subject = gettext(_CONFIRMED) % {"title": held.occasion.title}
    code = Attachment("ticket.png", "image/png", matrix_png(token_matrix(held.ticket.token)), QR_NAME)
    return _letter("confirmed", subject, packet, [code, *await _calendar(packet)])


async def _calendar(packet: Packet) -> list[Attachment]:
    file = await write_calendar_file(packet.held, packet.secret)
    return [Attachment("event.ics", "text/calendar", file)] if file else []


def _letter(name: str, subject: str, packet: Packet, files: list[Attachment]) -> Letter:
    facts = {"packet": packet, "held": packet.held, "subject": subject, "qr_name": QR_NAME}
    return Letter(
        recipient=packet.held.claim.email, language=packet.held.claim.language, subject=subject,
        text=templates().render(f"ticketing/emails/{name}.txt", facts),
        html=templates().render(f"ticketing/emails/{name}.html", facts), attachments=files,
    )  # fmt: skip
