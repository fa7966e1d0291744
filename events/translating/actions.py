"""Writes: the texts of a program in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from events.planning.queries import get_program
from events.translating.queries import list_program_texts
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit, source_digest
from festival.organisation.models import Translation

if TYPE_CHECKING:
    from events.translating.forms import TextsForm


async def save_texts(slug: str, language: str, form: TextsForm, by: Principal) -> int:
    """Keep a program's texts in `language` as drafts or confirmed, each with the digest of what it was made from.

    An empty text removes the translation. Returns how many became different.
    """
    changed = 0
    async with transaction():
        program = await get_program(slug, lock=True)
        before = {text.field: text for text in await list_program_texts(program, language)}
        for field, text in form.texts().items():
            kept = Translation.filter(kind="program", object_id=program.id, field=field, language=language)
            if not text or not before[field].source:
                changed += await kept.delete()
                continue
            facts: dict[str, Any] = {
                "text": text,
                "state": form.state,
                "source_digest": source_digest(before[field].source),
            }
            row = await kept.first()
            if row and all(getattr(row, name) == value for name, value in facts.items()):
                continue
            changed += 1
            if row:
                await kept.update(**facts, updated_at=now())
            else:
                await Translation.create(
                    kind="program", object_id=program.id, field=field, language=language, **facts, updated_at=now()
                )
        if changed:
            after = {"language": language, "state": form.state, "texts": changed}
            await record_audit(by, "translation.saved", ("program", program.id), after=after)
    return changed
