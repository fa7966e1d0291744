"""Writes: a programme file's venues, festival, schedule and programs, in a few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tortoise.models import Model

from events.models import (
    Act,
    Festival,
    FestivalDeadline,
    Gate,
    Occurrence,
    Performance,
    PlanGoal,
    Program,
    ProgramLanguage,
    SchedulePlan,
    Series,
    SeriesException,
    SitePoint,
    Stage,
    StageWindow,
    Venue,
    Zone,
)
from events.programme.queries import list_taken_slugs
from events.recurrence.rules import plan_time, to_utc, wall_text
from festival.kit.clock import now
from festival.kit.errors import Conflict
from festival.kit.text import slugify
from festival.kit.words import N_
from festival.organisation.actions import save_organisation, source_digest
from festival.organisation.models import Translation
from festival.settings import settings

if TYPE_CHECKING:
    from events.programme.forms import FestivalPart, ProgramPart, VenuePart
    from events.programme.reading import PlannedProgram, Programme

Row = TypeVar("Row", bound=Model)
AREA_TEXTS = ("area", 0)


class AlreadyLoaded(Conflict):
    """The festival of this file is in the database."""

    code = "already_loaded"
    message = N_("%(name)s is already here; nothing was loaded. Change it in its pages, or use a fresh database.")


@dataclass(frozen=True)
class Loaded:
    """What a programme file's names became: the rooms above hang their own rows on these."""

    festival_id: int
    festival_slug: str
    venues: Mapping[str, int]
    zones: Mapping[str, int]
    stages: Mapping[str, int]
    acts: Mapping[str, int]
    programs: Mapping[str, int]
    # By program id, in the order of their dates.
    occurrences: Mapping[int, Sequence[Occurrence]]


async def load_programme(programme: Programme) -> Loaded:
    """Write the events part of a file; raises AlreadyLoaded. Runs in the caller's transaction."""
    festival = programme.festival
    if await Festival.exists(slug=festival.id):
        raise AlreadyLoaded(name=festival.name)
    office = programme.organisation
    await save_organisation(
        {
            **office.model_dump(exclude={"postcodes"}),
            "time_zone": programme.zone.key,
            "policy": {"postcodes": office.postcodes},
        }
    )
    venues = await _load_venues(programme.venues)
    festival_row = await _load_festival(festival, venues[festival.venue], programme.zone)
    zones = await _load_zones(programme, venues)
    stages = await _load_stages(festival, festival_row, venues, programme.zone)
    acts = await _load_schedule(festival, festival_row, stages, programme.zone)
    programs = await _load_programs(programme, venues, festival_row)
    occurrences = await _load_dates(programme, programs)
    await _load_texts(programme, programs, festival_row, venues)
    return Loaded(
        festival_row.id, festival_row.slug, venues, zones, stages, acts,
        {key: program.id for key, program in programs.items()}, occurrences,
    )  # fmt: skip


def make_uid(name: str) -> str:
    """An identity for calendars (RFC 7986, section 5.3): made once, the same for the same name of the same site."""
    return f"{name}@{urlsplit(settings().base_url).hostname}"


async def _load_venues(parts: Sequence[VenuePart]) -> dict[str, int]:
    slugs = {part.id: slugify(part.id) for part in parts}
    known = await _ids(Venue, "slug", slugs.values())
    at = now()
    await Venue.bulk_create(
        Venue(
            slug=slugs[part.id], address_confirmed=part.address_ok, changed_at=at,
            **part.model_dump(exclude={"id", "address_ok", "texts"}),
        )
        for part in parts if slugs[part.id] not in known
    )  # fmt: skip
    ids = await _ids(Venue, "slug", slugs.values())
    return {key: ids[slug] for key, slug in slugs.items()}


