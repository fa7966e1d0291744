"""Job handlers that send sign-in links."""

from __future__ import annotations

from typing import Any

from festival.accounts.actions import SEND_LINK, link_secret
from festival.accounts.emails import sign_in_letter
from festival.accounts.models import SignInLink
from festival.accounts.rules import SIGN_IN_LETTER
from festival.jobs.worker import Handlers
from festival.kit.i18n import use_language
from festival.mail.actions import queue_mail


async def send_link(payload: dict[str, Any]) -> None:
    """Write the letter of a sign-in link and put it in the outbox."""
    link = await SignInLink.get_or_none(id=payload["link_id"])
    if link is None:  # tidied away long after it ended
        return
    use_language(link.language)
    letter = sign_in_letter(link, link_secret(payload["nonce"]))
    await queue_mail(SIGN_IN_LETTER, f"{SIGN_IN_LETTER}:{link.id}", letter)


HANDLERS: Handlers = {SEND_LINK: send_link}
