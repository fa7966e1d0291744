"""Occurrences made and changed by staff tokens, on the paths on which everybody reads them."""

from __future__ import annotations

from starlette.requests import Request

from events.editing.actions import change_occurrence, create_occurrence
from events.editing.forms import ChangedOccurrence, NewOccurrence
from events.models import Occurrence
from events.whats_on.answers import OccurrenceAnswer, answer_occurrence
from events.whats_on.api import api
from events.whats_on.queries import Words, list_spoken
from festival.kit.web.access import Role, Scope, principal_of, scope, staff

__all__ = ["api"]

PROGRAMS = scope(Scope.PROGRAMS) | staff(Role.ORGANIZER)


async def _answer(occurrence: Occurrence) -> OccurrenceAnswer:
    program = occurrence.program
    spoken = await list_spoken([program.id])
    title = Words(occurrence.title or program.title, program.language)
    return answer_occurrence(occurrence, title, spoken.get(program.id, []))


@api.operation("POST", "/api/v1/occurrences", PROGRAMS, body=NewOccurrence, out={201: OccurrenceAnswer})
async def post_occurrence(request: Request, body: NewOccurrence) -> tuple[int, OccurrenceAnswer]:
    """Make one time of a new program, or one more of an existing one."""
    return 201, await _answer(await create_occurrence(body, principal_of(request)))


@api.operation(
    "PATCH", "/api/v1/occurrences/{id}", PROGRAMS,
    body=ChangedOccurrence, out={200: OccurrenceAnswer}, problems=(404, 409),
)  # fmt: skip
async def patch_occurrence(request: Request, body: ChangedOccurrence) -> OccurrenceAnswer:
    """Move, rename, postpone, cancel or restore one date; what is left out stays."""
    changed = await change_occurrence(request.path_params["id"], body, principal_of(request))
    return await _answer(changed)