async def _load_festival(part: FestivalPart, venue_id: int, zone: ZoneInfo) -> Festival:
    festival = await Festival.create(
        slug=part.id, name=part.name, tagline=part.tagline, description=part.description, venue_id=venue_id,
        starts_at=to_utc(part.starts, zone), ends_at=to_utc(part.ends, zone), state="published",
        expected_attendance=part.expected_attendance, travel_buffer_minutes=part.travel_buffer_min,
        transit=part.transit, parking=part.parking, nations=part.parade_delegations, changed_at=now(),
    )  # fmt: skip
    day = part.starts.date()
    await FestivalDeadline.bulk_create(
        FestivalDeadline(festival_id=festival.id, title=due.what, due_on=day + dt.timedelta(days=due.offset_days))
        for due in part.external_deadlines
    )
    await SitePoint.bulk_create(
        SitePoint(festival_id=festival.id, code=point.id, name=point.name, x_ft=point.at_ft[0], y_ft=point.at_ft[1])
        for point in part.fixed_points
    )
    return festival


async def _load_zones(programme: Programme, venues: Mapping[str, int]) -> dict[str, int]:
    """The festival's zones, and one zone with a main door at every other venue that takes tickets."""
    festival = programme.festival
    named: dict[str, tuple[str, str, int | None, list[tuple[str, str, str]]]] = {}
    for zone in festival.zones:
        gates = [(gate.id, gate.name, gate.directions) for gate in zone.gates]
        named[zone.id] = (festival.venue, zone.name, zone.fire_limit, gates)
    ticketed = {planned.part.venue for planned in programme.programs if planned.part.register_by == "qr"}
    ticketed |= {
        stage.venue or festival.venue
        for stage in festival.stages
        if any(act.qr_ticket and act.stage == stage.id for act in festival.performances)
    }
    covered = {festival.venue} if named else set[str]()
    for venue in programme.venues:
        if venue.id in ticketed - covered:
            named[venue.id] = (venue.id, venue.name, None, [("main-door", "Main door", "both")])
    venue_ids = {key: venues[venue] for key, (venue, *_) in named.items()}
    there = {(zone.venue_id, zone.slug) for zone in await Zone.filter(venue_id__in=set(venue_ids.values()))}
    new = {key: facts for key, facts in named.items() if (venue_ids[key], slugify(key)) not in there}
    await Zone.bulk_create(
        Zone(venue_id=venue_ids[key], slug=slugify(key), name=name, fire_limit=limit)
        for key, (_, name, limit, _) in new.items()
    )
    rows = {(zone.venue_id, zone.slug): zone.id for zone in await Zone.filter(venue_id__in=set(venue_ids.values()))}
    ids = {key: rows[venue_ids[key], slugify(key)] for key in named}
    await Gate.bulk_create(
        Gate(
            zone_id=ids[key], slug=slugify(f"{key}-{gate}"), name=gate_name, directions=directions, position=position
        )
        for key, (_, _, _, gates) in new.items()
        for position, (gate, gate_name, directions) in enumerate(gates)
    )  # fmt: skip
    return ids


async def _load_stages(
    part: FestivalPart, festival: Festival, venues: Mapping[str, int], zone: ZoneInfo
) -> dict[str, int]:
    await Stage.bulk_create(
        Stage(
            festival_id=festival.id, venue_id=venues[stage.venue] if stage.venue else None, slug=stage.id,
            name=stage.name, kind=stage.kind, position=position, changeover_minutes=stage.changeover_min,
            width_ft=stage.stage_ft[0] if stage.stage_ft else None,
            depth_ft=stage.stage_ft[1] if stage.stage_ft else None,
            power=stage.power, sound=stage.sound, seats=stage.seats,
        )
        for position, stage in enumerate(part.stages)
    )  # fmt: skip
    ids = await _ids(Stage, "slug", [stage.id for stage in part.stages], festival_id=festival.id)
    day = part.starts.date()
    await StageWindow.bulk_create(
        StageWindow(
            stage_id=ids[stage.id], kind=kind,
            starts_at=_moment(day, start, zone), ends_at=_moment(day, end, zone),
        )
        for stage in part.stages
        for kind, start, end in [("open", stage.opens, stage.closes), *(("quiet", *quiet) for quiet in stage.quiet)]
    )  # fmt: skip
    return ids


