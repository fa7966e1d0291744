"""Writes: a call's texts in one language."""

from __future__ import annotations

from collections.abc import Mapping

from festival.database import transaction
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit, save_translation
from festival.organisation.models import Translation
from vendors.models import Call
from vendors.wording.queries import list_call_texts


async def save_call_texts(call: Call, language: str, given: Mapping[str, str], by: Principal) -> int:
    """Keep what was written under each text's name; an empty one takes the translation away. Returns how many
    became different."""
    changed = 0
    async with transaction():
        parts = (await list_call_texts(call, [language]))[language]
        for text in [text for part in parts for text in part.texts]:
            wanted = given.get(text.name, text.text)
            if wanted == text.text and not (text.stale and text.name in given):
                continue
            changed += 1
            if wanted:
                await save_translation((text.kind, text.object_id), text.field, language, wanted, text.source)
                continue
            row = Translation.filter(kind=text.kind, object_id=text.object_id, field=text.field, language=language)
            await row.delete()
        if changed:
            after = {"language": language, "texts": changed}
            await record_audit(by, "translation.saved", ("call", call.id), after=after)
    return changed
