"""Writes: a group's yes to its time."""

from __future__ import annotations

from events.models import Act
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, NotFound
from festival.kit.web.access import Principal
from festival.kit.words import N_
from festival.organisation.actions import record_audit
from vendors.models import Application
from vendors.performing.queries import SetTime, list_set_times


class TimeMoved(Conflict):
    """The schedule changed between the page and the tap."""

    code = "time_moved"
    message = N_("Your time has changed meanwhile. Look at the new one, then confirm it.")


async def confirm_time(application: Application, act_id: int, token: str, by: Principal) -> SetTime:
    """Keep that the group comes at the time it saw; raises NotFound, and TimeMoved where that is no longer its time."""
    async with transaction():
        await Act.filter(id=act_id, application_id=application.id).select_for_update().only("id")
        found = {row.act.id: row for row in await list_set_times(application.id)}.get(act_id)
        if found is None or found.performance is None:
            raise NotFound
        if found.token != token or found.performance.state != "scheduled":
            raise TimeMoved
        starts_at, stage_id = found.performance.starts_at, found.performance.stage_id
        await Act.filter(id=act_id).update(
            confirmed_at=now(), confirmed_starts_at=starts_at, confirmed_stage_id=stage_id
        )
        after = {"starts_at": starts_at.isoformat(), "stage": found.performance.stage.name}
        await record_audit(by, "act.confirmed", ("act", act_id), after=after)
    return found