async def _load_schedule(
    part: FestivalPart, festival: Festival, stages: Mapping[str, int], zone: ZoneInfo
) -> dict[str, int]:
    """The acts, and one published plan that places them."""
    day, at = part.starts.date(), now()
    times = {act.id: (_moment(day, act.start, zone), _moment(day, act.end, zone)) for act in part.performances}
    await Act.bulk_create(
        Act(
            festival_id=festival.id, slug=act.id, uid=make_uid(f"{festival.slug}-{act.id}"), title=act.title,
            description=act.description, kind=act.kind, nations=act.nations, spoken=act.languages, needs=act.needs,
            people=act.people, set_minutes=int((times[act.id][1] - times[act.id][0]).total_seconds()) // 60,
            amplified=act.amplified, capacity=act.capacity,
        )
        for act in part.performances
    )  # fmt: skip
    ids = await _ids(Act, "slug", list(times), festival_id=festival.id)
    plan = await SchedulePlan.create(
        festival_id=festival.id, number=1, state="published", published_at=at, created_at=at
    )
    await Performance.bulk_create(
        Performance(
            plan_id=plan.id, act_id=ids[act.id], stage_id=stages[act.stage], starts_at=times[act.id][0],
            ends_at=times[act.id][1], changeover_before=act.changeover_before, changed_at=at,
        )
        for act in part.performances
    )  # fmt: skip
    return ids


async def _load_programs(
    programme: Programme, venues: Mapping[str, int], festival: Festival
) -> dict[str, Program]:  # fmt: skip
    slugs = await _free_slugs(programme.programs)
    goals = await _load_goals(programme)
    at = now()
    await Program.bulk_create(
        Program(
            slug=slugs[part.id], venue_id=venues[part.venue], festival_id=festival.id if part.festival else None,
            goal_id=goals.get(part.area), state="published", changed_at=at, **_program_columns(part),
        )
        for part in (planned.part for planned in programme.programs)
    )  # fmt: skip
    rows = {row.slug: row for row in await Program.filter(slug__in=list(slugs.values()))}
    programs = {key: rows[slug] for key, slug in slugs.items()}
    await ProgramLanguage.bulk_create(
        ProgramLanguage(program_id=programs[planned.part.id].id, language=language)
        for planned in programme.programs
        for language in dict.fromkeys(planned.part.languages)
    )
    return programs


