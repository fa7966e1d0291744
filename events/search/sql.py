"""Full-text search, which the ORM does not know: FTS5 on SQLite, a GIN index on PostgreSQL."""

from __future__ import annotations

from typing import Any

from events.search.rules import fts5_query, ts_query
from festival.database import fetch_rows, on_postgres

_MOST_FOUND = 20_000

_MATCH_SQLITE = (
    "SELECT d.kind, d.object_id FROM search_document_index AS i JOIN search_document AS d ON d.id = i.rowid "
    "WHERE search_document_index MATCH ? AND d.kind IN ({kinds}) LIMIT {most}"
)
# Without PostgreSQL's parser, which breaks words at Indic vowel signs; the index has the same expression.
_MATCH_POSTGRES = (
    "SELECT kind, object_id FROM search_document "
    "WHERE array_to_tsvector(string_to_array(body, ' ')) @@ $1::text::tsquery AND kind IN ({kinds}) LIMIT {most}"
)
_STALE = "SELECT id, kind, object_id, wanted FROM search_document WHERE done < wanted ORDER BY id LIMIT {most}"


async def match(words: list[tuple[str, bool]], kinds: tuple[str, ...]) -> list[tuple[str, int]]:
    """(kind, id) of the documents of `kinds` that have all `words`. `kinds` are our own names."""
    named = ", ".join(f"'{kind}'" for kind in kinds)
    if on_postgres():
        rows = await fetch_rows(_MATCH_POSTGRES.format(kinds=named, most=_MOST_FOUND), [ts_query(words)])
    else:
        rows = await fetch_rows(_MATCH_SQLITE.format(kinds=named, most=_MOST_FOUND), [fts5_query(words)])
    return [(str(row["kind"]), int(row["object_id"])) for row in rows]


async def is_stale() -> bool:
    """Whether any document waits to be written again."""
    return bool(await fetch_rows(_STALE.format(most=1)))


async def take_stale(most: int) -> list[dict[str, Any]]:
    """Documents to write again, locked on PostgreSQL without waiting: whoever holds one will leave it true.

    Waiting here could close a ring of locks with an organizer's change that marks several documents.
    """
    lock = " FOR UPDATE SKIP LOCKED" if on_postgres() else ""
    return await fetch_rows(_STALE.format(most=most) + lock)
