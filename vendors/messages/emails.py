"""The letter that brings a message to the other side."""

from __future__ import annotations

from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.mail.actions import Letter
from festival.settings import settings
from vendors.models import Application, ApplicationMessage


def message_letter(application: Application, message: ApplicationMessage, recipient: str, language: str) -> Letter:
    """`message` of the thread of `application` to `recipient`, with the way to answer."""
    place = "applications" if message.from_office else "organize/applications"
    facts = {
        "application": application,
        "message": message,
        "link": f"{settings().base_url}/{language}/{place}/{application.receipt}#messages",
    }
    return Letter(
        recipient=recipient, language=language,
        subject=gettext("A message about %(name)s, %(receipt)s")
        % {"name": application.name or gettext("your application"), "receipt": application.receipt},
        text=templates().render("vendors/messages/message.txt", facts),
        html=templates().render("vendors/messages/message.html", facts),
    )  # fmt: skip
