"""Which key signs new tickets, and the public halves of all that ever did."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tortoise.exceptions import IntegrityError

from festival.database import transaction
from festival.kit.clock import now
from festival.settings import settings
from ticketing.delivery.token import public_bytes, signing_key
from ticketing.models import SigningKey

_MOST_KEYS = 255
_ready: dict[tuple[str, str], tuple[int, Ed25519PrivateKey]] = {}


async def get_signing_key() -> tuple[int, Ed25519PrivateKey]:
    """The id and the private half of the key that signs today.

    When the service's secret changed, a new key takes over by itself; the public half of the old one
    stays, so tickets out there go on being good.
    """
    chosen = settings()
    known = _ready.get((chosen.database_url, chosen.secret_key))
    if known:
        return known
    try:
        found = await _find_or_make(chosen.secret_key)
    except IntegrityError:  # another process made it in the same moment
        found = await _find_or_make(chosen.secret_key)
    _ready[chosen.database_url, chosen.secret_key] = found
    return found


async def _find_or_make(secret_key: str) -> tuple[int, Ed25519PrivateKey]:
    async with transaction():
        live = await SigningKey.filter(retired_at=None).select_for_update().first()
        if live:
            key = signing_key(secret_key, live.id)
            if _text(public_bytes(key)) == live.public_key:
                return live.id, key
            await SigningKey.filter(id=live.id).update(retired_at=now())
        last = await SigningKey.all().order_by("-id").first()
        key_id = (last.id if last else 0) + 1
        if key_id > _MOST_KEYS:
            raise RuntimeError("all 255 key ids are used")
        key = signing_key(secret_key, key_id)
        await SigningKey.create(id=key_id, public_key=_text(public_bytes(key)), created_at=now())
        return key_id, key


async def list_public_keys() -> dict[int, bytes]:
    """The raw public keys by key id, of every key that ever signed."""
    rows = await SigningKey.all()
    return {row.id: base64.b64decode(row.public_key) for row in rows}


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
