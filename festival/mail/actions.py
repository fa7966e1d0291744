"""Writes: a message enters the outbox table in the transaction of its cause, and leaves it by the worker."""

from __future__ import annotations

import re
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


async def queue_mail(kind: str, cause: str, letter: Letter, *, about: tuple[str, int] = ("", 0)) -> None:
    """Put `letter` in the outbox; one `cause` sends one mail, however often this is called.

    `about` (kind, id) is what the letter concerns, for staff who look for it.
    """
    await _queue(
        cause,
        {
            "kind": kind,
            "recipient": letter.recipient,
            "language": letter.language,
            "subject": " ".join(letter.subject.split())[:300],
            "text": letter.text,
            "html": letter.html,
            "attachments": [_kept(attachment) for attachment in letter.attachments],
            "headers": letter.headers,
        },
        about,
    )


async def queue_text(kind: str, cause: str, text: tuple[str, str, str], *, about: tuple[str, int] = ("", 0)) -> None:
    """Put a text for a phone in the outbox, given as (number, language, words); once for one `cause`."""
    phone, language, words = text
    columns = {"kind": kind, "channel": "text", "recipient": phone, "language": language, "text": words}
    await _queue(cause, {**columns, "subject": words.partition("\n")[0][:300]}, about)


async def _queue(cause: str, columns: dict[str, Any], about: tuple[str, int]) -> None:
    more = {"about_kind": about[0], "about_id": about[1], "queued_at": now()}
    message, created = await MailMessage.get_or_create(cause=cause, defaults={**columns, **more})
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


async def erase_mails(references: Sequence[str]) -> int:
    """Empty the letters whose cause names one of `references`, and forget to whom they went; returns how many.

    What kind they were, and their fate, stays.
    """
    wanted, found = set(references), list[int]()
    for id, cause in await MailMessage.exclude(recipient="").values_list("id", "cause"):
        if not wanted.isdisjoint(re.split("[:+]", str(cause))):
            found.append(int(str(id)))
    for start in range(0, len(found), 500):
        await MailMessage.filter(id__in=found[start : start + 500]).update(
            recipient="", subject="", text="", html="", attachments=[], headers={}
        )
    return len(found)
