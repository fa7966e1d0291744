"""Reads: the answers about one date."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from events.models import Occurrence
from festival.kit.errors import NotFound
from ticketing.models import Claim, SurveyAnswer
from ticketing.survey.rules import Bar, average, lay_out

_MOST_WORDS = 200


@dataclass(frozen=True)
class Results:
    """What guests said of a date; `came` counts the parties who could be asked."""

    occurrence: Occurrence
    answers: int
    came: int
    average: float | None
    bars: list[Bar]
    words: list[SurveyAnswer]


async def find_answer(claim_id: int) -> SurveyAnswer | None:
    """What this party said, if it did."""
    return await SurveyAnswer.get_or_none(claim_id=claim_id)


async def get_results(occurrence_id: int) -> Results:
    """Counts, and the latest words without names; raises NotFound."""
    occurrence = await Occurrence.get_or_none(id=occurrence_id).select_related("program")
    if occurrence is None:
        raise NotFound
    given = await SurveyAnswer.filter(occurrence_id=occurrence_id).values_list("stars", flat=True)
    counts = Counter(int(str(stars)) for stars in given)
    came = await Claim.filter(offer__occurrence_id=occurrence_id, people_seen__gt=0).exclude(email="").count()
    words = await SurveyAnswer.filter(occurrence_id=occurrence_id).exclude(words="").order_by("-id").limit(_MOST_WORDS)
    return Results(occurrence, sum(counts.values()), came, average(counts), lay_out(counts), words)
