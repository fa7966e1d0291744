"""Reads: who has not arrived although they should have, and who was marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Festival, Performance
from festival.kit.clock import now
from festival.payments.models import ObligationLine
from vendors.lifecycle.rules import State
from vendors.loadin.queries import list_ways
from vendors.models import Application, Transition
from vendors.noshows.rules import missed_from

_AWAITED = [State.CONFIRMED, State.DOCS_READY]


@dataclass(frozen=True)
class Missed:
    """Somebody awaited: their spaces, from when they are missed, and the deposit that is still open, in cents."""

    application: Application
    spaces: Sequence[str]
    missed_from: dt.datetime
    deposit_cents: int = 0

    @property
    def is_proposed(self) -> bool:
        """Whether the time for coming is over."""
        return self.missed_from <= now()


async def list_awaited(festival: Festival) -> list[Missed]:
    """Everybody who was confirmed and has not arrived, who is missed longest first."""
    applications = await (
        Application.filter(category__call__festival_id=festival.id, state__in=_AWAITED)
        .order_by("name", "id").select_related("category")
    )  # fmt: skip
    ways, deposits = await list_ways(applications), await _deposits(applications)
    shows = await Performance.filter(
        act__application_id__in=[one.id for one in applications], plan__state="published"
    ).select_related("act")  # fmt: skip
    found: list[Missed] = []
    for one in applications:
        way = ways.get(one.id)
        ends = [show.ends_at for show in shows if show.act.application_id == one.id]
        windows = [window.clears_at for window in way.windows] if way else []
        at = missed_from(windows, ends, festival.ends_at)
        found.append(Missed(one, way.spaces if way else [], at, deposits.get(one.obligation_id or 0, 0)))
    return sorted(found, key=lambda missed: missed.missed_from)


@dataclass(frozen=True)
class Marked:
    """Somebody who did not come, and the step that said so."""

    application: Application
    step: Transition
    deposit_cents: int


async def list_marked(festival: Festival) -> list[Marked]:
    """Everybody who was marked, the latest first."""
    applications = await (
        Application.filter(category__call__festival_id=festival.id, state=State.NO_SHOW).select_related("category")
    )  # fmt: skip
    by_id = {one.id: one for one in applications}
    deposits = await _deposits(applications)
    steps: dict[int, Transition] = {}
    for step in await Transition.filter(application_id__in=list(by_id), after=State.NO_SHOW).order_by("id"):
        steps[step.application_id] = step
    return [
        Marked(by_id[number], step, deposits.get(by_id[number].obligation_id or 0, 0))
        for number, step in sorted(steps.items(), key=lambda item: -item[1].id)
    ]


async def _deposits(applications: Sequence[Application]) -> dict[int, int]:
    """What could still be given back as a deposit, in cents, by the bill."""
    bills = [one.obligation_id for one in applications if one.obligation_id]
    found: dict[int, int] = {}
    for line in await ObligationLine.filter(obligation_id__in=bills, kind="deposit", refunded_cents=0):
        found[line.obligation_id] = found.get(line.obligation_id, 0) + line.quantity * line.unit_cents
    return found


async def find_step_before(application: Application) -> State:
    """Where an application that was marked stood before."""
    step = await Transition.filter(application_id=application.id, after=State.NO_SHOW).order_by("-id").first()
    return State(step.before) if step else State.CONFIRMED
