"""What is on, as JSON."""

from __future__ import annotations

from starlette.requests import Request

from events.whats_on.answers import OccurrenceAnswer, answer_occurrence
from events.whats_on.forms import ListQuery
from events.whats_on.queries import list_occurrences
from festival.kit.web.access import ANYONE
from festival.kit.web.api import Answer, Api

api = Api("programs")


class OccurrencesAnswer(Answer):
    """A page of what is on; `next_cursor` is null on the last."""

    occurrences: list[OccurrenceAnswer]
    next_cursor: str | None


@api.operation("GET", "/api/v1/occurrences", ANYONE, query=ListQuery, out={200: OccurrencesAnswer})
async def list_what_is_on(_: Request, query: ListQuery) -> OccurrencesAnswer:
    """What is on: every filter composes with every other; without `from`, what has not ended yet."""
    page = await list_occurrences(query.wanted(), query.after())
    return OccurrencesAnswer(
        occurrences=[
            answer_occurrence(item.occurrence, item.title, item.languages, item.place.text) for item in page.items
        ],
        next_cursor=str(page.next) if page.next else None,
    )
