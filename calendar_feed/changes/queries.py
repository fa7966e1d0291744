"""Reads: how every item of the calendar is now, and what changed since a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from calendar_feed.changes.rules import digest_of
from calendar_feed.feed.queries import Catalogue
from calendar_feed.feed.rules import Entry
from calendar_feed.models import SyncEntry, SyncState
from festival.organisation.models import Translation

ONLY_ROW = 1


async def list_digests(catalogue: Catalogue) -> dict[str, str]:
    """A digest of each public item, whatever its language, by its identity."""
    rows = await Translation.filter(kind__in=["program", "act", "venue"]).values_list(
        "kind", "object_id", "language", "updated_at"
    )
    texts: dict[tuple[str, int], list[str]] = {}
    for kind, object_id, language, at in cast(list[Any], rows):
        texts.setdefault((kind, int(object_id)), []).append(f"{language} {at.isoformat()}")
    return {
        entry.uid: digest_of(entry, sorted(texts.get(entry.subject, [])), *_of_places(entry, texts))
        for entry in catalogue.entries
    }  # fmt: skip


def _of_places(entry: Entry, texts: Mapping[tuple[str, int], list[str]]) -> list[list[str]]:
    """When the texts of its places were written; empty where no place of it has any."""
    places = sorted({entry.place.id, *(time.place.id for time in entry.times)})
    return [sorted(found) for place in places if (found := texts.get(("venue", place)))]


async def find_state() -> SyncState | None:
    """The row that tokens are counted in, once it was made."""
    return await SyncState.get_or_none(id=ONLY_ROW)


async def list_changed(since: int) -> list[str]:
    """The identities of everything that changed or left after the change `since`."""
    rows = SyncEntry.filter(sequence__gt=since).values_list("uid", flat=True)
    return cast(list[str], await rows)
