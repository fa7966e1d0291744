"""Writes: venues, zones, gates, festivals, stages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from events.editing.queries import find_venue
from events.models import Festival, Gate, Stage, StageWindow, Venue, Zone
from events.places.queries import get_festival, get_venue
from events.planning.rules import next_year_moment
from events.recurrence.rules import RecurrenceWrong, to_utc
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Invalid, NotFound
from festival.kit.secrets import new_secret
from festival.kit.text import slugify
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from festival.settings import settings

if TYPE_CHECKING:
    from events.places.forms import FestivalForm, GateForm, QuietForm, StageForm, VenueForm, ZoneForm


def _free(name: str, taken: set[str]) -> str:
    plain = slugify(name, 60) or "place"
    return plain if plain not in taken else f"{plain}-{new_secret(4).lower().replace('_', '0')}"


async def save_venue(form: VenueForm, by: Principal, slug: str = "") -> Venue:
    """Make a venue, or change the one at `slug`; raises NotFound. Feeds notice by its revision."""
    columns = form.model_dump()
    async with transaction():
        if not slug:
            venue = await Venue.create(slug=await _venue_slug(form.name), **columns, changed_at=now())
            await record_audit(by, "place.created", ("venue", venue.id), after={"name": form.name})
            return venue
        before = await get_venue(slug)
        changed = {name: value for name, value in columns.items() if getattr(before, name) != value}
        if changed:
            await Venue.filter(id=before.id).update(**changed, revision=before.revision + 1, changed_at=now())
            old = {name: getattr(before, name) for name in changed}
            await record_audit(by, "place.changed", ("venue", before.id), before=old, after=changed)
        return await get_venue(slug)


async def _venue_slug(name: str) -> str:
    taken = {row.slug for row in await Venue.all().only("id", "slug")}
    return _free(name, taken)


async def save_zone(venue: Venue, form: ZoneForm, by: Principal) -> Zone:
    """Make a zone of this venue, or change one of its own; raises NotFound."""
    async with transaction():
        if form.id:
            zone = await Zone.get_or_none(id=form.id, venue_id=venue.id)
            if zone is None:
                raise NotFound
            await Zone.filter(id=zone.id).update(name=form.name, fire_limit=form.fire_limit)
        else:
            taken = {row.slug for row in await Zone.filter(venue_id=venue.id)}
            zone = await Zone.create(
                venue_id=venue.id, slug=_free(form.name, taken), name=form.name, fire_limit=form.fire_limit
            )
        after = {"zone": form.name, "fire_limit": form.fire_limit}
        await record_audit(by, "place.changed", ("venue", venue.id), after=after)
        return zone


async def save_gate(venue: Venue, form: GateForm, by: Principal) -> Gate:
    """Make a gate of one of this venue's zones, or change one; raises NotFound."""
    async with transaction():
        zone = await Zone.get_or_none(id=form.zone, venue_id=venue.id)
        if zone is None:
            raise NotFound
        if form.id:
            gate = await Gate.get_or_none(id=form.id, zone_id=zone.id)
            if gate is None:
                raise NotFound
            await Gate.filter(id=gate.id).update(name=form.name, directions=form.directions)
        else:
            taken = {row.slug for row in await Gate.all().only("id", "slug")}
            gate = await Gate.create(
                zone_id=zone.id, slug=_free(f"{zone.slug}-{form.name}", taken), name=form.name,
                directions=form.directions, position=await Gate.filter(zone_id=zone.id).count(),
            )  # fmt: skip
        after = {"gate": form.name, "directions": form.directions}
        await record_audit(by, "place.changed", ("venue", venue.id), after=after)
        return gate


# ---------------------------------------------------------------- festivals


def _moment(name: str, wall: dt.datetime) -> dt.datetime:
    try:
        return to_utc(wall, settings().zone)
    except RecurrenceWrong as wrong:
        raise Invalid({name: wrong.words}) from None


async def save_festival(form: FestivalForm, by: Principal, slug: str = "") -> Festival:
    """Make a draft, or change the festival at `slug`; raises NotFound or Invalid at the field."""
    form.require_order()
    async with transaction():
        columns: dict[str, Any] = {
            **form.model_dump(exclude={"venue", "starts", "ends"}),
            "venue_id": (await find_venue(form.venue)).id,
            "starts_at": _moment("starts", form.starts),
            "ends_at": _moment("ends", form.ends),
        }
        if not slug:
            taken = {row.slug for row in await Festival.all().only("id", "slug")}
            year = _free(f"{form.name} {form.starts.year}", taken)
            festival = await Festival.create(slug=year, state="draft", **columns, changed_at=now())
            await record_audit(by, "place.created", ("festival", festival.id), after={"name": form.name})
            return festival
        before = await get_festival(slug, lock=True)
        await Festival.filter(id=before.id).update(**columns, revision=before.revision + 1, changed_at=now())
        await record_audit(
            by, "place.changed", ("festival", before.id), before={"name": before.name}, after={"name": form.name}
        )
        return await get_festival(slug)


