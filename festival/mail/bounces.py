"""What mail servers tell afterwards: letters that came back, were delivered, or were called unwelcome.

Told by the city's mail provider or mailbox at `/webhooks/mail`, as JSON or as the report itself (RFC 3464).
"""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import BadRequest
from festival.mail.models import MailMessage, MailWish
from festival.mail.rules import Topic
from festival.mail.stopping import get_stop_link

_OLDEST_S = 300
_PERMANENT = "5"


class Report(BaseModel):
    """One letter's fate, as a program tells it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    message_id: str = Field(min_length=3, max_length=200)
    event: Literal["bounced", "complained", "delivered"]
    reason: str = Field("", max_length=500)


def require_signed(body: bytes, header: str, secret: str) -> None:
    """Raises BadRequest unless `header` is `t=SECONDS,v1=HEX`, the HMAC-SHA256 of `SECONDS.body`, five minutes old
    at most."""
    parts: dict[str, str] = {}
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        parts[name] = value
    at, given = parts.get("t", ""), parts.get("v1", "")
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    fresh = at.isascii() and at.isdigit() and abs(time.time() - int(at)) <= _OLDEST_S
    if not (secret and fresh and hmac.compare_digest(signed.encode(), given.encode())):
        raise BadRequest


def read_delivery_report(raw: bytes) -> list[Report]:
    """The letter that a delivery status notification names as failed for good; empty where it is something else."""
    notification: Message = message_from_bytes(raw)
    reason, original = "", ""
    for part in notification.walk():
        reason = reason or _permanent_failure(part)
        if part.get_content_type() == "text/rfc822-headers":
            kept: Any = part.get_payload(decode=True)
            original = original or str(message_from_bytes(kept or b"").get("Message-ID", ""))
        elif part is not notification and part.get("Message-ID"):  # the whole letter came back
            original = original or str(part["Message-ID"])
    if not reason or not original:
        return []
    return [Report(message_id=original.strip()[:200], event="bounced", reason=" ".join(reason.split())[:500])]


def _permanent_failure(part: Message) -> str:
    """What a block of a message/delivery-status says of a failure that will last (RFC 3464, section 2.3)."""
    if not str(part.get("Status", "")).strip().startswith(_PERMANENT):
        return ""
    return str(part.get("Diagnostic-Code") or part["Status"])


@dataclass(frozen=True)
class Noted:
    """How many of the letters told of are ours."""

    known: int


async def note_reports(reports: list[Report]) -> Noted:
    """Write the fate of letters down. A complaint also stops everything that its reader can stop."""
    known = 0
    async with transaction():
        for report in reports:
            names = {report.message_id, f"<{report.message_id.strip('<>')}>"}
            message = await MailMessage.filter(message_id__in=list(names)).first()
            if message is None:
                continue
            known += 1
            if report.event == "bounced":
                await MailMessage.filter(id=message.id).update(state="bounced", error=report.reason, fate_at=now())
            elif report.event == "delivered":
                await MailMessage.filter(id=message.id, state="sent").update(fate_at=now())
            else:
                await MailMessage.filter(id=message.id).update(error=f"complaint: {report.reason}"[:500], fate_at=now())
                await _stop_everything(message.recipient)
    return Noted(known)


async def _stop_everything(recipient: str) -> None:
    for topic in Topic:
        await get_stop_link(recipient, topic)
    await MailWish.filter(recipient=recipient.lower(), stopped_at=None).update(stopped_at=now())
