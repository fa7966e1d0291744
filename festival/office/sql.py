"""Raw SQL of the desk: anti-joins and grouping by hour, which the ORM cannot put into one statement."""

from __future__ import annotations

import datetime as dt
from typing import Any

from festival.database import fetch_rows, on_postgres

_PROMISED = "('accepted', 'confirmed', 'docs_ready', 'checked_in')"

_READINESS = f"""
WITH promised AS (
  SELECT a.id, a.category_id, a.obligation_id, c.booth_prefix
  FROM application a JOIN category c ON c.id = a.category_id JOIN "call" k ON k.id = c.call_id
  WHERE k.festival_id = {{1}} AND a.state IN {_PROMISED}
), lacking AS (
  SELECT p.id FROM promised p
  JOIN category_document cd ON cd.category_id = p.category_id AND cd.required = {{yes}}
  WHERE NOT EXISTS (
    SELECT 1 FROM document d WHERE d.application_id = p.id AND d.kind_id = cd.kind_id AND d.superseded_at IS NULL
    AND d.state = 'accepted' AND (d.expires_on IS NULL OR d.expires_on >= {{2}}))
), owing AS (
  SELECT o.due_cents - o.paid_cents + o.refunded_cents AS cents
  FROM promised p JOIN obligation o ON o.id = p.obligation_id
  WHERE o.paid_cents < o.due_cents AND o.state NOT IN ('waived', 'cancelled')
)
SELECT
  (SELECT count(*) FROM lacking) AS papers_missing,
  (SELECT count(DISTINCT id) FROM lacking) AS applications_without_papers,
  (SELECT count(*) FROM owing) AS unpaid,
  (SELECT coalesce(sum(cents), 0) FROM owing) AS unpaid_cents,
  (SELECT count(*) FROM promised p WHERE p.booth_prefix <> '' AND NOT EXISTS (
     SELECT 1 FROM booth_assignment b WHERE b.application_id = p.id AND b.ended_at IS NULL)) AS without_booth,
  (SELECT count(*) FROM application a JOIN category c ON c.id = a.category_id JOIN "call" k ON k.id = c.call_id
   WHERE k.festival_id = {{1}} AND a.state IN ('submitted', 'under_review', 'changes_requested')) AS waiting_for_review,
  (SELECT count(*) FROM schedule_plan s WHERE s.festival_id = {{1}} AND s.state = 'published') AS published,
  (SELECT count(*) FROM act t WHERE t.festival_id = {{1}} AND t.state = 'accepted' AND NOT EXISTS (
     SELECT 1 FROM performance f JOIN schedule_plan s ON s.id = f.plan_id
     WHERE f.act_id = t.id AND s.state = 'published')) AS acts_unplaced
"""


async def fetch_readiness(festival_id: int, opens_on: dt.date) -> dict[str, Any]:
    """What is open for a festival, counted in one statement."""
    if on_postgres():
        query, day = _READINESS.format("", "$1", "$2", yes="TRUE"), opens_on
    else:
        query, day = _READINESS.format("", "?1", "?2", yes="1"), opens_on.isoformat()
    return (await fetch_rows(query, [festival_id, day]))[0]


async def fetch_claims_per_hour(since: dt.datetime) -> list[tuple[dt.datetime, int]]:
    """Places claimed since `since` and still live, by hour (UTC)."""
    if on_postgres():
        hour, mark, bound = "date_trunc('hour', created_at AT TIME ZONE 'UTC')", "$1", since
    else:
        # SQLite keeps moments as text that begins with day and hour, always in UTC.
        hour, mark, bound = "substr(created_at, 1, 13) || ':00:00'", "?1", since.isoformat(" ")
    rows = await fetch_rows(
        f"SELECT {hour} AS hour, sum(party) AS places FROM claim "
        f"WHERE created_at >= {mark} AND state = 'live' GROUP BY 1 ORDER BY 1",
        [bound],
    )
    return [(_utc(row["hour"]), int(row["places"])) for row in rows]


def _utc(value: Any) -> dt.datetime:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=dt.UTC)


# What public pages show, as one row a table: sums of revisions see a change that was committed late, counts a row
# that came or went, and the sums of offers every place taken.
_SHOWN = {
    **dict.fromkeys(("program", "series", "occurrence", "venue", "festival", "performance"), "sum(revision)"),
    **dict.fromkeys(("partner_source", "partner_item"), "sum(revision)"),
    **dict.fromkeys(("stage", "act", "site_point", "booth", "program_language"), "sum(id)"),
    "offer": "sum(claimed + held + door + capacity + waitlist_sequence + revision)",
    "booth_assignment": "sum(CASE WHEN ended_at IS NULL THEN id ELSE 0 END)",
    "schedule_plan": "sum(CASE WHEN state = 'published' THEN id ELSE 0 END)",
}
_LATEST = {
    "translation": "updated_at",
    "organisation": "updated_at",
    "application": "changed_at",
    "picture": "changed_at",
    '"call"': "map_public_at",
}
_PUBLIC_STAMP = " UNION ALL ".join(
    [
        *(f"SELECT '{table}' AS part, count(*) AS rows, {total} AS total, NULL AS latest FROM {table}"
          for table, total in _SHOWN.items()),
        *(f"SELECT 'latest' AS part, count(*) AS rows, 0 AS total, CAST(max({moment}) AS TEXT) AS latest FROM {table}"
          for table, moment in _LATEST.items()),
    ]
)  # fmt: skip


async def read_public_stamp() -> tuple[object, ...]:
    """Something that is another whenever what public pages show is another; one statement."""
    return tuple(tuple(row.values()) for row in await fetch_rows(_PUBLIC_STAMP))
