"""Writes: a message enters the outbox table in the transaction of its cause, and leaves it by the worker."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from festival.jobs.actions import enqueue
from festival.kit.clock import now
from festival.mail.models import MailMessage

SEND_MAIL = "mail.send"
_ERASED_AT_ONCE = 500


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


async def erase_mails(about: Mapping[str, Sequence[int]], references: Sequence[str] = ()) -> None:
    """Empty the letters about some things (kind to ids), or whose cause names one of `references`, and forget to
    whom they went. What kind they were, and their fate, stays.
    """
    found = set[int]()
    for kind, ids in about.items():
        for start in range(0, len(ids), _ERASED_AT_ONCE):
            some = MailMessage.filter(about_kind=kind, about_id__in=list(ids[start : start + _ERASED_AT_ONCE]))
            found |= {int(str(id)) for id in await some.values_list("id", flat=True)}
    wanted = set(references)
    # Letters about several things at once, such as a lost ticket's, name them in their cause.
    for id, cause in await MailMessage.filter(about_kind="").exclude(recipient="").values_list("id", "cause"):
        if not wanted.isdisjoint(re.split("[:+]", str(cause))):
            found.add(int(str(id)))
    erased = sorted(found)
    for start in range(0, len(erased), _ERASED_AT_ONCE):
        await MailMessage.filter(id__in=erased[start : start + _ERASED_AT_ONCE]).update(
            recipient="", subject="", text="", html="", attachments=[], headers={}
        )
