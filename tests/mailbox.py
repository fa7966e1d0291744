"""A mail server at the edge of the system: it listens on a real socket and keeps what it is sent."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.live import free_port


@dataclass
class Mailbox:
    """What came. The next answers to DATA are taken from `answers`; without one it is 250."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 kept"
        if answer.startswith("2"):
            letter = email.message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return answer


@contextmanager
def listening() -> Iterator[Mailbox]:
    """A mailbox at a port of its own."""
    mailbox = Mailbox()
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    try:
        mailbox.url = f"smtp://127.0.0.1:{port}"
        yield mailbox
    finally:
        controller.stop()


def part_of(letter: EmailMessage, media_type: str) -> EmailMessage:
    """The one part of that type."""
    (found,) = [part for part in letter.walk() if part.get_content_type() == media_type]
    assert isinstance(found, EmailMessage)
    return found
