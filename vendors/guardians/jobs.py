"""Job handlers that write to parents and guardians."""

from __future__ import annotations

from typing import Any

from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail
from vendors.guardians.actions import ASK
from vendors.guardians.emails import guardian_letter
from vendors.guardians.queries import find_consent


async def ask(payload: dict[str, Any]) -> None:
    """Put the letter in the outbox, once; none where the question has gone meanwhile."""
    consent = await find_consent(payload["consent_id"])
    if consent and consent.state == "asked":
        use_language(consent.language)
        cause = f"{ASK}:{consent.id}:{payload['nth']}"
        await queue_mail(ASK, cause, guardian_letter(consent), about=("application", consent.application_id))


HANDLERS: Handlers = {ASK: ask}
