"""Writes: windows made and changed by the team, and chosen by those who drive in."""

from __future__ import annotations

from typing import Any

from tortoise.expressions import F, Q

from events.models import Festival
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from vendors.lifecycle.rules import HAS_SPACE, State, WrongStep
from vendors.loadin.queries import find_way
from vendors.models import Application, LoadInChoice, LoadInWindow


class WindowFull(Conflict):
    """The window's gate takes no more vehicles then."""

    code = "window_full"
    message = N_("This time is full by now. Choose another one.")


class WindowChosen(Conflict):
    """What vendors chose is not taken from them."""

    code = "window_chosen"
    message = N_("Vendors have chosen this time, so it stays for their spaces and for as many as chose it.")


async def choose_window(application: Application, window_id: int, by: Principal) -> None:
    """Take a vehicle's place in one window and give the earlier one back.

    Raises NotFound for a window that is not open to this vendor, WrongStep without a space or once arrived,
    WindowFull where the gate takes no more; then nothing has changed.
    """
    async with transaction():
        await Application.filter(id=application.id).select_for_update().only("id")
        present = await Application.get(id=application.id)
        if present.state not in HAS_SPACE - {State.CHECKED_IN}:
            raise WrongStep
        way = await find_way(present)
        if way is None or window_id not in {one.id for one in way.options}:
            raise NotFound
        before = await LoadInChoice.get_or_none(application_id=present.id)
        if before and before.window_id == window_id:
            return
        await _move_vehicle(before.window_id if before else None, window_id)
        if before:
            await LoadInChoice.filter(id=before.id).update(window_id=window_id, chosen_at=now())
        else:
            await LoadInChoice.create(application_id=present.id, window_id=window_id, chosen_at=now())
        await record_audit(
            by, "load_in.chosen", ("application", present.id),
            before={"window": before.window_id if before else None}, after={"window": window_id},
        )  # fmt: skip


async def _move_vehicle(before: int | None, after: int) -> None:
    """Count one vehicle less and one more, in the order of ids, so that two who swap do not wait for each other."""
    room = Q(vehicle_limit=None) | Q(vehicle_limit__gt=F("chosen"))
    for number in sorted({after} | ({before} if before else set())):
        if number == after:
            if not await LoadInWindow.filter(room, id=number).update(chosen=F("chosen") + 1):
                raise WindowFull
        else:
            await LoadInWindow.filter(id=number).update(chosen=F("chosen") - 1)


async def save_window(festival: Festival, window_id: int, facts: dict[str, Any], by: Principal) -> None:
    """Add a window (id 0) or change one; raises NotFound, and WindowChosen where a choice would no longer hold."""
    async with transaction():
        if not window_id:
            made = await LoadInWindow.create(festival_id=festival.id, **facts)
            await record_audit(by, "load_in.added", ("load_in_window", made.id), after={"group": made.group})
            return
        await LoadInWindow.filter(id=window_id, festival_id=festival.id).select_for_update().only("id")
        window = await LoadInWindow.get_or_none(id=window_id, festival_id=festival.id)
        if window is None:
            raise NotFound
        limit = facts["vehicle_limit"]
        same = facts["group"] == window.group and facts["by_choice"]
        if window.chosen and not (same and (limit is None or limit >= window.chosen)):
            raise WindowChosen
        await LoadInWindow.filter(id=window.id).update(**facts)
        await record_audit(by, "load_in.changed", ("load_in_window", window.id), after={"group": facts["group"]})


async def remove_window(festival: Festival, window_id: int, by: Principal) -> None:
    """Take a window away; raises NotFound, and WindowChosen where somebody chose it."""
    async with transaction():
        mine = LoadInWindow.filter(id=window_id, festival_id=festival.id)
        await mine.select_for_update().only("id")
        window = await mine.first()
        if window is None:
            raise NotFound
        if window.chosen:
            raise WindowChosen
        await LoadInWindow.filter(id=window.id).delete()
        await record_audit(by, "load_in.removed", ("load_in_window", window.id), before={"group": window.group})
