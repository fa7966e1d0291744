"""Letters about the waitlist, in the party's language, as text and HTML."""

from __future__ import annotations

from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.mail.actions import Letter
from festival.organisation.queries import get_organisation
from festival.settings import settings
from ticketing.waitlist.actions import WAITLIST_EXPIRED, WAITLIST_JOINED, WAITLIST_OFFERED
from ticketing.waitlist.queries import EntryShown, entry_secret
from ticketing.waitlist.release import DOORS_OPEN

_SUBJECTS = {
    WAITLIST_JOINED: N_("You are on the waitlist: %(title)s"),
    WAITLIST_OFFERED: N_("Places are held for you: %(title)s"),
    WAITLIST_EXPIRED: N_("The places went to the next in line: %(title)s"),
    DOORS_OPEN: N_("The queue at the door is open: %(title)s"),
}


def waitlist_text(kind: str, shown: EntryShown) -> str:
    """The same as a text for a phone: what happened, and the link."""
    entry = shown.entry
    link = f"{settings().base_url}/{entry.language}/waitlist/{entry_secret(entry.reference)}"
    return f"{gettext(_SUBJECTS[kind]) % {'title': shown.occasion.title}}\n{link}"


async def waitlist_letter(kind: str, shown: EntryShown) -> Letter:
    """The letter of one `kind`, in the current language."""
    entry = shown.entry
    subject = gettext(_SUBJECTS[kind]) % {"title": shown.occasion.title}
    link = f"{settings().base_url}/{entry.language}/waitlist/{entry_secret(entry.reference)}"
    facts = {
        "kind": kind.removeprefix("ticketing.").removeprefix("waitlist_"), "shown": shown, "link": link,
        "subject": subject, "office": await get_organisation(),
    }  # fmt: skip
    return Letter(
        recipient=entry.email, language=entry.language, subject=subject,
        text=templates().render("ticketing/waitlist/letter.txt", facts),
        html=templates().render("ticketing/waitlist/letter.html", facts),
    )  # fmt: skip
