"""The performers who were accepted, as the festival's schedule needs to know them."""

from __future__ import annotations

from events.acts.performers import Performer
from vendors.models import Answer, Application

CATEGORY = "performer"
_TAKES_PART = ("accepted", "confirmed", "docs_ready")


async def list_performers(festival_id: int) -> list[Performer]:
    """Everybody whose stage performance was accepted for a festival, by name. Two queries."""
    found = Application.filter(
        category__call__festival_id=festival_id, category__slug=CATEGORY, state__in=_TAKES_PART
    ).order_by("name", "id")
    applications = await found.limit(500)
    ids = [application.id for application in applications]
    rows = await Answer.filter(
        application_id__in=[0, *ids], question__slug__in=("people", "set_minutes")
    ).select_related("question")
    answers = {(row.application_id, row.question.slug): row.value for row in rows}
    return [
        Performer(
            one.id, one.name, one.description, one.language,
            _number(answers.get((one.id, "people")), 1, 100_000),
            _number(answers.get((one.id, "set_minutes")), 20, 720),
        )
        for one in applications
    ]  # fmt: skip


def _number(text: str | None, otherwise: int, most: int) -> int:
    """A whole number that somebody wrote; `otherwise` where there is none that can be."""
    return min(int(text), most) if text and text.isdecimal() and len(text) < 9 and int(text) > 0 else otherwise
