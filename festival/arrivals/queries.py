"""Reads: what stands about somebody who arrives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Act, Festival, Performance
from festival.arrivals.rules import read_pass
from festival.kit.errors import NotFound
from festival.kit.i18n import clock_time
from festival.kit.words import N_, Message, say
from festival.settings import settings
from ticketing.scan.passes import PassFacts
from ticketing.scan.rules import Code
from vendors.documents.queries import list_needed
from vendors.lifecycle.rules import State, name_for_staff
from vendors.loadin.queries import list_ways
from vendors.models import Application, Document, LoadInWindow

EXPECTED = (State.CONFIRMED, State.DOCS_READY, State.CHECKED_IN)
# So many missing papers are named: more do not fit a phone that is read at arm's length.
_NAMED = 3
_READY = frozenset({State.DOCS_READY, State.CHECKED_IN})


@dataclass(frozen=True)
class Arrival:
    """Somebody expected: spaces on the site, the way in, times on stage, papers that are not accepted."""

    application: Application
    spaces: Sequence[str]
    windows: Sequence[LoadInWindow]
    performances: Sequence[Performance]
    missing: Sequence[str]

    @property
    def is_ready(self) -> bool:
        """Whether the gate lets them in."""
        return State(self.application.state) in _READY

    def lines(self) -> list[Message]:
        """What a volunteer reads: first what is wrong, then where to send them."""
        found: list[Message] = []
        if not self.is_ready:
            found.append(say(N_("State: %(state)s."), state=name_for_staff(self.application.state)))
            found += [say(N_("Not accepted: %(paper)s."), paper=paper) for paper in self.missing[:_NAMED]]
            more = len(self.missing) - _NAMED
            if more > 0:
                found.append(say(N_("Further papers not accepted: %(count)s."), count=more))
        if self.spaces:
            found.append(say(N_("Space: %(spaces)s."), spaces=", ".join(self.spaces)))
        found += [_way(window) for window in self.windows]
        zone = settings().zone
        found += [
            say(N_("On stage: %(stage)s at %(time)s."), stage=one.stage.name, time=clock_time(one.starts_at, zone))
            for one in self.performances
        ]
        return found


def _way(window: LoadInWindow) -> Message:
    zone, until = settings().zone, clock_time(window.clears_at, settings().zone)
    if window.arrives_at is None:
        return say(N_("Load-in: %(entrance)s, until %(until)s."), entrance=window.entrance, until=until)
    return say(
        N_("Load-in: %(entrance)s, %(from)s to %(until)s."),
        entrance=window.entrance, until=until, **{"from": clock_time(window.arrives_at, zone)},
    )  # fmt: skip


async def list_arrivals(festival: Festival) -> list[Arrival]:
    """Everybody expected on the site, by name, in a number of statements that does not grow."""
    return await _arrivals(
        await Application.filter(category__call__festival_id=festival.id, state__in=list(EXPECTED))
        .select_related("category__call").order_by("name", "id")
    )  # fmt: skip


async def get_arrival(receipt: str) -> Arrival:
    """The arrival of one application that is expected; raises NotFound."""
    found = await _arrivals(
        await Application.filter(receipt=receipt, state__in=list(EXPECTED)).select_related("category__call")
    )
    if not found:
        raise NotFound
    return found[0]


async def _arrivals(applications: Sequence[Application]) -> list[Arrival]:
    ids = [application.id for application in applications]
    ways = await list_ways(applications)
    acts = {act.id: act.application_id for act in await Act.filter(application_id__in=ids)}
    shows = await (
        Performance.filter(act_id__in=list(acts), plan__state="published").order_by("starts_at").select_related("stage")
    )
    missing = await _missing(applications)
    arrivals: list[Arrival] = []
    for one in applications:
        way = ways.get(one.id)
        arrivals.append(
            Arrival(
                one, way.spaces if way else [], way.windows if way else [],
                [show for show in shows if acts[show.act_id] == one.id], missing[one.id],
            )
        )  # fmt: skip
    return arrivals


async def _missing(applications: Sequence[Application]) -> dict[int, list[str]]:
    """The names of required papers that nobody accepted, by application."""
    needed = await list_needed(applications, required=True)
    accepted = {
        (paper.application_id, paper.kind_id)
        for paper in await Document.filter(
            application_id__in=[a.id for a in applications], state="accepted", superseded_at=None
        )
    }
    return {
        one.id: [str(paper.kind.name) for paper in needed[one.id] if (one.id, paper.kind_id) not in accepted]
        for one in applications
    }


async def read_arrival(text: str, _: dt.datetime) -> PassFacts | None:
    """What a gate is told of a pass; None where it is none of ours."""
    receipt = read_pass(settings().secret_key, text)
    if receipt is None:
        return None
    try:
        arrival = await get_arrival(receipt)
    except NotFound:
        application = await Application.get_or_none(receipt=receipt)
        if application is None:
            return None
        state = say(N_("State: %(state)s."), state=name_for_staff(application.state))
        return PassFacts(Code.NOT_READY, str(application.name) or receipt, [state])
    name = str(arrival.application.name) or receipt
    return PassFacts(None if arrival.is_ready else Code.NOT_READY, name, arrival.lines())
