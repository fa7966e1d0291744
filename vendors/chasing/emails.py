"""The letter that reminds an applicant of papers."""

from __future__ import annotations

from collections.abc import Sequence

from festival.accounts.models import Person
from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.mail.actions import Letter
from festival.settings import settings
from vendors.chasing.rules import MissingPaper
from vendors.models import Application


def reminder_letter(application: Application, person: Person, papers: Sequence[MissingPaper]) -> Letter:
    """Which papers are missing and until when, in the current language."""
    link = f"{settings().base_url}/{application.language}/applications/{application.receipt}/documents"
    facts = {"application": application, "papers": papers, "link": link}
    return Letter(
        recipient=person.email, language=application.language,
        subject=gettext("Papers are still missing: %(receipt)s") % {"receipt": application.receipt},
        text=templates().render("vendors/chasing/reminder.txt", facts),
        html=templates().render("vendors/chasing/reminder.html", facts),
    )  # fmt: skip
