"""Reads: everything public in the calendar, at once, and whether it changed since."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from typing import Any, NamedTuple, cast

from calendar_feed.feed.rules import Entry, Known, Place, Time, known_values, window
from calendar_feed.feed.sql import STAMP, TIMES
from calendar_feed.models import PartnerTime
from events.models import Festival, Performance, Picture, Program, Series, Stage, Venue
from events.whats_on.queries import AREAS, PUBLIC_STATES
from festival.database import fetch_rows, on_postgres, placeholders
from festival.kit.text import slugify
from festival.organisation.models import Translation
from festival.organisation.queries import get_organisation
from festival.settings import settings

_IMAGE_WIDTH = 1200
_START = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
Day = dt.date


class Stamp(NamedTuple):
    """What the database looked like; another stamp means another calendar. `latest` is the last change's moment."""

    parts: tuple[tuple[str, int, int, str], ...]
    latest: dt.datetime


class Catalogue(NamedTuple):
    """Every public entry, in order of first time and identity, with the names that filters and pages show.

    `good_until` is the moment at which a program that waits for its hour becomes public, if one does.
    """

    entries: tuple[Entry, ...]
    known: Known
    places: dict[str, str]
    neighborhoods: dict[str, str]
    festivals: dict[str, str]
    stages: dict[str, str]
    performers: dict[str, str]
    office: str
    good_until: dt.datetime | None


class Text(NamedTuple):
    """A translated text, and when it was written."""

    text: str
    updated_at: dt.datetime


Texts = dict[tuple[str, int, str], Text]


async def read_stamp() -> Stamp:
    """One statement, whatever the size of the calendar's answer."""
    rows = await fetch_rows(STAMP)
    parts = tuple((str(r["part"]), int(r["rows"]), int(r["total"]), str(r["latest"] or "")) for r in rows)
    moments = [dt.datetime.fromisoformat(latest) for *_, latest in parts if latest]
    return Stamp(parts, max(moments, default=_START))


async def list_texts(language: str) -> Texts:
    """Every translation into `language` that feeds show, by (kind, object id, field)."""
    rows = await Translation.filter(
        kind__in=["program", "act", "area", "venue"], language=language, state="confirmed"
    ).values_list("kind", "object_id", "field", "text", "updated_at")
    return {(kind, int(object_id), field): Text(text, at) for kind, object_id, field, text, at in cast(list[Any], rows)}


async def read_catalogue(at: dt.datetime) -> Catalogue:
    """All that is public at `at` and touches the window around its day; a number of queries that never grows."""
    first, last = window(at.astimezone(settings().zone).date())
    venues = {venue.id: _place(venue) for venue in await Venue.all()}
    step_free = {int(i): value for i, value in cast(list[Any], await Venue.all().values_list("id", "step_free"))}
    festivals = {row.id: row for row in await Festival.filter(state__in=["published", "postponed", "cancelled"])}
    programs = await Program.filter(state__in=PUBLIC_STATES).prefetch_related("spoken")
    waiting = [p.publish_at for p in programs if p.publish_at and p.publish_at > at]
    public = {p.id: p for p in programs if not p.publish_at or p.publish_at <= at}
    times = await _list_times(first, last)
    images = await _list_images(list(public))
    chosen = await Series.filter(program_id__in=list(public)).prefetch_related("exceptions")
    slugs = {key: row.slug for key, row in festivals.items()}
    entries = [
        replace(
            _series_entry(series, public[series.program_id], times[series.id], venues, step_free, slugs),
            image=images.get(series.program_id, ""),
            conference=public[series.program_id].online_url,
        )
        for series in chosen
        if series.id in times
    ]
    stages = await Stage.filter(festival_id__in=list(festivals)).order_by("position", "id")
    hosts = {p.festival_id: p for p in public.values() if p.festival_id}
    for performance in await _list_performances(first, last):
        festival = festivals.get(performance.stage.festival_id)
        if festival:
            host = hosts.get(festival.id)
            entries.append(_performance_entry(performance, festival, host, venues, step_free))
    entries += await _list_partner_entries(first, last, venues)
    entries.sort(key=lambda entry: (entry.times[0].starts_at, entry.uid))
    return Catalogue(
        tuple(entries),
        known_values(AREAS, entries, slugs.values(), (stage.slug for stage in stages)),
        {place.slug: place.name for place in sorted(venues.values(), key=lambda place: place.name)},
        {slugify(place.neighborhood): place.neighborhood for place in venues.values() if place.neighborhood},
        {row.slug: row.name for row in sorted(festivals.values(), key=lambda row: row.starts_at)},
        {stage.slug: stage.name for stage in stages},
        {entry.performer: entry.title for entry in entries if entry.performer},
        (await get_organisation()).name,
        min(waiting, default=None),
    )


