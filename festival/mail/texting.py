"""Texts for phones, handed to the city's provider by one signed POST."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import httpx

from festival.mail.models import MailMessage
from festival.settings import Settings

_WAIT_S = 15
_PERMANENT = 400


class TextRefused(Exception):
    """The provider will not send this text; `permanent` says that asking again is no use."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the provider of texts answered {status}")
        self.permanent = _PERMANENT <= status < 500 and status not in {408, 425, 429}


def signature(body: bytes, secret: str, at: int) -> str:
    """`t=SECONDS,v1=HEX`, the HMAC-SHA256 of `SECONDS.body`: the receiver refuses what is forged or old."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


async def hand_over_text(message: MailMessage, chosen: Settings) -> None:
    """POST `{"id", "to", "text", "language"}` to FESTIVAL_SMS_URL; raises TextRefused, or httpx's errors."""
    told = {"id": str(message.id), "to": message.recipient, "text": message.text, "language": message.language}
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "Festival-Signature": signature(body, chosen.sms_secret, int(time.time())),
        "Idempotency-Key": f"text-{message.id}",
    }
    async with httpx.AsyncClient(timeout=_WAIT_S, follow_redirects=False, trust_env=False) as client:
        answer = await client.post(chosen.sms_url, content=body, headers=headers)
    if not answer.is_success:
        raise TextRefused(answer.status_code)
