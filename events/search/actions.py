"""Writes: documents are made anew before they are searched; what changed was marked in the change's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import SearchDocument
from events.search.queries import make_bodies
from events.search.rules import words_asked
from events.search.sql import is_stale, match, take_stale
from festival.database import transaction

_BATCH = 300
_MOST_BATCHES = 50


async def search_for(text: str, *kinds: str) -> dict[str, list[int]]:
    """The ids of what has all the words of `text`, by kind (program, act, festival, venue).

    A change is found from the moment it is committed. Two queries while nothing changed.
    """
    found: dict[str, list[int]] = {kind: [] for kind in kinds}
    words = words_asked(text)
    if words:
        await refresh_documents()
        for kind, object_id in await match(words, kinds):
            found[kind].append(object_id)
    return found


async def refresh_documents() -> None:
    """Write again every document that is stale and that nobody else is writing."""
    for _ in range(_MOST_BATCHES):
        if not await is_stale() or not await _refresh_some():
            return


async def _refresh_some() -> bool:
    """`done` becomes what was wanted before the sources were read: a change meanwhile leaves the document stale."""
    async with transaction():
        rows = await take_stale(_BATCH)
        by_kind: dict[str, list[int]] = {}
        for row in rows:
            by_kind.setdefault(str(row["kind"]), []).append(int(row["object_id"]))
        bodies = {kind: await make_bodies(kind, ids) for kind, ids in by_kind.items()}
        gone: list[int] = []
        for row in rows:
            body = bodies[str(row["kind"])].get(int(row["object_id"]))
            if body is None:
                gone.append(int(row["id"]))
            else:
                await SearchDocument.filter(id=row["id"]).update(body=body, done=int(row["wanted"]))
        await _forget(gone)
    return bool(rows)


async def _forget(ids: Sequence[int]) -> None:
    """Documents of what is not there any more."""
    if ids:
        await SearchDocument.filter(id__in=list(ids)).delete()
