"""Writes: acts made and changed, with their people and the times at which they can."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tortoise.expressions import F

from events.acts.queries import list_without_act
from events.models import Act, ActAvailability, ActMember, Festival, Performance
from events.programme.actions import make_uid
from events.recurrence.rules import RecurrenceWrong, to_utc
from events.scheduling.people import person_key
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Invalid
from festival.kit.secrets import new_secret
from festival.kit.text import slugify
from festival.kit.web.access import Principal
from festival.organisation.actions import record_audit
from festival.settings import settings

if TYPE_CHECKING:
    from events.acts.forms import ActForm


async def create_act(festival: Festival, form: ActForm, by: Principal) -> Act:
    """A new act without a place; raises Invalid at a time that the clock change swallows."""
    async with transaction():
        taken = {act.slug for act in await Act.filter(festival_id=festival.id).only("id", "slug")}
        plain = slugify(form.title, 60) or "act"
        slug = next(name for number in range(1, 10_000) if (name := _numbered(plain, number)) not in taken)
        uid = make_uid(f"{festival.slug}-{slug}-{new_secret(6)}")
        act = await Act.create(festival_id=festival.id, slug=slug, uid=uid, **_columns(form))
        await _write_people_and_times(act, form)
        await record_audit(by, "act.created", ("act", act.id), after=_seen(form))
        return act


async def make_acts_of_performers(festival: Festival, by: Principal) -> int:
    """An act without a place for every accepted performer who has none; returns how many. Twice is the same as once."""
    async with transaction():
        await Festival.filter(id=festival.id).select_for_update().only("id")
        waiting = await list_without_act(festival.id)
        taken = {act.slug for act in await Act.filter(festival_id=festival.id).only("id", "slug")}
        for one in waiting:
            plain = slugify(one.name, 60) or "act"
            slug = next(name for number in range(1, 10_000) if (name := _numbered(plain, number)) not in taken)
            taken.add(slug)
            act = await Act.create(
                festival_id=festival.id, slug=slug, uid=make_uid(f"{festival.slug}-{slug}-{new_secret(6)}"),
                title=one.name[:200] or slug, group_name=(one.group or one.name)[:200], description=one.description,
                language=one.language, people=one.people, set_minutes=one.minutes, application_id=one.application_id,
                kind=one.kind, nations=list(one.nations), spoken=list(one.spoken), needs=list(one.needs),
            )  # fmt: skip
            await _write_people(act, one.members)
            await _write_times(act, one.available)
            await record_audit(by, "act.created", ("act", act.id), after={"application": one.application_id})
        return len(waiting)


def _numbered(plain: str, number: int) -> str:
    return plain if number == 1 else f"{plain}-{number}"


async def change_act(act: Act, form: ActForm, by: Principal) -> None:
    """Change what is known of an act; its place stays. Raises Invalid."""
    async with transaction():
        await Act.filter(id=act.id).update(**_columns(form))
        await _write_people_and_times(act, form)
        # The feeds look at performances: a new title shows there as a new revision, without a new time.
        placed = Performance.filter(act_id=act.id, plan__state="published")
        ids = [row.id for row in await placed]
        await Performance.filter(id__in=ids).update(revision=F("revision") + 1, changed_at=now())
        before = {"title": act.title, "minutes": act.set_minutes}
        await record_audit(by, "act.changed", ("act", act.id), before=before, after=_seen(form))


def _columns(form: ActForm) -> dict[str, Any]:
    return {
        "title": form.title, "group_name": form.group_name or "", "description": form.description or "",
        "set_minutes": form.minutes, "people": form.people, "amplified": form.amplified, "needs": form.needs,
        "contact_email": form.contact_email or "",
    }  # fmt: skip


async def _write_people_and_times(act: Act, form: ActForm) -> None:
    await _write_people(act, form.members)
    try:
        await _write_times(act, form.available)
    except RecurrenceWrong as wrong:
        raise Invalid({"available": wrong.words}) from None


async def _write_people(act: Act, names: Sequence[str]) -> None:
    await ActMember.filter(act_id=act.id).delete()
    people = {person_key(name): name for name in names}
    await ActMember.bulk_create(ActMember(act_id=act.id, name=name, person_key=key) for key, name in people.items())


async def _write_times(act: Act, available: Sequence[tuple[dt.datetime, dt.datetime]]) -> None:
    """Wall times of the city; raises RecurrenceWrong for one that the clock change swallows."""
    zone = settings().zone
    times = [(to_utc(start, zone), to_utc(end, zone)) for start, end in available]
    await ActAvailability.filter(act_id=act.id).delete()
    await ActAvailability.bulk_create(
        ActAvailability(act_id=act.id, starts_at=start, ends_at=end) for start, end in times
    )


def _seen(form: ActForm) -> dict[str, Any]:
    """For the audit log: no names of people, no address."""
    return {"title": form.title, "minutes": form.minutes, "people": form.people}
