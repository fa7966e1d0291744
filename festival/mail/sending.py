"""Handing one message of the outbox to an SMTP server, a folder, or the staff's outbox page."""

from __future__ import annotations

import asyncio
import base64
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
import css_inline

from festival.jobs.worker import GiveUp
from festival.kit.clock import now
from festival.mail.models import MailMessage
from festival.mail.texting import TextRefused, hand_over_text
from festival.organisation.queries import get_organisation
from festival.settings import Settings, settings

_PERMANENT = 500


async def send_mail(payload: dict[str, Any]) -> None:
    """Job handler: send the message `message_id` once. A message that went out is not sent again."""
    message = await MailMessage.get(id=payload["message_id"])
    if message.state != "queued":
        return
    chosen = settings()
    if message.channel == "text":
        await _send_text(message, chosen)
        return
    if not chosen.smtp_url:
        await MailMessage.filter(id=message.id).update(state="kept")
        return
    letter = compose(message, (await get_organisation()).name, chosen)
    try:
        await _hand_over(letter, chosen.smtp_url)
    except aiosmtplib.SMTPResponseException as error:
        await _note_failure(message, error)
        if error.code >= _PERMANENT:
            raise GiveUp(str(error)) from error
        raise
    await MailMessage.filter(id=message.id).update(
        state="sent", sent_at=now(), message_id=letter["Message-ID"], attempts=message.attempts + 1, error=""
    )


async def _send_text(message: MailMessage, chosen: Settings) -> None:
    if not chosen.sms_url:
        await MailMessage.filter(id=message.id).update(state="kept")
        return
    attempts = message.attempts + 1
    try:
        await hand_over_text(message, chosen)
    except TextRefused as error:
        state = "failed" if error.permanent else "queued"
        await MailMessage.filter(id=message.id).update(state=state, attempts=attempts, error=str(error))
        if error.permanent:
            raise GiveUp(str(error)) from error
        raise
    await MailMessage.filter(id=message.id).update(state="sent", sent_at=now(), attempts=attempts, error="")


async def _note_failure(message: MailMessage, error: aiosmtplib.SMTPResponseException) -> None:
    state = "failed" if error.code >= _PERMANENT else "queued"
    await MailMessage.filter(id=message.id).update(
        state=state, attempts=message.attempts + 1, error=f"{error.code} {error.message}"[:500]
    )


def compose(message: MailMessage, sender_name: str, chosen: Settings) -> EmailMessage:
    """The MIME form: mixed(alternative(plain, related(html, pictures)), files)."""
    host = urlsplit(chosen.base_url).hostname or "localhost"
    letter = EmailMessage()
    letter["From"] = formataddr((sender_name, chosen.mail_from or f"tickets@{host}"))
    letter["To"] = message.recipient
    letter["Subject"] = message.subject
    letter["Date"] = format_datetime(now())
    letter["Message-ID"] = make_msgid(domain=host)
    letter["Auto-Submitted"] = "auto-generated"
    for name, value in message.headers.items():
        letter[name] = " ".join(str(value).split())
    letter.set_content(message.text)
    if message.html:
        letter.add_alternative(css_inline.inline(message.html, keep_at_rules=True), subtype="html")
    _attach(letter, message.attachments)
    # Last, for whatever begins with Content- goes down into the part that is wrapped.
    letter["Content-Language"] = message.language
    return letter


def _attach(letter: EmailMessage, attachments: list[dict[str, Any]]) -> None:
    body: Any = letter.get_body(("html",))
    for attachment in attachments:
        content = base64.b64decode(attachment["content"])
        main, _, sub = str(attachment["media_type"]).partition("/")
        if attachment["content_id"] and body is not None:
            body.add_related(
                content, main, sub, cid=f"<{attachment['content_id']}>",
                disposition="inline", filename=attachment["name"],
            )  # fmt: skip
    for attachment in attachments:
        if not attachment["content_id"]:
            main, _, sub = str(attachment["media_type"]).partition("/")
            # What calls itself text is in UTF-8; without saying so it would be ASCII (RFC 2046, section 4.1.2).
            params = {"charset": "utf-8"} if main == "text" else {}
            content = base64.b64decode(attachment["content"])
            letter.add_attachment(content, main, sub, filename=attachment["name"], params=params)


async def _hand_over(letter: EmailMessage, smtp_url: str) -> None:
    parts = urlsplit(smtp_url)
    if parts.scheme == "file":
        await asyncio.to_thread(_keep_in_folder, letter, Path(unquote(parts.path)))
        return
    await aiosmtplib.send(
        letter,
        hostname=parts.hostname or "localhost",
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        timeout=20,
    )


def _keep_in_folder(letter: EmailMessage, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = letter["Message-ID"].strip("<>").replace("/", "_")
    (folder / f"{name}.eml").write_bytes(letter.as_bytes())
