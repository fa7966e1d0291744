"""Reads: what an offer asks, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from festival.kit.i18n import current_language
from festival.organisation.queries import Texts, list_texts_of
from ticketing.asking.rules import Asks, QuestionFacts, choice_field
from ticketing.models import Offer, OfferQuestion


async def get_asks(offer_id: int) -> Asks:
    """All that an offer asks besides the number of people."""
    offer = await Offer.get(id=offer_id)
    kept = offer.asks or {}
    questions = await OfferQuestion.filter(offer_id=offer_id).order_by("position", "id") if kept else []
    subjects = {"offer": [offer_id], "offer_question": [question.id for question in questions]}
    texts = await list_texts_of(subjects, current_language())
    asked, bands = texts["offer_question"], tuple(kept.get("age_bands", ()))
    return Asks(
        bands, bool(kept.get("languages")), bool(kept.get("access")),
        tuple(
            QuestionFacts(
                one.id, asked.get((one.id, "label"), one.label), one.kind, tuple(one.options or ()), one.per_person,
                one.required, _choices(asked, one.id, one.options or ()),
            )
            for one in questions
        ),
        _choices(texts["offer"], offer_id, bands),
    )  # fmt: skip


def _choices(texts: Texts, object_id: int, choices: Sequence[str]) -> dict[str, str]:
    found = {choice: texts.get((object_id, choice_field(choice)), "") for choice in choices}
    return {choice: text for choice, text in found.items() if text}
