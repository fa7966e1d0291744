"""Writes: the texts of a program, a festival, an act, a place or a picture in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from events.planning.queries import get_program
from events.translating.queries import Text, list_program_texts
from events.translating.subjects import Subject, list_subject_texts
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
    async with transaction():
        program = await get_program(slug, lock=True)
        texts = await list_program_texts(program, language)
        return await _keep(("program", program.id), texts, language, (form.texts(), form.state), by)


async def save_subject_texts(
    subject: Subject, language: str, given: Mapping[str, str], state: str, by: Principal
) -> int:
    """The same for a festival, an act, a place or a picture."""
    async with transaction():
        texts = await list_subject_texts(subject, language)
        return await _keep((subject.kind, subject.id), texts, language, (given, state), by)


async def _keep(
    about: tuple[str, int], texts: Sequence[Text], language: str, wanted: tuple[Mapping[str, str], str], by: Principal
) -> int:
    changed, (given, state) = 0, wanted
    kind, object_id = about
    for before in texts:
        text = given.get(before.field, "")
        kept = Translation.filter(kind=kind, object_id=object_id, field=before.field, language=language)
        if not text or not before.source:
            changed += await kept.delete()
            continue
        facts: dict[str, Any] = {"text": text, "state": state, "source_digest": source_digest(before.source)}
        row = await kept.first()
        if row and all(getattr(row, name) == value for name, value in facts.items()):
            continue
        changed += 1
        if row:
            await kept.update(**facts, updated_at=now())
        else:
            await Translation.create(
                kind=kind, object_id=object_id, field=before.field, language=language, **facts, updated_at=now()
            )
    if changed:
        after = {"language": language, "state": state, "texts": changed}
        await record_audit(by, "translation.saved", about, after=after)
    return changed
