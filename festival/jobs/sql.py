"""Raw SQL of the job table: taking jobs must be one statement, or two workers take the same one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from festival.database import fetch_rows, on_postgres

# SKIP LOCKED lets PostgreSQL's workers pass each other; on SQLite writers come one by one anyway.
_TAKE = (
    "UPDATE job SET lease_until_ms = {1}, attempts = attempts + 1 WHERE id IN ("
    "SELECT id FROM job WHERE state = 'todo' AND run_at_ms <= {2} AND lease_until_ms < {3} "
    "ORDER BY run_at_ms, id LIMIT {4} {skip}) RETURNING id, kind, payload, attempts"
)


@dataclass(frozen=True)
class TakenJob:
    """A job under our lease."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int


async def take_jobs(at_ms: int, lease_ms: int, most: int) -> list[TakenJob]:
    """Lease up to `most` due jobs until `at_ms + lease_ms`."""
    if on_postgres():
        query = _TAKE.format("", "$1", "$2", "$3", "$4", skip="FOR UPDATE SKIP LOCKED")
    else:
        query = _TAKE.format("", "?1", "?2", "?3", "?4", skip="")
    rows = await fetch_rows(query, [at_ms + lease_ms, at_ms, at_ms, most])
    return [
        TakenJob(
            int(row["id"]), str(row["kind"]),
            json.loads(row["payload"]) if isinstance(row["payload"], str) else row["payload"],
            int(row["attempts"]),
        )
        for row in rows
    ]  # fmt: skip