def _place(venue: Venue) -> Place:
    return Place(
        venue.id, venue.slug, venue.name, venue.address, venue.neighborhood,
        venue.latitude, venue.longitude, venue.changed_at,
    )  # fmt: skip


async def _list_times(first: Day, last: Day) -> dict[int, list[dict[str, Any]]]:
    """The occurrences of each series that touches the window, in order."""
    one, other = placeholders(1, 2).split(", ")
    bounds = [first, last] if on_postgres() else [first.isoformat(), last.isoformat()]
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in await fetch_rows(TIMES.format(first=one, last=other), bounds):
        found[int(row["series_id"])].append(row)
    return dict(found)


async def _list_images(programs: list[int]) -> dict[int, str]:
    """The path of each program's first picture, as a JPEG about as wide as calendars show one."""
    pictures = Picture.filter(program_id__in=programs, removed_at=None).prefetch_related("variants")
    found: dict[int, str] = {}
    for picture in await pictures.order_by("position", "id"):
        widths = [int(one.width) for one in picture.variants if one.form == "jpeg"]
        if widths and picture.program_id:
            width = min(widths, key=lambda width: abs(width - _IMAGE_WIDTH))
            found.setdefault(picture.program_id, f"/pictures/{picture.name}/{width}.jpeg")
    return found


def _read_time(row: dict[str, Any], venues: dict[int, Place], place: Place) -> Time:
    """A time out of a raw row: SQLite gives moments and days as text."""
    if isinstance(row["starts_at"], str):
        moments = (dt.datetime.fromisoformat(row[name]) for name in ("starts_at", "ends_at", "changed_at"))
        days = (dt.date.fromisoformat(row[name]) for name in ("starts_on", "ends_on"))
    else:
        moments = (row[name] for name in ("starts_at", "ends_at", "changed_at"))
        days = (row[name] for name in ("starts_on", "ends_on"))
    starts_at, ends_at, changed_at = moments
    starts_on, ends_on = days
    return Time(
        int(row["id"]), row["original_local"], starts_at, ends_at, starts_on, ends_on, row["title"],
        venues.get(row["venue_id"], place), row["state"], bool(row["moved"]), int(row["sequence"]), changed_at,
    )  # fmt: skip


def _series_entry(
    series: Series,
    program: Program,
    rows: list[dict[str, Any]],
    venues: dict[int, Place],
    step_free: dict[int, bool | None],
    festivals: dict[int, str],
) -> Entry:
    place = venues[program.venue_id]
    accessible = program.step_free if program.step_free is not None else step_free[program.venue_id]
    times = tuple(_read_time(row, venues, place) for row in rows)
    return Entry(
        kind="series", id=series.id, uid=series.uid, slug=program.slug, path=f"/events/{program.slug}",
        subject=("program", program.id), title=program.title, summary=program.summary,
        description=program.description, bring=program.bring, access_note=program.access_note,
        language=program.language, area=program.area,
        spoken=tuple(sorted(row.language for row in program.spoken)),
        festival=festivals.get(program.festival_id or 0, ""), stage="", stage_name="", performer="", place=place,
        fee_cents=program.fee_cents, accessible=bool(accessible), state=program.state,
        zone=series.time_zone, all_day=series.all_day, starts_local=series.starts_local,
        minutes=series.minutes, last_on=series.ends_on, rule=series.rrule,
        skipped=tuple(sorted(row.original_local for row in series.exceptions)), sequence=series.sequence,
        changed_at=max(series.changed_at, program.changed_at), times=times,
    )  # fmt: skip


