"""The address that an answer by mail goes to: ours, with a token that names the thread and who may write there."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hmac import compare_digest

from festival.kit.secrets import derive_bytes
from festival.settings import settings

OFFICE = 0
_PURPOSE = "thread-reply"
_ID = 5
_PROOF = 15
# 25 bytes are 40 letters and digits, without padding. Mail servers may lower the case, so it means nothing (RFC 4648).
_TOKEN = re.compile(r"\+([a-z2-7]{40})$")


@dataclass(frozen=True)
class Thread:
    """A thread, and the person that a token lets write there; `OFFICE` for the festival office."""

    application_id: int
    person_id: int


def reply_address(thread: Thread) -> str:
    """Where mail becomes a message of `thread`; empty where the city set no address for replies."""
    local, at, host = settings().reply_address.rpartition("@")
    return f"{local}+{_make_token(thread)}@{host}" if at else ""


def find_thread(addresses: Iterable[str]) -> Thread | None:
    """The first thread that one of `addresses` proves; None where none is an address that we gave out."""
    ours, _, host = settings().reply_address.lower().rpartition("@")
    for address in addresses:
        local, _, at = address.strip().lower().rpartition("@")
        token = _TOKEN.search(local)
        if ours and at == host and token and local[: token.start()] == ours and (thread := _read_token(token[1])):
            return thread
    return None


def _make_token(thread: Thread) -> str:
    named = thread.application_id.to_bytes(_ID, "big") + thread.person_id.to_bytes(_ID, "big")
    return base64.b32encode(named + _prove(thread)).decode().lower()


def _read_token(token: str) -> Thread | None:
    try:
        raw = base64.b32decode(token.upper())
    except binascii.Error:
        return None
    thread = Thread(int.from_bytes(raw[:_ID], "big"), int.from_bytes(raw[_ID : 2 * _ID], "big"))
    return thread if compare_digest(raw[2 * _ID :], _prove(thread)) else None


def _prove(thread: Thread) -> bytes:
    return derive_bytes(settings().secret_key, _PURPOSE, thread.application_id, thread.person_id)[:_PROOF]
