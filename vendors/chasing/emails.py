"""The letters that remind an applicant of papers, and the team of what the city owes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from events.models import Festival
from festival.accounts.models import Person
from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.mail.actions import Letter
from festival.settings import settings
from vendors.chasing.rules import Deadline, MissingPaper, days_left
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


def deadline_letter(festival: Festival, person: Person, deadlines: Sequence[Deadline], today: dt.date) -> Letter:
    """What is due soon or late, to one of the team, in the current language."""
    link = f"{settings().base_url}/{person.language}/organize/festivals/{festival.slug}/chase"
    facts = {"festival": festival, "deadlines": deadlines, "link": link, "today": today, "days_left": days_left}
    return Letter(
        recipient=person.email, language=person.language,
        subject=gettext("What %(festival)s owes others") % {"festival": festival.name},
        text=templates().render("vendors/chasing/deadlines.txt", facts),
        html=templates().render("vendors/chasing/deadlines.html", facts),
    )  # fmt: skip
