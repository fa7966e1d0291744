"""The letter that brings a message to the other side, and those about an answer by mail."""

from __future__ import annotations

from urllib.parse import urlsplit

from festival.kit.i18n import gettext, ngettext
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.mail.actions import Letter
from festival.settings import settings
from vendors.messages.addresses import OFFICE, Thread, reply_address
from vendors.messages.reading import Mail
from vendors.messages.rules import MARK
from vendors.models import Application, ApplicationMessage

_REASONS = {
    "stranger": N_(
        "It came from another address than the one our letter went to. Write from that address, or answer on the page."
    ),
    "empty": N_("We found no words of yours in it, only what was quoted or attached."),
    "long": N_("It was too long. Up to 4,000 characters fit into a message."),
    "many": N_("Too many mails came into this conversation today. Go on with it on the page."),
}


def message_letter(application: Application, message: ApplicationMessage, recipient: str, language: str) -> Letter:
    """`message` of the thread of `application` to `recipient`, with the ways to answer."""
    to_office = not message.from_office
    reply_to = reply_address(Thread(application.id, OFFICE if to_office else application.applicant_id))
    # Mail programs put letters that refer to one another together (RFC 5322, section 3.6.4).
    host = urlsplit(settings().base_url).hostname or "localhost"
    headers = {"References": f"<messages.{application.receipt}@{host}>"}
    facts = {
        "application": application,
        "message": message,
        "link": _link(application, language, to_office=to_office),
        "mark": MARK if reply_to else "",
    }
    return Letter(
        recipient=recipient, language=language,
        subject=gettext("A message about %(name)s, %(receipt)s")
        % {"name": application.name or gettext("your application"), "receipt": application.receipt},
        text=templates().render("vendors/messages/message.txt", facts),
        html=templates().render("vendors/messages/message.html", facts),
        headers={**headers, "Reply-To": reply_to} if reply_to else headers,
    )  # fmt: skip


def left_out_letter(application: Application, mail: Mail, language: str, *, to_office: bool) -> Letter:
    """To somebody whose words were taken from their mail, and whose files were not."""
    sentence = ngettext(
        "Your words are in the conversation. %(num)s file that came with them was not taken.",
        "Your words are in the conversation. %(num)s files that came with them were not taken.",
        mail.left_out,
    ) % {"num": mail.left_out}
    more = gettext("Papers and pictures are uploaded on the page of the application, where they are checked.")
    subject = gettext("Your mail about %(receipt)s came without its files") % {"receipt": application.receipt}
    return _note(mail, language, subject, [sentence, more], _link(application, language, to_office=to_office))


def not_taken_letter(application: Application, mail: Mail, language: str, reason: str, *, to_office: bool) -> Letter:
    """To somebody whose mail is in no conversation, with the reason: `stranger`, `empty`, `long` or `many`."""
    subject = gettext("Your mail was not taken")
    sentence = gettext("Nobody has read your mail: it could not be put into the conversation.")
    link = _link(application, language, to_office=to_office)
    return _note(mail, language, subject, [sentence, gettext(_REASONS[reason])], link)


def _note(mail: Mail, language: str, subject: str, sentences: list[str], link: str) -> Letter:
    facts = {"sentences": sentences, "link": link, "subject": subject}
    return Letter(
        recipient=mail.sender, language=language, subject=subject,
        text=templates().render("vendors/messages/note.txt", facts),
        html=templates().render("vendors/messages/note.html", facts),
    )  # fmt: skip


def _link(application: Application, language: str, *, to_office: bool) -> str:
    place = "organize/applications" if to_office else "applications"
    return f"{settings().base_url}/{language}/{place}/{application.receipt}/messages"
