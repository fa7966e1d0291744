"""Reads: the texts of an offer beside their translations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from festival.organisation.actions import source_digest
from festival.organisation.models import Translation
from ticketing.asking.rules import choice_field
from ticketing.models import Offer, OfferQuestion

OFFER, QUESTION = "offer", "offer_question"


@dataclass(frozen=True)
class Text:
    """One text of an offer or of a question, beside its translation; `stale` where it was made from another text."""

    kind: str
    object_id: int
    field: str
    source: str
    text: str = ""
    stale: bool = False

    @property
    def name(self) -> str:
        """What its field is called in the form."""
        return f"{self.kind}-{self.object_id}-{self.field}"


async def list_offer_texts(offer: Offer, language: str) -> list[Text]:
    """Whatever people wrote for an offer, in the order in which visitors meet it, each text once."""
    questions = await OfferQuestion.filter(offer_id=offer.id).order_by("position", "id")
    texts = [Text(OFFER, offer.id, "name", offer.name)] if offer.name else []
    texts += [Text(OFFER, offer.id, choice_field(band), band) for band in (offer.asks or {}).get("age_bands", ())]
    for question in questions:
        texts.append(Text(QUESTION, question.id, "label", question.label))
        texts += [Text(QUESTION, question.id, choice_field(one), one) for one in question.options or ()]
    rows = [
        *await Translation.filter(kind=OFFER, object_id=offer.id, language=language),
        *await Translation.filter(kind=QUESTION, object_id__in=[one.id for one in questions], language=language),
    ]
    kept = {(row.kind, row.object_id, row.field): row for row in rows}
    return [_beside(text, kept.get((text.kind, text.object_id, text.field))) for text in texts]


def _beside(text: Text, row: Translation | None) -> Text:
    if row is None:
        return text
    stale = row.source_digest != source_digest(text.source)
    return Text(text.kind, text.object_id, text.field, text.source, row.text, stale)


def count_open(texts: Sequence[Text]) -> int:
    """How many still want a translation."""
    return sum(not text.text or text.stale for text in texts)
