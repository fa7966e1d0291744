"""Staff pages: the list of the year's programs, and moving or cancelling one date."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from urllib.parse import urlencode

from pydantic import BaseModel, model_validator
from starlette.requests import Request
from starlette.responses import Response

from events.editing.actions import change_occurrence
from events.editing.forms import ChangedOccurrence, require_order
from events.editing.queries import count_following, get_occurrence, list_programs, list_venues
from events.programme.forms import WallTime
from events.recurrence.rules import RecurrenceWrong, to_utc
from festival.kit.errors import Conflict, Invalid
from festival.kit.text import OptionalLine
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.organisation.queries import find_last_entry
from festival.settings import settings

_PAGE = 100
ORGANIZER = staff(Role.ORGANIZER)


async def get_programs(request: Request) -> Response:
    """Every program with its next date, by title, a hundred at a time."""
    asked = request.query_params
    q, state, number = asked.get("q", "").strip()[:100], asked.get("state", ""), asked.get("page", "")
    page = int(number) if number.isdigit() and len(number) < 6 and int(number) else 1
    rows, count = await list_programs(q, state, (page - 1) * _PAGE, _PAGE)
    kept = {name: value for name, value in (("q", q), ("state", state)) if value}
    return render(
        request,
        "events/organize/programs.html",
        form=FormState({"q": q, "state": state}),
        rows=rows,
        count=count,
        earlier=urlencode({**kept, "page": page - 1}) if page > 1 else "",
        later=urlencode({**kept, "page": page + 1}) if page * _PAGE < count else "",
    )


class DateForm(BaseModel):
    """What an organizer fills in to change one date: wall times of the city, none where it lasts all day."""

    starts: WallTime | None = None
    ends: WallTime | None = None
    state: Literal["scheduled", "postponed", "cancelled"]
    reason: OptionalLine = None
    venue: OptionalLine = None
    title: OptionalLine = None
    revision: int

    @model_validator(mode="after")
    def _in_order(self) -> DateForm:
        require_order(self.starts, self.ends)
        return self

    def changes(self) -> ChangedOccurrence:
        """The same as programs send it; raises Invalid at a time that the clock change swallows."""
        return ChangedOccurrence(
            starts_at=_moment("starts", self.starts), ends_at=_moment("ends", self.ends),
            state=self.state, reason=self.reason or "", venue=self.venue, title=self.title or "",
            revision=self.revision,
        )  # fmt: skip


def _moment(name: str, wall: dt.datetime | None) -> dt.datetime | None:
    try:
        return to_utc(wall, settings().zone) if wall else None
    except RecurrenceWrong as wrong:
        raise Invalid({name: wrong.words}) from None


async def get_date(request: Request) -> Response:
    """The form that moves, postpones, cancels or restores one date."""
    return await _show_date(request, FormState())


async def _show_date(request: Request, form: FormState, status: int = 200) -> Response:
    occurrence = await get_occurrence(request.path_params["id"])
    zone = settings().zone
    return render(
        request,
        "events/organize/date.html",
        status,
        form=form,
        occurrence=occurrence,
        venues=[(venue.slug, venue.name) for venue in await list_venues()],
        following=await count_following(occurrence),
        starts=f"{occurrence.starts_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        ends=f"{occurrence.ends_at.astimezone(zone):%Y-%m-%dT%H:%M}",
    )


async def post_date(request: Request) -> Response:
    """Change one date, and go back to its program."""
    try:
        form = await read_form(request, DateForm)
        changed = await change_occurrence(request.path_params["id"], form.changes(), principal_of(request))
    except Invalid as refusal:
        return await _show_date(request, refused_form(request, refusal), 422)
    except Conflict as refusal:
        return await _show_date(request, FormState({}, {"revision": refusal.words}), 409)
    entry = await find_last_entry("occurrence", changed.id)
    return go_to(request, f"/organize/programs/{changed.program.slug}?undo={entry.id if entry else ''}")


routes: Routes = [
    Door("/organize/programs", ORGANIZER, get=get_programs),
    Door("/organize/occurrences/{id}", ORGANIZER, get=get_date, post=post_date),
]