async def _list_performances(first: Day, last: Day) -> list[Performance]:
    zone = settings().zone
    return await Performance.filter(
        plan__state="published",
        act__state="accepted",
        ends_at__gte=dt.datetime.combine(first, dt.time(), zone),
        starts_at__lt=dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone),
    ).select_related("act", "stage")


def _performance_entry(
    performance: Performance,
    festival: Festival,
    host: Program | None,
    venues: dict[int, Place],
    step_free: dict[int, bool | None],
) -> Entry:
    act, stage, zone = performance.act, performance.stage, settings().zone
    venue_id = stage.venue_id or festival.venue_id
    starts, ends = performance.starts_at.astimezone(zone), performance.ends_at.astimezone(zone)
    time = Time(
        performance.id, starts.strftime("%Y-%m-%dT%H:%M"), performance.starts_at, performance.ends_at, starts.date(),
        ends.date(), "", venues[venue_id], performance.state, False, performance.sequence, performance.changed_at,
    )  # fmt: skip
    return Entry(
        kind="performance", id=performance.id, uid=act.uid, slug=f"{festival.slug}/{act.slug}",
        path=f"/festival/{festival.slug}", subject=("act", act.id), title=act.title, summary="",
        description=act.description, bring="", access_note="", language=act.language,
        area=host.area if host else "cultural", spoken=tuple(sorted(act.spoken)), festival=festival.slug,
        stage=stage.slug, stage_name=stage.name, performer=act.slug, place=venues[venue_id],
        fee_cents=host.fee_cents if host else 0,
        accessible=bool(step_free[venue_id]), state=festival.state,
        zone=zone.key, all_day=False, starts_local=time.original_local, minutes=None, last_on=None, rule="",
        skipped=(), sequence=performance.sequence, changed_at=performance.changed_at, times=(time,),
    )  # fmt: skip


async def _list_partner_entries(first: Day, last: Day, venues: dict[int, Place]) -> list[Entry]:
    """Partners' items that are shown: each time an entry of its own, as rules were followed when they were read."""
    times = await PartnerTime.filter(
        item__state="shown", item__source__state="active", ends_on__gte=first, starts_on__lte=last
    ).select_related("item__source")
    return [_partner_entry(time, venues) for time in times]


def _partner_entry(row: PartnerTime, venues: dict[int, Place]) -> Entry:
    item, zone = row.item, settings().zone
    source = item.source
    place = venues.get(item.venue_id or 0) or Place(0, "", item.place, "", "", None, None, item.changed_at)
    local = row.starts_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    time = Time(
        row.id, row.original_local, row.starts_at, row.ends_at, row.starts_on, row.ends_on, "", place,
        "cancelled" if row.cancelled else "scheduled", False, 0, item.changed_at,
    )  # fmt: skip
    return Entry(
        kind="partner", id=row.id, uid=f"partner-{item.id}-{row.original_local}@{settings().base_url.partition('://')[2]}",
        slug=f"partner-{item.id}", path=item.url or source.home_url or source.url, subject=("partner", item.id),
        title=item.title, summary="", description=item.description, bring="", access_note="", language=item.language,
        area=item.area, spoken=(), festival="", stage="", stage_name="", performer="", place=place, fee_cents=0,
        accessible=False, state="published", zone=zone.key, all_day=row.all_day,
        starts_local=row.starts_on.isoformat() if row.all_day else local, minutes=None, last_on=None, rule="",
        skipped=(), sequence=int(item.revision) - 1, changed_at=item.changed_at, times=(time,),
        credit=source.name, credit_url=source.home_url or source.url,
    )  # fmt: skip
