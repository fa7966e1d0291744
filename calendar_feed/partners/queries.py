"""Reads: sources with their numbers, items for review, and what a new item may be the double of."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from calendar_feed.models import PartnerItem, PartnerSource, PartnerTime
from calendar_feed.partners.rules import BROKEN_AFTER, Known, Place, fold_text
from events.models import Occurrence, Series, Venue
from festival.kit.errors import NotFound
from festival.kit.words import N_
from festival.organisation.queries import get_organisation

STATES = {
    "waiting": N_("To review"), "shown": N_("Shown"), "double": N_("Double"), "hidden": N_("Hidden"),
    "withdrawn": N_("Withdrawn"),
}  # fmt: skip
MOST_LISTED = 200
_PUBLIC = ("published", "postponed", "cancelled")


@dataclass(frozen=True)
class SourceRow:
    """A source with how many items it has in each state."""

    source: PartnerSource
    counts: Counter[str]

    @property
    def health(self) -> str:
        """paused, broken, failing, new or good."""
        if self.source.state == "paused":
            return "paused"
        if self.source.failures:
            return "broken" if self.source.failures >= BROKEN_AFTER else "failing"
        return "good" if self.source.succeeded_at else "new"


@dataclass(frozen=True)
class ItemRow:
    """An item with its times that are still to come, or its last one."""

    item: PartnerItem
    times: Sequence[PartnerTime]


async def list_sources() -> list[SourceRow]:
    """Every source by name, in two queries."""
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    rows = cast(list[tuple[int, str]], await PartnerItem.all().values_list("source_id", "state"))
    for source_id, state in rows:
        counts[source_id][state] += 1
    return [SourceRow(source, counts[source.id]) for source in await PartnerSource.all().order_by("name", "id")]


async def get_source(source_id: int) -> PartnerSource:
    """The source; raises NotFound."""
    found = await PartnerSource.get_or_none(id=source_id).select_related("venue")
    if found is None:
        raise NotFound
    return found


async def list_items(source: PartnerSource, state: str, at: dt.datetime) -> list[ItemRow]:
    """The source's items in a state, the next to come first; at most MOST_LISTED."""
    items = await PartnerItem.filter(source_id=source.id, state=state).select_related("venue").order_by("id")
    times: defaultdict[int, list[PartnerTime]] = defaultdict(list)
    for time in await PartnerTime.filter(item_id__in=[item.id for item in items], ends_at__gte=at).order_by(
        "starts_at"
    ):
        times[time.item_id].append(time)
    far = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
    rows = [ItemRow(item, times[item.id]) for item in items]
    rows.sort(key=lambda row: (row.times[0].starts_at if row.times else far, row.item.id))
    return rows[:MOST_LISTED]


async def list_due(at: dt.datetime) -> list[int]:
    """The sources that are to be fetched by now."""
    due = PartnerSource.filter(state="active", next_at__lte=at).exclude(url="")
    return cast(list[int], await due.order_by("next_at").limit(50).values_list("id", flat=True))


async def count_broken() -> int:
    """How many sources failed so often that somebody should look."""
    return await PartnerSource.filter(state="active", failures__gte=BROKEN_AFTER).count()


async def count_waiting() -> int:
    """How many items wait for review, in all sources."""
    return await PartnerItem.filter(state="waiting").count()


async def list_places() -> list[Place]:
    """Our venues, as partners' locations are recognised by them; long names first."""
    venues = [Place(venue.id, str(venue.name), str(venue.address)) for venue in await Venue.all()]
    return sorted(venues, key=lambda place: -len(place.name))


async def list_our_uids() -> frozenset[str]:
    """The identities of our own items, by which they are known when they come back."""
    return frozenset(cast(list[str], await Series.all().values_list("uid", flat=True)))


async def list_known(but: PartnerSource, since: dt.datetime) -> dict[tuple[str, dt.datetime], list[Known]]:
    """What a new item of `but` may be the double of, by folded title and start: ours, then other partners'."""
    found: defaultdict[tuple[str, dt.datetime], list[Known]] = defaultdict(list)
    office = (await get_organisation()).name
    ours = Occurrence.filter(ends_at__gte=since, program__state__in=_PUBLIC).values_list(
        "title", "program__title", "starts_at", "venue_id", "program__venue_id", "venue__name", "program__venue__name"
    )
    rows = cast(list[tuple[str, str, dt.datetime, int | None, int, str | None, str]], await ours)
    for own, title, starts_at, venue_id, usual_id, name, usual in rows:
        one = Known(office, own or title, starts_at, venue_id or usual_id, name or usual)
        found[fold_text(one.title), starts_at].append(one)
    others = (
        PartnerTime.filter(ends_at__gte=since, item__state__in=("shown", "waiting", "hidden"))
        .exclude(item__source_id=but.id)
        .order_by("item_id")
        .values_list("item__source__name", "item__title", "starts_at", "item__venue_id", "item__place")
    )
    for owner, title, starts_at, venue_id, place in cast(
        list[tuple[str, str, dt.datetime, int | None, str]], await others
    ):
        found[fold_text(title), starts_at].append(Known(owner, title, starts_at, venue_id, place))
    return dict(found)
