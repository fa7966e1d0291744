"""Reads: what is on between two days, with places, hours and volunteers; a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.functions import Count

from events.models import Occurrence, Performance, Venue, VenueHours, VolunteerShift
from events.overview.rules import Hours, Item
from events.whats_on.rules import day_start
from festival.kit.errors import NotFound
from festival.settings import settings

SHOWN_STATES = ("draft", "published", "postponed", "cancelled")
_MOST = 3000


@dataclass(frozen=True)
class Wanted:
    """Which part of the calendar; "" leaves a filter out. Both days are included."""

    first: dt.date
    last: dt.date
    area: str = ""
    place: str = ""
    q: str = ""
    acts: bool = False


async def list_items(wanted: Wanted) -> list[Item]:
    """What is on, by time. Two queries, three with the acts on stages."""
    zone = settings().zone
    start, end = day_start(wanted.first, zone), day_start(wanted.last + dt.timedelta(days=1), zone)
    query = Occurrence.filter(ends_at__gt=start, starts_at__lt=end, program__state__in=SHOWN_STATES)
    if wanted.area:
        query = query.filter(program__area=wanted.area)
    if wanted.place:
        query = query.filter(Q(venue__slug=wanted.place) | Q(venue_id__isnull=True, program__venue__slug=wanted.place))
    if wanted.q:
        query = query.filter(Q(program__title__icontains=wanted.q) | Q(title__icontains=wanted.q))
    rows = await query.select_related("program__venue", "venue", "series").order_by("starts_at", "id").limit(_MOST)
    helping = await _count_volunteers(row.id for row in rows if row.program.volunteers_needed)
    items = [_item(row, helping.get(row.id, 0)) for row in rows]
    if wanted.acts and not wanted.area:
        items += await _list_acts(wanted, start, end)
    return sorted(items, key=lambda item: (item.starts_at, item.ends_at, item.id))


async def _count_volunteers(ids: Iterable[int]) -> dict[int, int]:
    rows = (
        await VolunteerShift.filter(occurrence_id__in=[0, *ids])
        .annotate(people=Count("id")).group_by("occurrence_id").values("occurrence_id", "people")
    )  # fmt: skip
    return {int(row["occurrence_id"]): int(row["people"]) for row in rows}


def _item(row: Occurrence, helping: int) -> Item:
    program, venue = row.program, row.venue or row.program.venue
    state = row.state if program.state in {"published", "draft"} else program.state
    return Item(
        row.id, row.title or program.title, row.starts_at, row.ends_at, row.series.all_day, venue.id, venue.name,
        program.area, state, f"/organize/calendar/dates/{row.id}", row.revision, program.online,
        program.volunteers_needed, helping, venue.several_at_once,
    )  # fmt: skip


async def _list_acts(wanted: Wanted, start: dt.datetime, end: dt.datetime) -> list[Item]:
    query = Performance.filter(plan__state="published", ends_at__gt=start, starts_at__lt=end)
    if wanted.q:
        query = query.filter(act__title__icontains=wanted.q)
    rows = await query.select_related("act", "stage__venue", "stage__festival__venue", "plan").limit(_MOST)
    found: list[Item] = []
    for row in rows:
        festival, stage = row.stage.festival, row.stage
        venue = stage.venue or festival.venue
        if wanted.place and venue.slug != wanted.place:
            continue
        path = f"/organize/festivals/{festival.slug}/schedule/{row.plan.number}/acts/{row.act.slug}"
        place = f"{stage.name}"
        found.append(Item(0, row.act.title, row.starts_at, row.ends_at, False, venue.id, place, "", row.state, path))
    return found


async def read_hours() -> Hours:
    """When each venue is open, by its id. One query."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for row in await VenueHours.all().order_by("weekday", "opens_minute"):
        found.setdefault(row.venue_id, []).append((row.weekday, row.opens_minute, row.closes_minute))
    return found


async def get_item(occurrence_id: str) -> tuple[Occurrence, Item]:
    """One date, whatever its state; raises NotFound."""
    if not occurrence_id.isdigit() or len(occurrence_id) > 18:
        raise NotFound
    row = await Occurrence.get_or_none(id=int(occurrence_id)).select_related("program__venue", "venue", "series")
    if row is None:
        raise NotFound
    return row, _item(row, await VolunteerShift.filter(occurrence_id=row.id).count())


async def list_near(item: Item) -> list[Item]:
    """What else is on around an item: the days that it touches and those beside them."""
    first, last = item.days(settings().zone)
    day = dt.timedelta(days=1)
    rows = await list_items(Wanted(first - day, last + day))
    return [row for row in rows if row.id != item.id]


async def list_volunteers(occurrence_id: int) -> list[VolunteerShift]:
    """Who helps at one date."""
    return await VolunteerShift.filter(occurrence_id=occurrence_id).order_by("id")


async def list_venues() -> list[Venue]:
    """Every venue by name."""
    return await Venue.all().order_by("name", "id")


async def get_venue(slug: str) -> Venue:
    """The venue at `slug`; raises NotFound."""
    venue = await Venue.get_or_none(slug=slug)
    if venue is None:
        raise NotFound
    return venue
