"""Job handlers of the outbox."""

from __future__ import annotations

from festival.jobs.worker import Handlers
from festival.mail.actions import SEND_MAIL
from festival.mail.sending import send_mail

HANDLERS: Handlers = {SEND_MAIL: send_mail}
