"""Writes: an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from festival.database import transaction
from festival.kit.clock import now
from festival.kit.i18n import current_language
from ticketing.models import Claim, SurveyAnswer
from ticketing.offers.rules import OfferFacts

if TYPE_CHECKING:
    from ticketing.survey.forms import AnswerForm


async def answer_survey(claim: Claim, offer: OfferFacts, form: AnswerForm) -> None:
    """Keep what a party says; saying it again replaces it, so there is one answer for a party."""
    said: dict[str, Any] = {
        "stars": form.stars,
        "words": form.words or "",
        "language": current_language(),
        "answered_at": now(),
    }
    async with transaction():
        await Claim.filter(id=claim.id).select_for_update().first()
        if not await SurveyAnswer.filter(claim_id=claim.id).update(**said):
            await SurveyAnswer.create(claim_id=claim.id, occurrence_id=offer.occurrence_id, **said)
