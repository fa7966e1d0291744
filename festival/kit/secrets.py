"""Secrets that people carry in links and devices in headers: made here, kept only as digests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def new_secret(size: int = 16) -> str:
    """A random text for an address: `size` bytes of entropy, URL-safe base64 without padding."""
    return secrets.token_urlsafe(size)


def digest(secret: str) -> str:
    """What is kept of a secret: its SHA-256, 64 hexadecimal digits.

    The secrets have at least 96 random bits, so a fast digest is enough; passwords go through argon2.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def same(first: str, second: str) -> bool:
    """Whether two secrets are equal, in constant time."""
    return hmac.compare_digest(first.encode(), second.encode())


def derive(key: str, purpose: str, *parts: object, size: int = 16) -> str:
    """A secret that can be made again from `key`, `purpose` and `parts` (HMAC-SHA256, URL-safe base64)."""
    return base64.urlsafe_b64encode(derive_bytes(key, purpose, *parts)[:size]).rstrip(b"=").decode()


def derive_bytes(key: str, purpose: str, *parts: object) -> bytes:
    """32 bytes that depend on `key`, `purpose` and `parts`; unequal parts never share an encoding."""
    text = "\x1f".join([purpose, *map(str, parts)])
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
