"""The performers who were accepted, as the festival's schedule needs to know them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from tortoise.expressions import Q

from events.acts.performers import Performer
from events.recurrence.rules import RecurrenceWrong, to_utc
from festival.settings import settings
from vendors.applying.rules import read_names, read_times
from vendors.models import Answer, Application

CATEGORY = "performer"
_TAKES_PART = ("accepted", "confirmed", "docs_ready")
# What the team has to have ready, in the group's own words under the question's short name.
_NEEDS = ("inputs", "track_or_live", "power_watts", "floor", "access_needs", "arrival_vehicles")


async def list_performers(festival_id: int) -> list[Performer]:
    """Everybody whose stage performance was accepted for a festival, by name. Two queries."""
    found = Application.filter(
        Q(category__part="stage") | Q(category__slug=CATEGORY),
        category__call__festival_id=festival_id,
        state__in=_TAKES_PART,
    ).order_by("name", "id")
    applications = await found.limit(500)
    rows = await Answer.filter(application_id__in=[0, *(one.id for one in applications)]).select_related("question")
    answers: dict[int, dict[str, str]] = {one.id: {} for one in applications}
    for row in rows:
        answers[row.application_id][row.question.slug] = row.value
    return [as_performer(one, answers[one.id]) for one in applications]


def as_performer(application: Application, answers: Mapping[str, str]) -> Performer:
    """What the schedule needs to know of one accepted group."""
    members = read_names(answers.get("members", ""))
    return Performer(
        application.id, application.name, application.description, application.language,
        _number(answers.get("people"), max(1, len(members)), 100_000), _number(answers.get("set_minutes"), 20, 720),
        group=answers.get("group_name", ""), nations=_listed(answers.get("nations", "")),
        spoken=_listed(answers.get("languages", "")), members=members,
        needs=[f"{slug}: {answers[slug]}"[:200] for slug in _NEEDS if answers.get(slug)],
        available=_times(answers.get("availability", "")),
    )  # fmt: skip


def _listed(text: str) -> list[str]:
    """What somebody wrote with commas, "and" or lines between."""
    return [part for raw in re.split(r"[,;\n/،、]", text) if (part := raw.strip())][:20]


def _times(text: str) -> Sequence[tuple[dt.datetime, dt.datetime]]:
    """The times at which a group can; none where they were written as a sentence or fall into a clock change."""
    try:
        times = read_times(text)
        _ = [(to_utc(start, settings().zone), to_utc(end, settings().zone)) for start, end in times]
    except (ValueError, RecurrenceWrong):
        return ()
    return times


def _number(text: str | None, otherwise: int, most: int) -> int:
    """A whole number that somebody wrote; `otherwise` where there is none that can be."""
    return min(int(text), most) if text and text.isdecimal() and len(text) < 9 and int(text) > 0 else otherwise
