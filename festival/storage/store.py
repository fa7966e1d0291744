"""The bytes of files: a folder on this machine, or an S3-compatible store (obstore speaks both)."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, S3Store

from festival.kit.clock import now
from festival.kit.secrets import new_secret
from festival.settings import settings
from festival.storage.models import StoredFile


@cache
def _store(media_url: str) -> Any:
    parts = urlsplit(media_url)
    if parts.scheme == "s3":
        # The key, the region and the endpoint come from the usual AWS_ variables, which obstore reads itself.
        return S3Store(parts.netloc, prefix=parts.path.strip("/") or None)
    return LocalStore(Path(media_url.removeprefix("file://")).absolute(), mkdir=True)


async def keep_file(content: bytes, original_name: str, media_type: str, owner_id: int) -> StoredFile:
    """Keep checked bytes under a random name outside any web root; the row is written after the bytes."""
    name = new_secret(24)
    await obstore.put_async(_store(settings().media_url), name, content)
    return await StoredFile.create(
        name=name, original_name=original_name[:200], media_type=media_type, size=len(content),
        digest=hashlib.sha256(content).hexdigest(), owner_id=owner_id, uploaded_at=now(),
    )  # fmt: skip


async def read_file(file: StoredFile) -> bytes:
    """The bytes of a kept file."""
    found = await obstore.get_async(_store(settings().media_url), file.name)
    return bytes(await found.bytes_async())


async def remove_file(file: StoredFile) -> None:
    """Remove the bytes; the row stays, marked."""
    await obstore.delete_async(_store(settings().media_url), file.name)
    await StoredFile.filter(id=file.id).update(removed_at=now())


async def stream_file(file: StoredFile) -> AsyncIterator[bytes]:
    """The bytes of a kept file, a stretch at a time."""
    found = await obstore.get_async(_store(settings().media_url), file.name)
    async for chunk in found.stream():
        yield bytes(chunk)
