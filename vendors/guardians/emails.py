"""The letter to a parent or guardian."""

from __future__ import annotations

from festival.kit.i18n import gettext
from festival.mail.actions import Letter
from festival.payments.emails import money_letter
from festival.settings import settings
from vendors.guardians.queries import guardian_secret, words_of
from vendors.models import GuardianConsent


def guardian_letter(consent: GuardianConsent) -> Letter:
    """Who asks for what, in the current language, with the link to answer."""
    facts = {"minor": consent.minor_name, "group": consent.application.name}
    words = [
        gettext("%(group)s wants %(minor)s to take part. Because %(minor)s is younger than 18, we need your word.")
        % facts,
        words_of(consent),
        gettext("If you know nothing of this, you need not do anything, or answer with no."),
    ]
    subject = gettext("May %(minor)s take part?") % facts
    link = f"{settings().base_url}/{consent.language}/guardian/{consent.id}/{guardian_secret(consent)}"
    return money_letter(consent.email, subject, words, (link, gettext("Read it and answer")))
