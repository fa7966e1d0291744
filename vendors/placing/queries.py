"""Reads: who waits for a place and which are free, in a number of statements that does not grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from events.models import Festival
from festival.organisation.models import AuditEntry
from vendors.booths.rules import OFFERED
from vendors.lifecycle.rules import HAS_SPACE
from vendors.models import Answer, Application, ApplicationAddOn, Booth, BoothAssignment
from vendors.placing.rules import Ground, Proposal, Seeker, Standing, propose

PLACED = "booths.placed"
_POWER, _CORNER = "power", "corner"


@dataclass(frozen=True)
class Desk:
    """Who waits, what is free, and who stands where already."""

    seekers: Sequence[Seeker]
    grounds: Sequence[Ground]
    standing: Sequence[Standing]
    receipts: dict[int, str]

    def propose(self) -> Proposal:
        """A place for everybody who waits."""
        return propose(self.seekers, self.grounds, self.standing)


async def get_desk(festival: Festival) -> Desk:
    """The festival's spaces and their seekers as they are now. Six queries."""
    booths = await Booth.filter(festival_id=festival.id).order_by("code")
    live = await BoothAssignment.filter(booth__festival_id=festival.id, ended_at=None)
    accepted = await (
        Application.filter(category__call__festival_id=festival.id, state__in=list(HAS_SPACE))
        .select_related("category").order_by("submitted_at", "id")
    )  # fmt: skip
    ids = [one.id for one in accepted]
    likes = await _list_likes(ids)
    wanted: dict[int, set[str]] = {}
    for row in await ApplicationAddOn.filter(application_id__in=ids).select_related("add_on"):
        wanted.setdefault(row.application_id, set()).add(str(row.add_on.slug))
    owner = {row.booth_id: row.application_id for row in live}
    placed = set(owner.values())
    seekers = [
        Seeker(
            one.id, one.name or one.receipt, str(one.category.booth_prefix), str(one.submitted_at or one.created_at),
            any(slug.startswith(_POWER) for slug in wanted.get(one.id, ())),
            any(slug.startswith(_CORNER) for slug in wanted.get(one.id, ())), likes.get(one.id, frozenset()),
        )
        for one in accepted
        if one.id not in placed and one.category.booth_prefix
    ]  # fmt: skip
    return Desk(
        seekers,
        [_ground(row) for row in booths if row.id not in owner and not row.blocked_reason],
        [Standing(row.x_ft, row.y_ft, likes.get(owner[row.id], frozenset())) for row in booths if row.id in owner],
        {one.id: str(one.receipt) for one in accepted},
    )


def _ground(row: Booth) -> Ground:
    return Ground(row.code, row.prefix, row.x_ft, row.y_ft, row.has_power, row.corner)


async def _list_likes(application_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    said = Answer.filter(application_id__in=application_ids, question__slug__in=OFFERED, value="yes")
    for application_id, slug in await said.values_list("application_id", "question__slug"):
        found.setdefault(int(application_id), set()).add(str(slug))
    return {id: frozenset(tags) for id, tags in found.items()}


async def find_last_placing(festival_id: int) -> AuditEntry | None:
    """The latest places that were given together, which can be taken back."""
    kept = AuditEntry.filter(action__in=[PLACED, f"{PLACED}.undone"], object_kind="festival", object_id=festival_id)
    last = await kept.order_by("-id").first()
    return last if last and last.action == PLACED else None
