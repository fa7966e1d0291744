"""Reads: a festival's site with who stands where and what they offer, in four queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Festival, SitePoint
from vendors.booths.rules import OFFERED, Box, booth_state, frame_of, tags_of
from vendors.models import Answer, Application, Booth, BoothAssignment


@dataclass(frozen=True)
class Space:
    """A booth, what it is to its reader, and who has it."""

    booth: Booth
    state: str
    application: Application | None
    tags: Sequence[str]


@dataclass(frozen=True)
class Site:
    """A festival's site; `frame` is (x, y, width, height) in feet."""

    spaces: Sequence[Space]
    points: Sequence[SitePoint]
    frame: Box


async def get_site(festival: Festival) -> Site:
    """The site as it is now."""
    booths = await Booth.filter(festival_id=festival.id).order_by("id")
    points = await SitePoint.filter(festival_id=festival.id).order_by("id")
    live = BoothAssignment.filter(booth__festival_id=festival.id, ended_at=None)
    owners = {row.booth_id: row.application for row in await live.select_related("application__category")}
    offered = await _list_offered([owner.id for owner in owners.values()])
    boxes: list[Box] = [(booth.x_ft, booth.y_ft, booth.width_ft, booth.depth_ft) for booth in booths]
    boxes += [(point.x_ft - 6, point.y_ft - 6, 12.0, 12.0) for point in points]
    spaces: list[Space] = []
    for booth in booths:
        owner = owners.get(booth.id)
        state = booth_state(str(booth.blocked_reason), str(owner.state) if owner else "")
        tags = tags_of(str(owner.category.slug), offered.get(owner.id, ())) if owner and state == "taken" else ()
        spaces.append(Space(booth, state, owner, tags))
    return Site(spaces, points, frame_of(boxes))


async def _list_offered(application_ids: Sequence[int]) -> dict[int, list[str]]:
    """Which of OFFERED each application said yes to."""
    found: dict[int, list[str]] = {}
    said = Answer.filter(application_id__in=application_ids, question__slug__in=OFFERED, value="yes")
    for application_id, slug in await said.values_list("application_id", "question__slug"):
        found.setdefault(int(application_id), []).append(str(slug))
    return found
