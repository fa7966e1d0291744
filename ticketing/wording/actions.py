"""Writes: an offer's texts in one language."""

from __future__ import annotations

from collections.abc import Mapping

from festival.database import transaction
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit, save_translation
from festival.organisation.models import Translation
from ticketing.models import Offer
from ticketing.wording.queries import list_offer_texts


async def save_offer_texts(offer: Offer, language: str, given: Mapping[str, str], by: Principal) -> int:
    """Keep what was written under each text's name; an empty one takes the translation away. Returns how many
    became different."""
    changed = 0
    async with transaction():
        for text in await list_offer_texts(offer, language):
            wanted = given.get(text.name, text.text)
            if wanted == text.text and not text.stale:
                continue
            changed += 1
            subject = (text.kind, text.object_id)
            if wanted:
                await save_translation(subject, text.field, language, wanted, text.source)
            else:
                await Translation.filter(
                    kind=text.kind, object_id=text.object_id, field=text.field, language=language
                ).delete()
        if changed:
            after = {"language": language, "texts": changed}
            await record_audit(by, "translation.saved", ("offer", offer.id), after=after)
    return changed
