"""The letter of the week before: space, gate, time, in the applicant's language."""

from __future__ import annotations

from festival.accounts.models import Person
from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.kit.words import N_
from festival.mail.actions import Letter
from festival.settings import settings
from vendors.loadin.queries import Way
from vendors.models import Application

_SUBJECTS = {
    False: N_("How you drive in: %(name)s"),
    True: N_("Your way in has changed: %(name)s"),
}


def load_in_letter(application: Application, person: Person, way: Way, *, changed: bool) -> Letter:
    """Where to be, when, by which gate; `changed` where an earlier letter said something else."""
    base = f"{settings().base_url}/{application.language}"
    subject = gettext(_SUBJECTS[changed]) % {"name": application.name or application.receipt}
    facts = {
        "application": application, "way": way, "changed": changed, "subject": subject,
        "link": f"{base}/applications/{application.receipt}", "pass_link": f"{base}/arrivals/{application.receipt}",
    }  # fmt: skip
    return Letter(
        recipient=person.email, language=application.language, subject=subject,
        text=templates().render("vendors/loadin/letter.txt", facts),
        html=templates().render("vendors/loadin/letter.html", facts),
    )  # fmt: skip
