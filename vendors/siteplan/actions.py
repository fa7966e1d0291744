"""Writes: the whole plan at once, kept only if every space of it can be; each change taken back by one press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from events.models import Festival, SitePoint
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import Principal
from festival.kit.words import N_, Message, say
from festival.organisation.actions import record_audit
from vendors.models import Booth, BoothAssignment
from vendors.siteplan.queries import PLAN_CHANGED, find_last_plan, get_festival, get_plan
from vendors.siteplan.rules import Mark, Plan, Spot, find_faults


class PlanChanged(Conflict):
    """Somebody else drew meanwhile."""

    code = "plan_changed"
    message = N_("Somebody else changed the plan meanwhile. Look at it again, then make your change.")


class CannotBe(Invalid):
    """The plan has faults; `errors` has the first of each space."""


async def keep_plan(slug: str, plan: Plan, seen: int | None, by: Principal) -> int:
    """Make the site what `plan` says; returns how many spaces and points became different.

    `seen` is the festival's revision when the plan was drawn. Raises NotFound, PlanChanged, or CannotBe with a
    sentence for each space that cannot be, and for each that is to go though somebody has it or had it.
    """
    async with transaction():
        festival = await get_festival(slug, lock=True)
        if seen is not None and seen != festival.revision:
            raise PlanChanged
        before = await get_plan(festival.id)
        faults = {code: found[0] for code, found in find_faults(plan).items()}
        faults |= await _list_kept(before.spots, plan.spots)
        if faults:
            raise CannotBe({f"space-{code}": words for code, words in faults.items()})
        changed = await _write_spots(festival.id, before.spots, plan.spots)
        changed += await _write_marks(festival.id, before.marks, plan.marks)
        if changed:
            await _note(festival, before, changed, by)
        return changed


async def _list_kept(before: Sequence[Spot], after: Sequence[Spot]) -> Mapping[str, Message]:
    """Spaces that are to go, but stand in somebody's papers."""
    staying = {spot.id for spot in after}
    going = {spot.id: spot.code for spot in before if spot.id not in staying}
    used = await BoothAssignment.filter(booth_id__in=list(going)).values_list("booth_id", flat=True)
    words = say(N_("Somebody has this space, or had it. Block it instead."))
    return {going[int(id)]: words for id in used}  # pyright: ignore[reportArgumentType]


async def _write_spots(festival_id: int, before: Sequence[Spot], after: Sequence[Spot]) -> int:
    known = {spot.id: spot for spot in before}
    staying = {spot.id for spot in after if spot.id in known}
    gone = [id for id in known if id not in staying]
    await Booth.filter(id__in=gone).delete()
    moved = [spot for spot in after if spot.id in known and spot != known[spot.id]]
    for spot in moved:
        if spot.code != known[spot.id].code:
            # Two spaces may change their numbers with each other.
            await Booth.filter(id=spot.id).update(code=f"~{spot.id}"[:10])
    for spot in moved:
        await Booth.filter(id=spot.id).update(**_columns(spot))
    new = [spot for spot in after if spot.id not in known]
    await Booth.bulk_create(Booth(festival_id=festival_id, **_columns(spot)) for spot in new)
    return len(gone) + len(moved) + len(new)


def _columns(spot: Spot) -> dict[str, Any]:
    return {**{name: value for name, value in asdict(spot).items() if name != "id"}, "prefix": spot.prefix}


async def _write_marks(festival_id: int, before: Sequence[Mark], after: Sequence[Mark]) -> int:
    known = {mark.id: mark for mark in before}
    staying = {mark.id for mark in after if mark.id in known}
    gone = [id for id in known if id not in staying]
    await SitePoint.filter(id__in=gone).delete()
    moved = [mark for mark in after if mark.id in known and mark != known[mark.id]]
    for mark in moved:
        await SitePoint.filter(id=mark.id).update(code=mark.code, name=mark.name, x_ft=mark.x_ft, y_ft=mark.y_ft)
    new = [mark for mark in after if mark.id not in known]
    await SitePoint.bulk_create(
        SitePoint(festival_id=festival_id, code=mark.code, name=mark.name, x_ft=mark.x_ft, y_ft=mark.y_ft)
        for mark in new
    )
    return len(gone) + len(moved) + len(new)


async def _note(festival: Festival, before: Plan, changed: int, by: Principal) -> None:
    await Festival.filter(id=festival.id).update(revision=festival.revision + 1, changed_at=now())
    kept = {"spots": [asdict(spot) for spot in before.spots], "marks": [asdict(mark) for mark in before.marks]}
    after = {"changed": changed, "revision": festival.revision + 1}
    await record_audit(by, PLAN_CHANGED, ("festival", festival.id), before=kept, after=after)


async def undo_plan(slug: str, by: Principal) -> bool:
    """Put back what the latest change of the plan replaced; False where there is none. Undone twice, it is redone.

    A space that was taken away comes back under a new id. Raises what keep_plan raises.
    """
    festival = await get_festival(slug)
    last = await find_last_plan(festival.id)
    if last is None or not last.before:
        return False
    spots = [Spot(**one) for one in last.before["spots"]]
    marks = [Mark(**one) for one in last.before["marks"]]
    present = await get_plan(festival.id)
    ids = {spot.id for spot in present.spots}
    wanted = {spot.id for spot in spots}
    by_code = {spot.code: spot.id for spot in present.spots if spot.id not in wanted}
    kept = [spot if spot.id in ids else replace(spot, id=by_code.get(spot.code, 0)) for spot in spots]
    await keep_plan(slug, Plan(kept, marks), None, by)
    return True
