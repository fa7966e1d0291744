"""Writes: a message and its letter, and that somebody read the thread."""

from __future__ import annotations

from dataclasses import dataclass

from festival.database import transaction
from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.kit.web.access import Principal
from vendors.models import Application, ApplicationMessage, ThreadMail

SEND_MESSAGE = "vendors.message"


@dataclass(frozen=True)
class ByMail:
    """That a message came by mail, by the digest of which it comes once, and how many files stayed behind."""

    digest: str
    left_out: int = 0


async def write_message(
    application: Application, text: str, by: Principal, *, from_office: bool, mail: ByMail | None = None
) -> None:
    """Keep a message of the applicant, or of the office; the other side gets a letter.

    Raises IntegrityError where `mail` is a message already.
    """
    async with transaction():
        message = await ApplicationMessage.create(
            application_id=application.id, author_id=by.id, from_office=from_office, text=text, at=now()
        )
        if mail:
            await ThreadMail.create(message_id=message.id, digest=mail.digest, left_out=mail.left_out)
        await enqueue(SEND_MESSAGE, f"{SEND_MESSAGE}:{message.id}", {"message_id": message.id})


async def mark_read(application: Application, *, by_office: bool) -> None:
    """Whoever looks at the thread has read what the other side wrote."""
    theirs = ApplicationMessage.filter(application_id=application.id, from_office=not by_office, read_at=None)
    await theirs.update(read_at=now())
