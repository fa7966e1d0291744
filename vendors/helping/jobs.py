"""Job handlers that write to those for whom somebody fills in."""

from __future__ import annotations

from typing import Any

from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from vendors.helping.actions import SEND_CONSENT
from vendors.helping.emails import consent_letter
from vendors.models import HelpConsent


async def send_consent(payload: dict[str, Any]) -> None:
    """Put the letter of one permission in the outbox, once."""
    consent = await HelpConsent.get(id=payload["consent_id"]).select_related("application__applicant")
    application = consent.application
    use_language(application.language)
    letter = consent_letter(application, consent, application.applicant.email)
    await queue_mail(SEND_CONSENT, f"{SEND_CONSENT}:{consent.id}", letter)


HANDLERS: Handlers = {SEND_CONSENT: send_consent}