async def _load_goals(programme: Programme) -> dict[str, int]:
    """The goals of the plan, and which of them each area serves."""
    await PlanGoal.bulk_create(
        [
            PlanGoal(
                slug=goal.id, title=goal.title, year=goal.year, target_programs=goal.programs,
                target_attendance=goal.people, position=position,
            )
            for position, goal in enumerate(programme.goals)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    ids = await _ids(PlanGoal, "slug", [goal.id for goal in programme.goals])
    return {area: ids[goal.id] for goal in programme.goals for area in goal.areas}


def _program_columns(part: ProgramPart) -> dict[str, Any]:
    return {
        **part.model_dump(
            include={
                "title", "summary", "description", "bring", "language", "area", "register_by", "capacity", "online",
                "for_children", "step_free", "sign_language", "quiet_room", "hearing_loop", "note",
            }
        ),
        "fee_cents": part.fee,
        "resident_fee_cents": part.fee_resident,
        "access_note": part.access,
        "goal_attendance": part.expected,
        "facts": part.facts(),
    }  # fmt: skip


async def _free_slugs(programs: Sequence[PlannedProgram]) -> dict[str, str]:
    """An address for each program: its title, then its year, then a number."""
    taken = await list_taken_slugs()
    found: dict[str, str] = {}
    for planned in programs:
        part = planned.part
        found[part.id] = free_slug(part.title, part.start.year, taken)
        taken.add(found[part.id])
    return found


def free_slug(title: str, year: int, taken: set[str]) -> str:
    """The first address for `title` that is not `taken`."""
    plain = slugify(title) or "program"
    if plain not in taken:
        return plain
    candidate, number = f"{plain}-{year}", 2
    while candidate in taken:
        candidate, number = f"{plain}-{year}-{number}", number + 1
    return candidate


async def _load_dates(programme: Programme, programs: Mapping[str, Program]) -> dict[int, list[Occurrence]]:
    """Series, the dates they skip, and their occurrences."""
    at = now()
    await Series.bulk_create(
        Series(
            program_id=programs[part.id].id, uid=make_uid(programs[part.id].slug), time_zone=programme.zone.key,
            all_day=part.all_day, starts_local=wall_text(part.start), minutes=part.minutes, rrule=part.rrule,
            ends_on=plan_time(part.timing(programme.zone), part.start).ends_on if part.all_day else None,
            changed_at=at,
        )
        for part in (planned.part for planned in programme.programs)
    )  # fmt: skip
    series = await _ids(Series, "program_id", [program.id for program in programs.values()])
    await SeriesException.bulk_create(
        SeriesException(series_id=series[programs[part.id].id], original_local=_original(part, on))
        for part in (planned.part for planned in programme.programs)
        for on in part.exdate
    )
    await Occurrence.bulk_create(
        Occurrence(
            program_id=programs[planned.part.id].id, series_id=series[programs[planned.part.id].id],
            original_local=time.original_local, starts_at=time.starts_at, ends_at=time.ends_at,
            starts_on=time.starts_on, ends_on=time.ends_on, moved=time.moved,
            state="cancelled" if time.cancelled else "scheduled",
            sequence=int(time.moved or time.cancelled), changed_at=at,
        )
        for planned in programme.programs
        for time in planned.times
    )  # fmt: skip
    found: dict[int, list[Occurrence]] = {program.id: [] for program in programs.values()}
    for row in await Occurrence.filter(program_id__in=list(found)).order_by("starts_at", "id"):
        found[row.program_id].append(row)
    return found


def _original(part: ProgramPart, on: dt.date) -> str:
    """The wall time that the rule gave on that date."""
    if isinstance(part.start, dt.datetime):
        return wall_text(dt.datetime.combine(on, part.start.time()))
    return wall_text(on)


async def _load_texts(
    programme: Programme, programs: Mapping[str, Program], festival: Festival, venues: Mapping[str, int]
) -> None:
    """The translations in the file, each with the digest of the text it was made from."""
    areas = programme.areas.model_dump()
    found = [
        (AREA_TEXTS, area, language, text, names.get("en", ""))
        for area, names in areas.items()
        for language, text in names.items()
    ]
    texts = programme.festival.texts
    found += [
        (("festival", festival.id), field, language, text, str(getattr(festival, field)))
        for language, by_field in texts.items()
        for field, text in by_field.items()
        if hasattr(festival, field)
    ]
    for planned in programme.programs:
        program = programs[planned.part.id]
        found += [
            (("program", program.id), field, language, text, str(getattr(program, field)))
            for language, by_field in planned.part.texts.items()
            for field, text in by_field.items()
            if hasattr(program, field)
        ]
    for part in programme.venues:
        found += [
            (("venue", venues[part.id]), field, language, text, str(getattr(part, field)))
            for language, by_field in part.texts.items()
            for field, text in by_field.items()
            if hasattr(part, field)
        ]
    await Translation.filter(kind="area", object_id=0).delete()
    await Translation.bulk_create(
        Translation(
            kind=kind, object_id=object_id, field=field, language=language, text=text, state="confirmed",
            source_digest=source_digest(source), updated_at=now(),
        )
        for (kind, object_id), field, language, text, source in found
    )  # fmt: skip


def _moment(day: dt.date, clock: dt.time, zone: ZoneInfo) -> dt.datetime:
    return to_utc(dt.datetime.combine(day, clock), zone)


async def _ids(model: type[Row], column: str, values: Iterable[Any], **scope: Any) -> dict[Any, int]:
    """The ids of rows by the value of a column: one query after a bulk insert, which returns none."""
    rows = await model.filter(**{f"{column}__in": list(values)}, **scope).values_list(column, "id")
    return dict(rows)  # type: ignore[arg-type]