async def save_stage(festival: Festival, form: StageForm, by: Principal) -> Stage:
    """Make a stage of this festival, or change one of its own with its hours; raises NotFound or Invalid."""
    form.require_order()
    columns = form.model_dump(include={"name", "kind", "changeover_minutes", "seats"})
    day = festival.starts_at.astimezone(settings().zone).date()
    async with transaction():
        if form.id:
            stage = await Stage.get_or_none(id=form.id, festival_id=festival.id)
            if stage is None:
                raise NotFound
            await Stage.filter(id=stage.id).update(**columns)
        else:
            taken = {row.slug for row in await Stage.filter(festival_id=festival.id)}
            position = await Stage.filter(festival_id=festival.id).count()
            slug = _free(form.name, taken)
            stage = await Stage.create(festival_id=festival.id, slug=slug, position=position, **columns)
        first, last = (dt.datetime.combine(day + dt.timedelta(days=n), dt.time(), settings().zone) for n in (0, 1))
        await StageWindow.filter(stage_id=stage.id, kind="open", starts_at__gte=first, starts_at__lt=last).delete()
        if form.opens and form.closes:
            await StageWindow.create(
                stage_id=stage.id, kind="open", starts_at=_moment("opens", dt.datetime.combine(day, form.opens)),
                ends_at=_moment("closes", dt.datetime.combine(day, form.closes)),
            )  # fmt: skip
        await _note_stage(festival, stage, by)
        return stage


async def add_quiet(festival: Festival, form: QuietForm, by: Principal) -> None:
    """Keep a quiet time of one of this festival's stages; raises NotFound or Invalid."""
    form.require_order()
    day = festival.starts_at.astimezone(settings().zone).date()
    async with transaction():
        stage = await Stage.get_or_none(id=form.stage, festival_id=festival.id)
        if stage is None:
            raise NotFound
        await StageWindow.create(
            stage_id=stage.id, kind="quiet", starts_at=_moment("begins", dt.datetime.combine(day, form.begins)),
            ends_at=_moment("ends", dt.datetime.combine(day, form.ends)),
        )  # fmt: skip
        await _note_stage(festival, stage, by)


async def remove_quiet(festival: Festival, number: int, by: Principal) -> None:
    """Take a quiet time away; raises NotFound."""
    async with transaction():
        found = StageWindow.filter(id=number, kind="quiet", stage__festival_id=festival.id)
        window = await found.select_related("stage").first()
        if window is None:
            raise NotFound
        await window.delete()
        await _note_stage(festival, window.stage, by)


async def _note_stage(festival: Festival, stage: Stage, by: Principal) -> None:
    await Festival.filter(id=festival.id).update(revision=festival.revision + 1, changed_at=now())
    await record_audit(by, "place.changed", ("festival", festival.id), after={"stage": stage.name})


async def copy_festival(slug: str, by: Principal) -> Festival:
    """Next year's draft: its facts and stages, 52 weeks later, on the same weekday and at the same hours."""
    zone = settings().zone
    async with transaction():
        source = await get_festival(slug)
        starts_at, ends_at = next_year_moment(source.starts_at, zone), next_year_moment(source.ends_at, zone)
        taken = {row.slug for row in await Festival.all().only("id", "slug")}
        names = ("name", "tagline", "description", "venue_id", "expected_attendance", "travel_buffer_minutes")
        columns = {name: getattr(source, name) for name in (*names, "transit", "parking", "nations")}
        festival = await Festival.create(
            slug=_free(f"{source.name} {starts_at.year}", taken), state="draft", starts_at=starts_at, ends_at=ends_at,
            changed_at=now(), **columns,
        )  # fmt: skip
        for stage in await Stage.filter(festival_id=source.id).prefetch_related("windows").order_by("position"):
            facts = ("venue_id", "slug", "name", "kind", "position", "changeover_minutes", "power", "sound", "seats")
            copy = await Stage.create(
                festival_id=festival.id, width_ft=stage.width_ft, depth_ft=stage.depth_ft,
                **{name: getattr(stage, name) for name in facts},
            )  # fmt: skip
            await StageWindow.bulk_create(
                StageWindow(
                    stage_id=copy.id, kind=window.kind, starts_at=next_year_moment(window.starts_at, zone),
                    ends_at=next_year_moment(window.ends_at, zone),
                )
                for window in stage.windows
            )  # fmt: skip
        await record_audit(by, "place.created", ("festival", festival.id), after={"from": slug})
        return festival
