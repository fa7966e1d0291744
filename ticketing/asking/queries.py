"""Reads: what an offer asks, in the reader's language."""

from __future__ import annotations

from festival.kit.i18n import current_language
from festival.organisation.queries import list_texts
from ticketing.asking.rules import Asks, QuestionFacts
from ticketing.models import Offer, OfferQuestion


async def get_asks(offer_id: int) -> Asks:
    """All that an offer asks besides the number of people."""
    offer = await Offer.get(id=offer_id)
    kept = offer.asks or {}
    questions = await OfferQuestion.filter(offer_id=offer_id).order_by("position", "id") if kept else []
    texts = await list_texts("offer_question", [question.id for question in questions], current_language())
    return Asks(
        tuple(kept.get("age_bands", ())), bool(kept.get("languages")), bool(kept.get("access")),
        tuple(
            QuestionFacts(
                one.id, texts.get((one.id, "label"), one.label), one.kind, tuple(one.options or ()), one.per_person,
                one.required,
            )
            for one in questions
        ),
    )  # fmt: skip
