"""The signed token that a ticket's QR shows: 17 bytes, an Ed25519 signature, base45; 122 characters.

    offset  size  what
    0       1     version, 1
    1       1     key id
    2       8     ticket id, big-endian, 63 random bits
    10      4     offer id, big-endian
    14      1     party when issued
    15      2     first valid day in the city, days since 2020-01-01
    17      64    Ed25519 signature of the first 17 (RFC 8032)

81 bytes are 122 characters of base45 (RFC 9285), exactly a QR code of version 5 at level M. A token
holds nothing about a person. A space and `%` occur in it, so it never goes into an address.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from festival.kit.secrets import derive_bytes

VERSION = 1
BODY_SIZE = 17
SIGNATURE_SIZE = 64
TOKEN_LENGTH = 122
_EPOCH = dt.date(2020, 1, 1)
_BODY = struct.Struct(">BBQIBH")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}


class TokenUnreadable(ValueError):
    """The text is no token of ours: its length, alphabet or version is off."""


@dataclass(frozen=True)
class TicketBody:
    """What a token says; `party` is the size when it was issued, `valid_on` its first day in the city."""

    key_id: int
    ticket_id: int
    offer_id: int
    party: int
    valid_on: dt.date

    def pack(self) -> bytes:
        """The 17 bytes that are signed."""
        day = (self.valid_on - _EPOCH).days
        return _BODY.pack(VERSION, self.key_id, self.ticket_id, self.offer_id, self.party, day)


@dataclass(frozen=True)
class ReadToken:
    """A token taken apart, its signature not yet checked."""

    body: TicketBody
    signed: bytes
    signature: bytes

    def is_signed_by(self, public_key: bytes) -> bool:
        """Whether `public_key` (32 raw bytes) made the signature."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, self.signed)
        except (InvalidSignature, ValueError):
            return False
        return True


def signing_key(secret_key: str, key_id: int) -> Ed25519PrivateKey:
    """The private key `key_id`, derived from the service's secret and kept nowhere."""
    return Ed25519PrivateKey.from_private_bytes(derive_bytes(secret_key, "ticket-signing", key_id))


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 raw bytes of its public half."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def issue_token(body: TicketBody, key: Ed25519PrivateKey) -> str:
    """The token of `body`, 122 characters."""
    packed = body.pack()
    return encode_base45(packed + key.sign(packed))


def read_token(text: str) -> ReadToken:
    """Take a token apart; raises TokenUnreadable. Check the signature before believing it."""
    if len(text) != TOKEN_LENGTH:
        raise TokenUnreadable("a token has 122 characters")
    raw = decode_base45(text)
    version, key_id, ticket_id, offer_id, party, day = _BODY.unpack(raw[:BODY_SIZE])
    if version != VERSION or ticket_id >= 1 << 63:
        raise TokenUnreadable("a token of another version")
    body = TicketBody(key_id, ticket_id, offer_id, party, _EPOCH + dt.timedelta(days=day))
    return ReadToken(body, raw[:BODY_SIZE], raw[BODY_SIZE:])


def fingerprint(text: str) -> str:
    """16 hexadecimal digits that name a token in lists without giving it away."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def encode_base45(raw: bytes) -> str:
    """RFC 9285, section 4."""
    out: list[str] = []
    for start in range(0, len(raw) - 1, 2):
        value = raw[start] << 8 | raw[start + 1]
        out += (_ALPHABET[value % 45], _ALPHABET[value // 45 % 45], _ALPHABET[value // 2025])
    if len(raw) % 2:
        out += (_ALPHABET[raw[-1] % 45], _ALPHABET[raw[-1] // 45])
    return "".join(out)


def decode_base45(text: str) -> bytes:
    """RFC 9285, section 4; raises TokenUnreadable on other characters, lengths and overflow."""
    try:
        values = [_VALUES[character] for character in text]
    except KeyError:
        raise TokenUnreadable("a character outside base45") from None
    left = len(values) % 3
    if left == 1:
        raise TokenUnreadable("a base45 text of an impossible length")
    whole = len(values) - left
    numbers = [
        low + 45 * middle + 2025 * high
        for low, middle, high in zip(values[0:whole:3], values[1:whole:3], values[2:whole:3], strict=True)
    ]
    last = values[-2] + 45 * values[-1] if left else 0
    if last > 0xFF or max(numbers, default=0) > 0xFFFF:
        raise TokenUnreadable("a base45 group that is too large")
    return struct.pack(f">{len(numbers)}H", *numbers) + (bytes([last]) if left else b"")
