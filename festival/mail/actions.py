"""Writes: a message enters the outbox table in the transaction of its cause, and leaves it by the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.mail.models import MailMessage

SEND_MAIL = "mail.send"


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail; `content_id` makes it an inline picture of the HTML part."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Letter:
    """A mail as it was rendered, in the reader's language."""

    recipient: str
    language: str
    subject: str
    text: str
    html: str
    attachments: Sequence[Attachment] = field(default_factory=tuple[Attachment, ...])
    headers: dict[str, str] = field(default_factory=dict[str, str])


async def queue_mail(kind: str, cause: str, letter: Letter) -> None:
    """Put `letter` in the outbox; one `cause` sends one mail, however often this is called."""
    message, created = await MailMessage.get_or_create(
        cause=cause,
        defaults={
            "kind": kind,
            "recipient": letter.recipient,
            "language": letter.language,
            "subject": " ".join(letter.subject.split())[:300],
            "text": letter.text,
            "html": letter.html,
            "attachments": [_kept(attachment) for attachment in letter.attachments],
            "headers": letter.headers,
            "queued_at": now(),
        },
    )
    if created:
        await enqueue(SEND_MAIL, f"{SEND_MAIL}:{message.id}", {"message_id": message.id})


def _kept(attachment: Attachment) -> dict[str, Any]:
    import base64

    return {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "content": base64.b64encode(attachment.content).decode(),
        "content_id": attachment.content_id,
    }
