"""The one statement that tells whether anything in the calendar changed, and the one that reads every time in it.

For the first the ORM would ask nine times. Sums of revisions beside the latest moment see a change that was committed
late, with an earlier moment than one seen before; a row that came or went changes the count.
"""

from __future__ import annotations

_REVISED = ("program", "series", "occurrence", "venue", "festival", "performance", "partner_source", "partner_item")
_COUNTED = ("series_exception", "program_language", "stage", "act")

STAMP = " UNION ALL ".join(
    [
        *(
            f"SELECT '{table}' AS part, count(*) AS rows, coalesce(sum(revision), 0) AS total,"
            f" max(changed_at) AS latest FROM {table}"
            for table in _REVISED
        ),
        *(
            f"SELECT '{table}' AS part, count(*) AS rows, coalesce(sum(id), 0) AS total, NULL AS latest FROM {table}"
            for table in _COUNTED
        ),
        "SELECT 'translation' AS part, count(*) AS rows, 0 AS total, max(updated_at) AS latest FROM translation",
        "SELECT 'organisation' AS part, count(*) AS rows, 0 AS total, max(updated_at) AS latest FROM organisation",
        "SELECT 'picture' AS part, count(*) AS rows, coalesce(sum(id), 0) AS total, max(changed_at) AS latest"
        " FROM picture WHERE removed_at IS NULL",
        "SELECT 'plan' AS part, count(*) AS rows, coalesce(sum(id), 0) AS total, max(published_at) AS latest"
        " FROM schedule_plan WHERE state = 'published'",
    ]
)

# Ten thousand rows through the ORM take most of a second on SQLite, nearly all of it to read moments out of text.
TIMES = """
SELECT o.series_id, o.id, o.original_local, o.starts_at, o.ends_at, o.starts_on, o.ends_on, o.title, o.venue_id,
       o.state, o.moved, o.sequence, o.changed_at
FROM occurrence o
WHERE o.series_id IN (
  SELECT near.series_id FROM occurrence near WHERE near.ends_on >= {first} AND near.starts_on <= {last}
)
ORDER BY o.starts_at, o.id
"""
