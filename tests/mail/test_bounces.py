"""What mail servers tell afterwards: believed when signed, kept with the letter, on both databases."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from email.message import EmailMessage
from typing import Any

import httpx2
import pytest

from festival.mail.actions import Letter, queue_mail
from festival.mail.bounces import read_delivery_report
from festival.mail.models import MailMessage
from festival.mail.rules import Topic
from festival.mail.stopping import is_stopped
from tests.mailbox import listening

SECRET = "told-to-the-provider"
_REPORT = """\
From: MAILER-DAEMON@mail.example.org
To: tickets@fest.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

The mail system could not deliver.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; amina@example.org
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such mailbox

--B
Content-Type: {kind}

From: tickets@fest.example.org
Message-ID: {message_id}
Subject: Your ticket

--B--
"""


@pytest.fixture
async def letter(with_settings: Any, run_jobs: Any) -> MailMessage:
    """A letter that a mail server took."""
    with listening() as box:
        with_settings(smtp_url=box.url, mail_webhook_secret=SECRET)
        await queue_mail("ticket.confirmed", "a-cause", Letter("amina@example.org", "en", "Your ticket", "x", "<p>x"))
        await run_jobs()
    return await MailMessage.get(cause="a-cause")


async def tell(client: httpx2.AsyncClient, body: bytes, kind: str = "application/json", **more: Any) -> httpx2.Response:
    at = more.get("at", int(time.time()))
    signed = hmac.new(more.get("secret", SECRET).encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"festival-signature": f"t={at},v1={signed}", "content-type": kind}
    return await client.post("/webhooks/mail", content=body, headers=headers)


def report(message_id: str, event: str = "bounced") -> bytes:
    return json.dumps([{"message_id": message_id, "event": event, "reason": "mailbox full", "more": 1}]).encode()


async def test_a_bounce_is_kept_with_its_letter(client: httpx2.AsyncClient, letter: MailMessage, sign_in: Any) -> None:
    assert letter.state == "sent"
    told = await tell(client, report(letter.message_id.strip("<>")))
    assert told.json() == {"told": 1, "known": 1}
    await letter.refresh_from_db()
    assert (letter.state, letter.error) == ("bounced", "mailbox full")
    assert letter.fate_at is not None
    await sign_in("organizer")
    page = (await client.get("/organize/outbox?state=bounced")).text
    assert "mailbox full" in page
    assert (await tell(client, report("<nobody-knows@example.org>"))).json() == {"told": 1, "known": 0}


async def test_a_complaint_stops_what_can_be_stopped(client: httpx2.AsyncClient, letter: MailMessage) -> None:
    await tell(client, report(letter.message_id, "complained"))
    assert [await is_stopped("Amina@Example.org", topic) for topic in Topic] == [True, True, True]


async def test_only_what_is_signed_and_fresh_is_believed(client: httpx2.AsyncClient, letter: MailMessage) -> None:
    body = report(letter.message_id)
    assert (await tell(client, body, secret="guessed")).status_code == 400
    assert (await tell(client, body, at=int(time.time()) - 600)).status_code == 400
    assert (await client.post("/webhooks/mail", content=body)).status_code == 400
    assert (await tell(client, b'[{"message_id": 7}]')).status_code == 400
    await letter.refresh_from_db()
    assert letter.state == "sent"


async def test_without_a_secret_there_is_no_such_door(client: httpx2.AsyncClient) -> None:
    assert (await tell(client, b"[]", secret="")).status_code == 404


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
async def test_a_delivery_report_is_read_as_it_arrived(
    client: httpx2.AsyncClient, letter: MailMessage, kind: str
) -> None:
    raw = _REPORT.format(status="5.1.1", kind=kind, message_id=letter.message_id).encode()
    assert (await tell(client, raw, "message/rfc822")).json() == {"told": 1, "known": 1}
    await letter.refresh_from_db()
    assert letter.state == "bounced"
    assert "no such mailbox" in letter.error


def test_what_will_be_tried_again_is_no_bounce() -> None:
    later = _REPORT.format(status="4.4.1", kind="message/rfc822", message_id="<a@b.example>")
    assert read_delivery_report(later.encode()) == []
    plain = EmailMessage()
    plain["Message-ID"] = "<a@b.example>"
    plain.set_content("I am on holiday. Status: 5.0.0")
    assert read_delivery_report(plain.as_bytes()) == []
    assert read_delivery_report(b"\xff\xfe not a mail") == []
