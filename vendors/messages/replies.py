"""An answer by mail becomes a message of its thread, once; what does not is told to whoever wrote it."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from pydantic import ValidationError
from tortoise.exceptions import IntegrityError

from festival.accounts.models import Person
from festival.accounts.queries import find_person_by_email, list_roles
from festival.kit.clock import now
from festival.kit.i18n import use_language
from festival.kit.secrets import digest
from festival.kit.web.access import NOBODY, Kind, Principal, Role
from festival.mail.actions import queue_mail
from festival.organisation.queries import get_organisation
from festival.settings import settings
from vendors.lifecycle.rules import State
from vendors.messages.actions import ByMail, mark_read, write_message
from vendors.messages.addresses import OFFICE, Thread, find_thread
from vendors.messages.emails import left_out_letter, not_taken_letter
from vendors.messages.forms import MessageForm
from vendors.messages.queries import count_mails_since
from vendors.messages.reading import Mail, read_mail
from vendors.models import Application, ThreadMail

LARGEST = 10 * 1024 * 1024
# More answers in a day than a person writes into one thread: two programs talk to each other.
_MOST_A_DAY = 40


class Taken(StrEnum):
    """What became of a mail."""

    TAKEN = "taken"
    BEFORE = "before"
    AUTOMATIC = "automatic"
    UNKNOWN = "unknown"
    STRANGER = "stranger"
    EMPTY = "empty"
    LONG = "long"
    MANY = "many"


async def take_reply(raw: bytes, to: str = "") -> Taken:
    """Take the mail `raw`, delivered to the address `to` where the mail server says so, into its thread.

    Nobody is answered who does not hold an address that we gave out, nor any program.
    """
    mail = read_mail(raw)
    thread = find_thread([to, *mail.recipients])
    application = await _get_application(thread) if thread else None
    if thread is None or application is None:
        return Taken.UNKNOWN
    if mail.automatic or _is_ours(mail.sender):
        return Taken.AUTOMATIC
    known = digest(f"{application.id}:{mail.message_id or raw.decode('latin-1')}")
    if await ThreadMail.exists(digest=known):
        return Taken.BEFORE
    by = await _find_author(thread, mail.sender)
    became = Taken.STRANGER if by is None else await _take(application, thread, mail, by, known)
    if mail.sender and (became in {Taken.STRANGER, Taken.EMPTY, Taken.LONG, Taken.MANY} or mail.left_out):
        await _tell(became, application, thread, mail, known)
    return became


async def _get_application(thread: Thread) -> Application | None:
    """The application of `thread`, as long as its address is good: the applicant is the same, the draft was sent."""
    application = await Application.get_or_none(id=thread.application_id)
    if application is None or thread.person_id not in {OFFICE, application.applicant_id}:
        return None
    return None if thread.person_id == OFFICE and application.state == State.DRAFT else application


def _is_ours(sender: str) -> bool:
    ours, _, host = settings().reply_address.lower().rpartition("@")
    local, _, at = sender.lower().rpartition("@")
    return sender.lower() == settings().mail_from.lower() != "" or (at == host and local.partition("+")[0] == ours)


async def _find_author(thread: Thread, sender: str) -> Principal | None:
    """Who writes: the token's person by their own address; for the office its mailbox, or one of its organizers."""
    if not sender:
        return None
    if thread.person_id != OFFICE:
        person = await Person.get_or_none(id=thread.person_id, erased_at=None)
        return _principal(person) if person and person.email.lower() == sender.lower() else None
    person = await find_person_by_email(sender)
    if person and not {Role.ORGANIZER, Role.OWNER}.isdisjoint(await list_roles(person.id)):
        return _principal(person)
    mailbox = (await get_organisation()).contact_email
    return NOBODY if mailbox and mailbox.lower() == sender.lower() else None


def _principal(person: Person) -> Principal:
    return Principal(Kind.PERSON, person.id, person.email)


async def _take(application: Application, thread: Thread, mail: Mail, by: Principal, known: str) -> Taken:
    from_office = thread.person_id == OFFICE
    if not mail.text:
        return Taken.EMPTY
    try:
        text = MessageForm(text=mail.text).text
    except ValidationError:
        return Taken.LONG
    since = now() - dt.timedelta(days=1)
    if await count_mails_since(application, since, from_office=from_office) >= _MOST_A_DAY:
        return Taken.MANY
    try:
        await write_message(application, text, by, from_office=from_office, mail=ByMail(known, mail.left_out))
    except IntegrityError:  # the same mail came twice at once
        return Taken.BEFORE
    await mark_read(application, by_office=from_office)
    return Taken.TAKEN


async def _tell(became: Taken, application: Application, thread: Thread, mail: Mail, known: str) -> None:
    """Tell the sender what was not taken: for each mail once, and strangers and the tireless once a day."""
    language = (await get_organisation()).language if thread.person_id == OFFICE else application.language
    use_language(language)
    if became is Taken.BEFORE:
        return
    if became is Taken.TAKEN:
        letter = left_out_letter(application, mail, language, to_office=thread.person_id == OFFICE)
    else:
        letter = not_taken_letter(application, mail, language, became.value, to_office=thread.person_id == OFFICE)
    once = known
    if became in {Taken.STRANGER, Taken.MANY}:
        once = digest(f"{application.id}:{mail.sender.lower()}:{now().date()}")
    await queue_mail("vendors.reply", f"vendors.reply:{became}:{once}", letter)
