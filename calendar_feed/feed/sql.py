"""The one statement that tells whether anything in the calendar changed.

The ORM would ask nine times. Sums of revisions beside the latest moment see a change that was committed late,
with an earlier moment than one seen before; a row that came or went changes the count.
"""

from __future__ import annotations

_REVISED = ("program", "series", "occurrence", "venue", "festival", "performance")
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
        "SELECT 'plan' AS part, count(*) AS rows, coalesce(sum(id), 0) AS total, max(published_at) AS latest"
        " FROM schedule_plan WHERE state = 'published'",
    ]
)
