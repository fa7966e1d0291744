"""Writes: the office's facts, translations, audit entries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from festival.kit.clock import now
from festival.kit.web.access import Principal, asker_address
from festival.organisation.models import AuditEntry, Organisation, Translation
from festival.organisation.queries import ONLY_ROW


async def record_audit(
    who: Principal,
    action: str,
    subject: tuple[str, int] = ("", 0),
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add who did what to `subject` (kind, id), from where. Call it inside the transaction of the change itself."""
    return await AuditEntry.create(
        at=now(), actor_kind=who.kind.value, actor_id=who.id, actor_label=who.label, action=action,
        object_kind=subject[0], object_id=subject[1],
        before=dict(before) if before else None, after=dict(after) if after else None, address=asker_address()[:64],
    )  # fmt: skip


async def save_organisation(facts: Mapping[str, Any]) -> None:
    """Write the office's row."""
    await Organisation.update_or_create(defaults=dict(facts), id=ONLY_ROW)


def source_digest(text: str) -> str:
    """What a translation remembers of the text it was made from, to know when it went stale."""
    return hashlib.sha256(text.encode()).hexdigest()


async def save_translation(subject: tuple[str, int], field: str, language: str, text: str, source: str) -> None:
    """Keep `text` as the confirmed translation of `source`, the `field` of `subject` (kind, id)."""
    kind, object_id = subject
    await Translation.update_or_create(
        defaults={"text": text, "state": "confirmed", "source_digest": source_digest(source)},
        kind=kind, object_id=object_id, field=field, language=language,
    )  # fmt: skip
