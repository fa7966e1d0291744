"""Job handlers that bring messages to the other side."""

from __future__ import annotations

from typing import Any

from festival.accounts.models import Person
from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from festival.organisation.queries import get_organisation
from vendors.messages.actions import SEND_MESSAGE
from vendors.messages.emails import message_letter
from vendors.models import ApplicationMessage


async def send_message(payload: dict[str, Any]) -> None:
    """Put the letter of one message in the outbox, once; an office without an address reads it on the page."""
    message = await ApplicationMessage.get(id=payload["message_id"]).select_related("application")
    application = message.application
    office = await get_organisation()
    person = await Person.get(id=application.applicant_id)
    recipient, language = (
        (person.email, application.language) if message.from_office else (office.contact_email, office.language)
    )
    if recipient:
        use_language(language)
        letter = message_letter(application, message, recipient, language)
        await queue_mail("vendors.message", f"vendors.message:{message.id}", letter)


HANDLERS: Handlers = {SEND_MESSAGE: send_message}
