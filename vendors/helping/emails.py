"""The letter that tells an applicant who fills in for them, and lets them take it back."""

from __future__ import annotations

from festival.kit.i18n import gettext
from festival.kit.web.templates import templates
from festival.mail.actions import Letter
from festival.settings import settings
from vendors.helping.queries import consent_secret
from vendors.models import Application, HelpConsent


def consent_letter(application: Application, consent: HelpConsent, recipient: str) -> Letter:
    """What was agreed, in the applicant's language, with the link to see, confirm or take back."""
    base = f"{settings().base_url}/{application.language}"
    facts = {
        "application": application,
        "consent": consent,
        "link": f"{base}/help/consent/{consent.id}/{consent_secret(consent)}",
    }
    return Letter(
        recipient=recipient, language=application.language,
        subject=gettext("%(helper)s fills in an application for you") % {"helper": consent.helper_name},
        text=templates().render("vendors/emails/consent.txt", facts),
        html=templates().render("vendors/emails/consent.html", facts),
    )  # fmt: skip
