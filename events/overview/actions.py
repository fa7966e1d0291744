"""Writes: a date moved to another day with the clashes checked; volunteers; opening hours."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from events.models import Occurrence, Program, Venue, VenueHours, VolunteerShift
from events.overview.queries import list_near, read_hours
from events.overview.rules import Found, Item, concerning, find_clashes
from events.recurrence.rules import RecurrenceWrong, to_utc
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from festival.settings import settings

if TYPE_CHECKING:
    from events.overview.forms import MoveForm


def moved_item(item: Item, form: MoveForm) -> Item:
    """`item` on its new day, at the same wall time unless the form has another; raises Invalid."""
    zone = settings().zone
    start = item.starts_at.astimezone(zone)
    wall = dt.datetime.combine(form.to, form.clock or start.time().replace(tzinfo=None))
    try:
        starts_at = to_utc(wall, zone)
        if item.all_day:
            end = item.ends_at.astimezone(zone).replace(tzinfo=None) + (wall - start.replace(tzinfo=None))
            return replace(item, starts_at=starts_at, ends_at=to_utc(end, zone))
    except RecurrenceWrong as wrong:
        raise Invalid({"to": wrong.words}) from None
    return replace(item, starts_at=starts_at, ends_at=starts_at + (item.ends_at - item.starts_at))


async def check_move(before: Item, after: Item) -> list[Found]:
    """What would clash at the new time and does not now."""
    hours, zone = await read_hours(), settings().zone
    old = {_name(one) for one in concerning(before, find_clashes([*await list_near(before), before], hours, zone))}
    new = concerning(after, find_clashes([*await list_near(after), after], hours, zone))
    return [one for one in new if _name(one) not in old]


def _name(found: Found) -> tuple[str, frozenset[int]]:
    return found.kind, frozenset({found.item.id, found.other.id if found.other else 0})


async def add_volunteer(occurrence: Occurrence, name: str, by: Principal) -> None:
    """Put somebody down for one date; twice is once."""
    async with transaction():
        _, created = await VolunteerShift.get_or_create(
            occurrence_id=occurrence.id, name=name, defaults={"added_at": now()}
        )
        if created:
            await record_audit(by, "volunteer.added", ("occurrence", occurrence.id))


async def remove_volunteer(occurrence: Occurrence, shift_id: int, by: Principal) -> None:
    """Take somebody off one date."""
    async with transaction():
        if await VolunteerShift.filter(id=shift_id, occurrence_id=occurrence.id).delete():
            await record_audit(by, "volunteer.removed", ("occurrence", occurrence.id))


async def set_volunteers_needed(program: Program, needed: int, by: Principal) -> None:
    """How many volunteers each date of a program needs."""
    async with transaction():
        await Program.filter(id=program.id).update(volunteers_needed=needed)
        await record_audit(
            by, "program.volunteers", ("program", program.id),
            before={"needed": program.volunteers_needed}, after={"needed": needed},
        )  # fmt: skip


async def save_hours(venue: Venue, days: list[list[tuple[int, int]]], by: Principal) -> None:
    """Write a venue's opening hours, Monday first."""
    async with transaction():
        await VenueHours.filter(venue_id=venue.id).delete()
        await VenueHours.bulk_create(
            VenueHours(venue_id=venue.id, weekday=weekday, opens_minute=opens, closes_minute=closes)
            for weekday, ranges in enumerate(days)
            for opens, closes in ranges
        )
        await record_audit(by, "venue.hours", ("venue", venue.id), after={"days": days})
